#!/usr/bin/env python3
"""Holds peer.py against the transcripts of the real reference node: put through the same scenarios, it must do the same."""

import json
import os
import sys
import tempfile

import record
import scenarios
import suite
import transcript

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTED = ("S", "H")


def facts(recorded):
    """What must be equal: everything but times and order between nodes."""
    ends = recorded.ends()
    result = {"request headers": recorded.head["request_headers"], "response headers": recorded.head["response_headers"]}
    for node, end in ends.items():
        result[f"{node} asks"] = sorted({(event["to"], event["get"]) for event in recorded.exchanges(by=node)})
        # Whether it was asked before it had a leader depends on the phase of the loops.
        leaders = recorded.leaders_over_time(node)
        result[f"{node} names as leader"] = [leader for leader in leaders if leader] or leaders
        result[f"{node} raised"] = end["raised"]
        if end["alive"]:
            result[f"{node} ends with"] = shape(json.loads(end["diag"]))
            result[f"{node} lays out"] = [line.split(":")[0].strip() for line in end["diag"].splitlines() if '": {' in line][:2]
    for node in SCRIPTED:
        asked = [event["t"] for event in recorded.exchanges(to=node, by="A")]
        result[f"{node} still asked"] = any(t > recorded.events[-1]["t"] - 1.9 for t in asked)
    result["statuses"] = sorted({(event["to"], event["get"], event["status"]) for event in recorded.exchanges() if event.get("status") and event["to"] not in SCRIPTED})
    return result


def shape(diag):
    """The keys in order, the members, the leaders; start times and what scripted nodes said are not a node's own doing."""
    if not isinstance(diag, dict):
        return diag
    state = diag["state"]
    states = {address: said.get("leader") if isinstance(said, dict) else said for address, said in diag["member_states"].items()}
    return {"keys": [*diag, *state], "members": [state["members"][0], *sorted(state["members"])], "leader": state["leader"], "states": dict(sorted(states.items()))}


def differences(real, ours):
    return [f"{key}:\n  real {real.get(key)}\n  ours {ours.get(key)}" for key in sorted({*real, *ours}) if real.get(key) != ours.get(key)]


def same_as_recorded(scenario, real, folder):
    record.record(scenario, [sys.executable, os.path.join(HERE, "peer.py")], folder)
    ours = transcript.read(os.path.join(folder, f"{real.name}.ndjson"))
    found = differences(facts(real), facts(ours))
    assert not found, "peer.py differs from the recorded reference:\n" + "\n".join(found)


def main():
    recorded = transcript.load()
    with tempfile.TemporaryDirectory(prefix="les-peer-") as folder:
        checks = []
        for scenario in scenarios.ALL:
            real = recorded[scenario.__name__.replace("_", "-")]
            checks.append((f"peer.py does as the reference did: {real.name}", lambda scenario=scenario, real=real: same_as_recorded(scenario, real, folder)))
        return 0 if suite.run("peer", checks, at_once=5) else 1


if __name__ == "__main__":
    sys.exit(main())
