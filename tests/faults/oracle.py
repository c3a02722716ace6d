"""What the simulated cloud's log says of one trial: who asked for the address, when, and to whom it went."""

import time


class Oracle:
    """Moves and writes since the trial began, in this process's time."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.offset = min((self._offset() for _ in range(5)), key=lambda measured: measured[0])[1]
        self.holder, self._moves, self._writes = None, 0, 0

    def _offset(self):
        """How long asking took, and by how much the cloud's clock is ahead of ours (both monotonic)."""
        asked = time.monotonic()
        now = self.cluster.log()["now_ms"] / 1000
        answered = time.monotonic()
        return answered - asked, now - (asked + answered) / 2

    def begin(self):
        """Counts from here on."""
        log = self.cluster.log()
        self.holder = number(log["holder"])
        self._moves, self._writes = len(log["moves"]), len(log["writes"])

    def moves(self):
        """(when, to whom), oldest first. Without a log nobody knows, and that is an error."""
        return self._since("moves", self._moves)

    def writes(self):
        """(when, for whom): every call that would change who holds the address. A node asks for itself only."""
        return self._since("writes", self._writes)

    def _since(self, what, first):
        return [(entry["at_ms"] / 1000 - self.offset, number(entry["to"])) for entry in self.cluster.log()[what][first:]]


def number(droplet):
    """The node that is this droplet."""
    return None if droplet is None else int(droplet) - 1
