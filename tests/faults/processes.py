"""What happens to processes: killed, ended, frozen, restarted."""

import signal
import time

from row import NONE, ONE, ONE_OR_TWO, Row
from waiting import SECONDS, wait_until

FROZEN = 5  # seconds


def kill_leader(trial):
    trial.kill(0)
    trial.moves_to(1)


def kill_leader_and_successor(trial):
    trial.kill(0, 1)
    trial.moves_to(2)


def kill_successor_at_work(trial):
    """The successor dies as soon as the cloud has its call, which may land or not: a third one takes over."""
    trial.kill(0)
    wait_until("the successor calls", trial.oracle.writes, look=0)
    trial.kill(1)
    wait_until("the third one holds the address", lambda: trial.holder() == 2)


def kill_followers(trial):
    """One after the other, the youngest first, as long as two are left; of two nodes, the other one."""
    for node in range(trial.cluster.size - 1, min(trial.cluster.size - 1, 2) - 1, -1):
        trial.kill(node)
        trial.settle()


def kill_with_one_frozen(trial):
    """The youngest can confirm nothing while the leader dies."""
    trial.cluster.nodes[-1].signal(signal.SIGSTOP)
    trial.gone.add(trial.cluster.size - 1)
    trial.kill(0)
    trial.moves_to(1)
    trial.settle()
    trial.resume(trial.cluster.size - 1)


def kill_with_successor_frozen(trial):
    trial.cluster.nodes[1].signal(signal.SIGSTOP)
    trial.gone.add(1)
    trial.kill(0)
    trial.moves_to(2)
    trial.settle()
    trial.resume(1)


def ends_after_its_successor_holds(trial, leader):
    """The address never points to a node that is gone: it has moved before the old leader exits."""
    process = trial.cluster.nodes[leader].popen
    process.wait(SECONDS)
    exited = time.monotonic()
    assert process.returncode == 0, f"the old leader exits with {process.returncode}"
    moves = trial.oracle.moves()
    assert moves and moves[-1][0] <= exited, f"the old leader was gone when the address moved: {trial.told(moves)}"


def terminate_leader(trial):
    trial.send(signal.SIGTERM, 0)
    trial.gone.add(0)
    ends_after_its_successor_holds(trial, 0)
    trial.moves_to(1)


def blink(seconds):
    """Shorter than the silence that counts."""

    def does(trial):
        trial.freeze(0)
        trial.nothing_moves(seconds)
        trial.resume(0)

    return does


def freeze_leader(trial):
    """Whoever wakes up deposed calls nobody: it may not even try to take the address back."""
    trial.freeze(0)
    trial.moves_to(1)
    trial.until(FROZEN)
    trial.resume(0)


def freeze_follower(trial):
    """It accuses nobody when it wakes up, and nobody minded its sleep."""
    sleeper = trial.cluster.size - 1
    trial.freeze(sleeper)
    trial.nothing_moves(FROZEN)
    trial.resume(sleeper)
    trial.settle()
    lost = [text for event, text in trial.cluster.history(sleeper) if event == "member_lost"]
    assert not lost, f"the node that was frozen accuses others: {lost}"


def quick_restart(trial):
    trial.kill(0)
    trial.restart(0)
    trial.moves_to(1)


def rolling_restart(trial):
    """The juniors first, the leader last: only its own end costs a move."""
    for node in range(trial.cluster.size - 1, -1, -1):
        if node == 0:
            assert not trial.oracle.moves(), f"restarted followers moved the address: {trial.told(trial.oracle.moves())}"
            trial.since = None  # the time is counted from the end of the leader
        trial.send(signal.SIGTERM, node)
        if node == 0:
            ends_after_its_successor_holds(trial, node)
        trial.cluster.nodes[node].popen.wait(SECONDS)
        trial.restart(node)
        wait_until(f"node {node} answers", lambda node=node: trial.cluster.diag(node))
        trial.cluster.settled()


def cold_start(trial):
    trial.oracle.begin()
    trial.done("start of all")
    for node in range(trial.cluster.size):
        trial.cluster.start(node)
    wait_until("somebody leads and holds the address", lambda: trial.cluster.agreed() is not None)


def lonely_start(trial):
    """A node that never met anybody does not lead, since it may be the cut-off one."""
    trial.oracle.begin()
    trial.done("start of one")
    trial.cluster.start(0)
    wait_until("it answers", lambda: trial.cluster.diag(0))
    trial.gone.add(0)
    trial.nothing_moves(FROZEN)


ROWS = [
    Row("kill", "SIGKILL of the leader", ONE, kill_leader, quick=(2, 3, 5), fast=(3,)),
    Row("kill-two", "SIGKILL of leader and successor together", ONE, kill_leader_and_successor, nodes=(3, 5), quick=(3,)),
    Row("kill-chain", "SIGKILL of the leader, and of the successor once it calls", ONE_OR_TWO, kill_successor_at_work, nodes=(3, 5), quick=(3,)),
    Row("kill-followers", "SIGKILL of followers, one after the other", NONE, kill_followers, quick=(2, 3)),
    Row("kill-one-frozen", "the youngest frozen, then SIGKILL of the leader", ONE, kill_with_one_frozen, nodes=(3, 5), quick=(3,)),
    Row("kill-next-frozen", "the successor frozen, then SIGKILL of the leader", ONE, kill_with_successor_frozen, nodes=(3, 5), quick=(5,)),
    Row("term", "SIGTERM of the leader", ONE, terminate_leader, quick=(2, 3, 5), fast=(3,)),
    Row("freeze-short", "SIGSTOP of the leader for 0.3 s", NONE, blink(0.3), quick=(3,), quick_profile="wan"),
    Row("freeze", f"SIGSTOP of the leader for {FROZEN} s", ONE, freeze_leader, quick=(2, 3), fast=(3,)),
    Row("freeze-follower", f"SIGSTOP of the youngest for {FROZEN} s", NONE, freeze_follower, quick=(3,), fast=(3,)),
    Row("restart", "SIGKILL of the leader, started again at once", ONE, quick_restart, quick=(2, 3), fast=(3,)),
    Row("rolling", "rolling restart, the leader last", ONE, rolling_restart, quick=(3,)),
    Row("cold", "cold start, all together", ONE, cold_start, quick=(2, 5), started=False),
    Row("cold-lonely", "cold start of one only", NONE, lonely_start, nodes=(3,), quick=(3,), started=False),
]
