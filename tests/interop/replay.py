#!/usr/bin/env python3
"""Plays a transcript of reference nodes to one of our nodes, which takes the part of one of them, and checks that ours understands it.

The other nodes' requests are sent byte for byte and at the recorded times; what ours asks of them is answered as recorded. Two things must
hold: every answer of ours is one that a reference node can read without raising, and in the end ours names the leader that it should.
"""

import json
import math
import re
import threading
import time

import states
import transcript
import wire
from processes import Cluster, wait_until

# (scenario, the part ours takes, whom it must name in the end). Where the reference goes wrong, ours must not.
PARTS = [
    ("cold-start-of-two", "A", "A"),
    ("cold-start-of-two", "B", "A"),
    ("joining-and-following", "A", "A"),
    ("joining-and-following", "B", "A"),
    ("joining-and-following", "C", "A"),
    ("leader-killed", "B", "B"),
    ("leader-killed", "C", "C"),
    ("polled-by-nobody", "A", "A"),  # the reference waits until somebody asks it
    ("malformed-only-members", "A", "A"),  # here and below the reference's loop dies, or it follows nonsense
    ("malformed-array", "A", "A"),
    ("malformed-null-start-time", "A", "A"),
    ("malformed-text-start-time", "A", "A"),
    ("malformed-true-start-time", "A", "A"),
    ("malformed-rogue-senior", "A", "A"),
    ("malformed-not-json", "A", "A"),
    ("malformed-server-error", "A", "A"),
]

SECONDS = 20  # for ours to come to the leader after the last recorded event: less than the 30 s after which a peer that never asks is ignored


class Replay:
    """The recorded nodes, as one process."""

    def __init__(self, recorded, part):
        self.recorded, self.part = recorded, part
        self.others = sorted({event["to"] for event in recorded.exchanges()} - {part})
        self.addresses = {part: f"127.0.0.1:{wire.free_port()}"}
        self.servers, self.broken, self.asked_last = {}, [], {}
        self.performing = []
        for name in self.others:
            self.servers[name] = wire.Server(lambda request, name=name: self.answer(name, request))
            self.addresses[name] = self.servers[name].address
        self.began = time.monotonic()
        self.shift = time.time() - recorded.head["began_at"]  # start times keep their distance from now

    def now(self):
        return time.monotonic() - self.began

    def fill(self, text):
        for name, address in self.addresses.items():
            text = text.replace("{" + name + "}", address)
        return re.sub(r'("start_time": )(1\d{9}\.?\d*)', lambda found: f"{found[1]}{float(found[2]) + self.shift}", text)

    def answer(self, name, request):
        """What the node last said by this time on the recording."""
        self.asked_last[name] = self.now()
        kind = "/ping" if request.path.startswith("/ping") else "/state"
        said = [event for event in self.recorded.exchanges(to=name) if event["get"].startswith(kind) and "status" in event]
        if kind == "/ping":
            return states.response("OK")
        if not said or self.now() < self.recorded.times("start").get(name, 0):
            return None
        current = [event for event in said if event["t"] <= self.now()][-1:] or said[:1]
        return states.response(self.fill(current[0]["body"]), f"{current[0]['status']} X")

    def ask(self, event):
        """Sends a recorded request and judges what ours answers."""
        headers = [(name, self.addresses[self.part] if value is None else value) for name, value in self.recorded.head["request_headers"] or []]
        request = wire.Message(f"GET {self.fill(event['get'])} HTTP/1.1", headers or [("Host", self.addresses[self.part])], b"")
        try:
            fault = unreadable(event["get"], wire.exchange(self.addresses[self.part], request, 3), self.addresses[self.part])
        except OSError as error:
            fault = f"no answer: {error}"
        if fault:
            self.broken.append(f"{event['get']} at {event['t']} s: {fault}")

    def perform(self):
        """Everything the others did to ours, when they did it; then their polls again, until the check ends."""
        polls = [event for event in self.recorded.exchanges(to=self.part) if event.get("status") == 200]
        kills = [(t, name) for name, t in self.recorded.times("kill").items() if name in self.servers]
        script = [(event["t"], self.ask, event) for event in polls] + [(t, self.kill, name) for t, name in kills]
        for at, action, argument in sorted(script, key=lambda entry: entry[0]):
            wait_until("the next recorded event", lambda at=at: self.now() >= at, 60)
            self.performing.append(threading.Thread(target=action, args=[argument], daemon=True))
            self.performing[-1].start()

    def finish(self):
        """Waits for the answers to what was asked: the end of the check would cut them off, and that is no fault of ours."""
        for thread in self.performing:
            thread.join(10)
            assert not thread.is_alive(), "a recorded request has neither an answer nor an error"

    def kill(self, name):
        self.servers.pop(name).close()

    def close(self):
        for name in list(self.servers):
            self.kill(name)


def unreadable(path, response, own_address):
    """Why a reference node would choke on this answer, or None."""
    if response.status != 200:
        return f"status {response.status}" if not path.startswith("/state/127.0.0.1:9") else None
    if path.strip("/") == "ping":
        return None if response.body == b"OK" else f"{response.body!r} is not OK"
    document = json.loads(response.body)
    document = document["state"] if path.startswith("/diag") else document
    start_time, members, leader = document["start_time"], document["members"], document["leader"]
    if not isinstance(start_time, (int, float)) or isinstance(start_time, bool) or not math.isfinite(start_time):
        return f"start_time is {start_time!r}"
    if not isinstance(members, list) or not all(isinstance(member, str) for member in members) or members[0] != own_address:
        return f"members are {members!r}"
    if leader is not False and not isinstance(leader, str):
        return f"leader is {leader!r}"
    return None


def play(recorded, part, expected, command):
    replay = Replay(recorded, part)
    began_at = recorded.times("start")[part]
    with Cluster() as cluster:
        try:
            wait_until("our node's turn to start", lambda: replay.now() >= began_at, 60)
            seeds = [replay.addresses[part], *(replay.addresses[name] for name in replay.others)]
            ours = cluster.start(command, replay.addresses[part], seeds)
            wait_until("our node listens", lambda: ours.state() is not None, 20)
            replay.perform()
            leader = replay.addresses[expected]
            wait_until(f"our node names {expected} ({leader}) as leader, it says {ours.state()}", lambda: (ours.state() or {}).get("leader") == leader, SECONDS)
            if "H" in replay.servers:
                since = replay.now()
                wait_until("our node still asks the healthy peer", lambda: replay.asked_last.get("H", 0) > since, SECONDS)
            replay.finish()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{cluster.logs()}") from error
        finally:
            replay.close()
    assert not replay.broken, "a reference node cannot read what ours answered:\n" + "\n".join(replay.broken)


def checks(command):
    """One check for each part of each transcript."""
    recorded = transcript.load()
    return [
        (f"replay {scenario}, ours as {part}", lambda scenario=scenario, part=part, expected=expected: play(recorded[scenario], part, expected, command))
        for scenario, part, expected in PARTS
    ]
