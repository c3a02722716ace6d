"""Reading what record.py wrote."""

import json
import os
from dataclasses import dataclass

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transcripts")


@dataclass
class Transcript:
    head: dict
    events: list

    @property
    def name(self):
        return self.head["scenario"]

    def exchanges(self, to=None, by=None):
        """Requests with what was answered, in order; `by` only knows who asked for a state."""
        return [event for event in self.events if "get" in event and to in (None, event["to"]) and by in (None, event.get("from"))]

    def times(self, kind):
        """When nodes were started or killed (`kind`), by node."""
        return {event[kind]: event["t"] for event in self.events if kind in event}

    def ends(self):
        return {event["ends"]: event for event in self.events if "ends" in event}

    def leaders_over_time(self, node):
        """Each leader that the node named, in order, without repetitions."""
        seen = []
        for event in self.exchanges(to=node):
            if event["get"].startswith("/state") and event.get("status") == 200:
                leader = json.loads(event["body"])["leader"]
                if seen[-1:] != [leader]:
                    seen.append(leader)
        return seen


def read(path):
    with open(path, encoding="utf-8") as lines:
        head, *events = [json.loads(line) for line in lines]
    return Transcript(head, events)


def load(folder=FOLDER):
    """All of a folder, by scenario."""
    found = [read(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".ndjson")]
    return {transcript.name: transcript for transcript in found}
