"""What happens to machines and versions: starved of CPU, upgraded one by one, and nodes of the reference among ours."""

import contextlib
import os
import signal
import sys

from clusters import MixedCluster, ReferenceJunior
from process import Process
from row import AT_MOST_ONE, NONE, ONE, Row
from waiting import SECONDS, wait_until

LOOPS_PER_CORE = 4
STARVED = 20  # seconds
BEFORE = {"LES_ELECTION__WATCH": "false"}  # what versions without streams do


@contextlib.contextmanager
def busy_loops(trial):
    host = trial.cluster.network.hub
    loops = [Process(host, [sys.executable, "-c", "while True: pass"], {}) for _ in range(LOOPS_PER_CORE * os.cpu_count())]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()


def starved(trial):
    """Slow is not dead, to anybody."""
    with busy_loops(trial):
        trial.done("busy loops")
        trial.nothing_moves(STARVED)


def starved_kill(trial):
    with busy_loops(trial):
        trial.kill(0)
        trial.moves_to(1)


class Before:
    """Starts what a rolling upgrade replaces."""

    @staticmethod
    def start(trial):
        for number in range(trial.cluster.size):
            trial.cluster.start(number, BEFORE)
            wait_until(f"node {number} answers", lambda number=number: trial.cluster.diag(number))
        trial.agree_on(0)
        trial.oracle.begin()


def upgrade(trial):
    """Nodes that know no streams are replaced, the youngest first, by nodes that do."""
    Before.start(trial)
    for node in range(trial.cluster.size - 1, -1, -1):
        trial.since = None  # the time is counted from the end of the leader
        trial.send(signal.SIGTERM, node)
        trial.cluster.nodes[node].popen.wait(SECONDS)
        trial.restart(node)
        wait_until(f"node {node} answers", lambda node=node: trial.cluster.diag(node))
        trial.cluster.settled()


def half_upgraded(trial):
    """The leader is upgraded already, the others are not, and it dies."""
    Before.start(trial)
    for node in range(1, trial.cluster.size):
        trial.cluster.nodes[node].kill()
        trial.restart(node)
        trial.cluster.settled()
    trial.since = None
    trial.kill(0)
    trial.moves_to(1)


def reference_starts(trial):
    """The reference node leads, and moves nothing, as it was first."""
    for number in range(trial.cluster.size):
        trial.cluster.start(number)
        wait_until(f"node {number} answers", lambda number=number: trial.cluster.diag(number))


def their_leader_killed(trial):
    """The reference node leads and moves nothing; ours see its end by the connection that they keep open to it."""
    reference_starts(trial)
    everybody = range(trial.cluster.size)
    theirs = trial.cluster.name(0)
    wait_until("everybody names the reference node", lambda: all(trial.cluster.diag(n).get("state", {}).get("leader") == theirs for n in everybody))
    trial.oracle.begin()
    trial.nothing_moves(3)
    trial.kill(0)
    trial.moves_to(1)


def our_leader_killed(trial):
    """The reference node has to confirm, at its own pace."""
    reference_starts(trial)
    trial.agree_on(0)
    trial.oracle.begin()
    trial.kill(0)
    trial.moves_to(1)


ROWS = [
    Row("starved", f"{LOOPS_PER_CORE} busy loops for each core, {STARVED} s", NONE, starved, quick=(3,), quick_profile="wan", alone=True),
    Row("starved-kill", f"{LOOPS_PER_CORE} busy loops for each core, and SIGKILL of the leader", ONE, starved_kill, quick=(3,), alone=True),
    Row("upgrade", "rolling upgrade from polling to streams, the leader last", AT_MOST_ONE, upgrade, quick=(3,), started=False),
    Row("upgrade-kill", "followers upgraded, then SIGKILL of the leader", ONE, half_upgraded, nodes=(3,), quick=(3,), started=False),
    Row("reference-kill", "SIGKILL of a reference node that leads two of ours", ONE, their_leader_killed, nodes=(3,), quick=(3,), started=False, cluster=MixedCluster),
    Row("mixed-kill", "SIGKILL of our leader, a reference node follows", ONE, our_leader_killed, nodes=(3,), quick=(3,), started=False, cluster=ReferenceJunior),
]
