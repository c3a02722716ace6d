"""The disk under node.state_dir is full: a node elects and answers, keeps its history in memory, and says once that it cannot keep it."""

import contextlib
import json
import os
import subprocess

from nodes import Cluster
from waiting import wait_until

SIZE = "256k"
SUCCESSOR = 1


class OnTinyDisk(Cluster):
    """The next in line has a disk of its own."""

    def start(self, number):
        if number == SUCCESSOR and number >= len(self.nodes):
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", self.state_dir(number)], check=True)
        return super().start(number)

    def __exit__(self, *exception):
        for process in self.nodes:
            process.kill()
        with contextlib.suppress(subprocess.CalledProcessError):  # it was never mounted
            subprocess.run(["umount", self.state_dir(SUCCESSOR)], check=True, stderr=subprocess.DEVNULL)
        super().__exit__(*exception)


def fill(directory):
    """Takes what is left, to the last byte, and returns the file that has it."""
    path = os.path.join(directory, "filler")
    with open(path, "wb", buffering=0) as file:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
    return path


def kept(node):
    """The names of the events on the disk; a line that is not whole is none."""
    lines = []
    for name in ("events.1.ndjson", "events.ndjson"):
        with contextlib.suppress(FileNotFoundError), open(os.path.join(node.state_dir, name), encoding="utf-8") as file:
            lines += file.read().splitlines()
    names = []
    for line in lines:
        with contextlib.suppress(ValueError):
            names.append(json.loads(line)["event"])
    return names


def told(node):
    return [event["event"] for event in node.json("/events").get("events", [])]


def no_room_for_history(programs):
    with OnTinyDisk(programs) as cluster:
        assert cluster.settled() == 0
        node = cluster.nodes[SUCCESSOR]
        wait_until("events are kept", lambda: node.json("/events").get("kept") is True and kept(node))
        filler = fill(node.state_dir)
        # A file may have room to the end of its last page, so events may go on being kept for a while: more of them, until one is lost.
        cluster.nodes[0].kill()
        assert cluster.settled() == SUCCESSOR, "it takes over as ever"
        restarts = iter(range(50))
        while not lost(node):
            assert next(restarts, None) is not None, "fifty restarts of a follower, and no event is lost on a full disk"
            cluster.start(0)
            cluster.settled()
            cluster.nodes[0].kill()
            wait_until("its death is noticed", lambda: node.value("les_members", state="ok") == 2)
        assert "took_over" in told(node) and told(node)[-1] in ("member_lost", "suspected", "stream_ended"), f"the latest are told from memory: {told(node)}"
        assert node.json("/events")["kept"] is False, "/events says that they are not kept"
        assert node.status_of("/health/live") == node.status_of("/leader") == 200
        complaints = node.log_lines("no space left", "os error 28")
        assert len(complaints) == 1, f"said once, not {len(complaints)} times: {complaints}"

        os.remove(filler)
        before = len(kept(node))
        cluster.start(0)
        cluster.settled()
        wait_until("events are kept again", lambda: "member_joined" in kept(node)[before:] and node.json("/events")["kept"] is True)
        lost_by_then = lost(node)
        cluster.nodes[0].kill()
        wait_until("the next one is kept too", lambda: "member_lost" in kept(node)[before:])
        assert lost(node) == lost_by_then, "lost with room on the disk"


def lost(node):
    return node.value("les_events_lost_total")


def checks(programs):
    return [("the disk is full: everything goes on, and the history comes from memory", lambda: no_room_for_history(programs))]
