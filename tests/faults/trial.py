"""One fault done to one cluster, and what came of it."""

import os
import shutil
import signal
import time

from oracle import Oracle
from waiting import holds_for, wait_until

AFTERMATH = 3  # seconds in which nothing may change any more: three ticks


class Trial:
    """A cluster that agrees, the faults done to it, and what they did. Nodes are numbered by seniority: 0 leads, 1 is next."""

    def __init__(self, cluster, row, seed=0):
        self.cluster, self.row, self.seed = cluster, row, seed
        self.oracle = Oracle(cluster)
        self.faults = []  # (when, what), for the story
        self.since = None  # when the fault was done that the time is counted from
        self.gone = set()  # nodes that are not asked what they think: killed, frozen, cut off

    def start(self):
        """Starts the nodes one by one, so that the order of their numbers is the order of seniority, and waits until they agree."""
        for number in range(self.cluster.size):
            self.cluster.start(number)
            wait_until(f"node {number} answers", lambda number=number: self.cluster.diag(number))
        self.agree_on(0)
        self.oracle.begin()

    def agree_on(self, leader):
        agreed = self.cluster.settled(self.here())
        assert agreed == leader, f"node {leader} should lead, and node {agreed} does"

    def here(self):
        return [number for number in self.cluster.live() if number not in self.gone]

    def done(self, what):
        """Notes a fault that is about to be done; the first one starts the clock."""
        now = time.monotonic()
        self.since = self.since or now
        self.faults.append((now, what))

    def send(self, signal_number, *nodes):
        """The same signal to all of these, as close together as can be."""
        self.done(f"{signal.Signals(signal_number).name} to {list(nodes)}")
        for node in nodes:
            self.cluster.nodes[node].signal(signal_number)

    def kill(self, *nodes):
        self.send(signal.SIGKILL, *nodes)
        for node in nodes:
            self.cluster.nodes[node].popen.wait()
        self.gone.update(nodes)

    def freeze(self, *nodes):
        self.send(signal.SIGSTOP, *nodes)
        self.gone.update(nodes)

    def resume(self, *nodes):
        self.send(signal.SIGCONT, *nodes)
        self.gone.difference_update(nodes)

    def restart(self, node, settings=None):
        """A new process on the host of one that has ended; it is there when it answers."""
        self.done(f"start of {node}")
        self.cluster.start(node, settings)
        self.gone.discard(node)

    def nothing_moves(self, seconds):
        """Waits; fails at once if the address moves or anybody asks for it, beyond what was seen before."""
        before = self.oracle.writes()

        def check():
            new = self.oracle.writes()[len(before) :]
            assert not new, f"somebody asked for the address: {self.told(new)}"

        holds_for(seconds, check)

    def until(self, seconds):
        """Waits until the first fault is so old; nothing more may move meanwhile."""
        self.nothing_moves(self.since + seconds - time.monotonic())

    def moves_to(self, *holders):
        """Waits until the address has moved, and says to whom: one of these."""
        wait_until("the address moves", self.oracle.moves)
        holder = self.oracle.moves()[0][1]
        assert holder in holders, f"the address went to node {holder}; expected one of {list(holders)}"
        return holder

    def holder(self):
        moves = self.oracle.moves()
        return moves[-1][1] if moves else self.oracle.holder

    def settle(self):
        """After the last fault: everybody names the holder, and nothing moves from here on."""
        if self.here():
            self.agree_on(self.holder())
        self.nothing_moves(AFTERMATH)

    def judge(self):
        """Raises if the moves, or who asked for them, are not what this fault may cause."""
        moves, writes = self.oracle.moves(), self.oracle.writes()
        least, most = self.row.moves
        assert least <= len(moves) <= most, f"{self.row.allowed()} expected, seen {len(moves)}: {self.told(moves)}"
        holders = {to for _, to in moves}
        losers = [write for write in writes if write[1] not in holders]
        assert not losers, f"who did not get the address asked for it: {self.told(losers)}"

    def time(self):
        """Seconds from the fault until the cloud received the first call; None if nobody called."""
        calls = [at for at, _ in self.oracle.writes()]
        return calls[0] - self.since if calls and self.since else None

    def told(self, entries):
        return ", ".join(f"node {to} at {at - (self.since or at):+.3f} s" for at, to in entries)

    def story(self):
        """What was done, and what the cloud saw of it, in order."""
        entries = [(at, what) for at, what in self.faults]
        entries += [(at, f"the cloud is asked to give it to node {to}") for at, to in self.oracle.writes()]
        entries += [(at, f"node {to} holds the address") for at, to in self.oracle.moves()]
        start = self.faults[0][0] if self.faults else time.monotonic()
        return "\n".join(f"{at - start:+9.3f} s  {what}" for at, what in sorted(entries))

    def keep(self, directory):
        """Copies the logs of all processes, and the story, for a person to read."""
        os.makedirs(directory, exist_ok=True)
        for name, process in self.cluster.processes():
            shutil.copyfile(process.log.name, os.path.join(directory, f"{name}.log"))
        with open(os.path.join(directory, "story.txt"), "w", encoding="utf-8") as file:
            file.write(f"{self.story()}\n\n{self.cluster.story()}\n")
