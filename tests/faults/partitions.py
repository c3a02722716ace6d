"""Nodes that do not hear each other while all of them reach the cloud; who may act then; and a cloud that some do not reach."""

import http.client
import json

from cluster import ADDRESS, CLOUD_PORT, TOKEN
from clusters import ProbedCluster, QuorumCluster, WitnessCluster
from links import heal, others
from row import NONE, ONE, Row
from waiting import wait_until

LONG = 15  # seconds; longer than any node doubts itself


def parted(side, heirs):
    """That side and the rest do not hear each other. The address moves at most once, and the heal moves nothing."""

    def does(trial):
        rest = [node for node in range(trial.cluster.size) if node not in side]
        trial.done(f"DROP between {side} and {rest}")
        trial.cluster.network.cut(side, rest)
        if heirs:
            trial.moves_to(*heirs)
            trial.until(LONG)
        else:
            trial.nothing_moves(LONG)
        heal(trial)

    return does


def shattered(trial):
    """No two nodes hear each other."""
    trial.done("DROP between all")
    for node in range(trial.cluster.size):
        trial.cluster.network.cut([node], [other for other in range(trial.cluster.size) if other != node])
    wait_until("nobody leads", lambda: all(trial.cluster.ours(node).get("role") != "leader" for node in range(trial.cluster.size)))
    trial.nothing_moves(LONG)
    heal(trial)


def again_and_again(trial):
    """Three partitions one after the other, the leader alone in each: a move each."""
    for _ in range(3):
        before, leader = len(trial.oracle.moves()), trial.holder()
        trial.done(f"DROP around {leader}")
        trial.cluster.network.cut([leader], [node for node in range(trial.cluster.size) if node != leader])
        wait_until("the address moves", lambda: len(trial.oracle.moves()) > before)
        trial.nothing_moves(LONG / 3)
        heal(trial)
        trial.cluster.settled()


def probed(serves):
    """The leader is cut from the other one. Where the address answers, it stays."""

    def does(trial):
        wait_until("a probe has worked", lambda: "GET / " in trial.cluster.service.output())
        if serves:
            parted([0], heirs=None)(trial)
        else:
            trial.done("the leader's machine vanishes, and what it served")
            trial.gone.add(0)
            trial.cluster.network.swallow(0)
            trial.cluster.service.kill()
            trial.moves_to(1)
            trial.until(LONG)
            heal(trial, [0])

    return does


def successor_without_cloud(trial):
    """It is elected, gets no answer, and hands over to one that does."""
    trial.done("the successor does not reach the cloud")
    trial.cluster.network.cut_from_cloud(1)
    trial.nothing_moves(3)
    trial.since = None
    trial.kill(0)
    trial.moves_to(2)
    heal(trial)


def leader_without_cloud(trial):
    """It holds the address: nothing needs to be done, so nothing is."""
    trial.done("the leader does not reach the cloud")
    trial.cluster.network.cut_from_cloud(0)
    trial.nothing_moves(LONG)
    heal(trial)


def by_hand(trial):
    """Somebody moves the address to a follower's machine: it is taken back."""
    trial.done("moved by hand to the successor's machine")
    body = json.dumps({"type": "assign", "droplet_id": 2})
    with trial.cluster.network.hub.entered():
        connection = http.client.HTTPConnection(trial.cluster.network.cloud_address(), CLOUD_PORT, timeout=5)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        connection.request("POST", f"/v2/reserved_ips/{ADDRESS}/actions", body, headers)
        status = connection.getresponse().status
        connection.close()
    assert status == 201, f"the cloud answered {status}"
    wait_until("it is back", lambda: [to for _, to in trial.oracle.moves()] == [1, 0])


ROWS = [
    Row("cut-leader", f"the leader and the others do not hear each other for {LONG} s", ONE, lambda trial: parted([0], others(trial))(trial), quick=(2, 3)),
    Row("cut-two-of-five", f"leader and successor and the others do not hear each other for {LONG} s", ONE, parted([0, 1], heirs=[2, 3, 4]), nodes=(5,), quick=(5,)),
    Row("cut-thrice", "three partitions one after the other, the leader alone in each", (3, 3), again_and_again, nodes=(3,), quick=(3,)),
    Row("quorum-minority", f"quorum: the leader and the others do not hear each other for {LONG} s", ONE, parted([0], heirs=[1]), nodes=(3, 5), quick=(3,), cluster=QuorumCluster),
    Row("quorum-two-of-five", f"quorum: leader and successor are cut from the others for {LONG} s", ONE, parted([0, 1], heirs=[2]), nodes=(5,), quick=(5,), cluster=QuorumCluster),
    Row("quorum-majority", f"quorum: the youngest is cut off for {LONG} s", NONE, lambda trial: parted([trial.cluster.size - 1], None)(trial), nodes=(3, 5), quick=(3,), cluster=QuorumCluster),
    Row("quorum-none", f"quorum: no two nodes hear each other for {LONG} s", NONE, shattered, nodes=(2, 3), quick=(3,), cluster=QuorumCluster),
    Row("witness-minority", f"two and a witness: the leader is cut off for {LONG} s", ONE, parted([0], heirs=[1]), nodes=(3,), quick=(3,), cluster=WitnessCluster),
    Row("witness-majority", f"two and a witness: the follower is cut off for {LONG} s", NONE, parted([1], None), nodes=(3,), quick=(3,), cluster=WitnessCluster),
    Row("witness-gone", f"two and a witness: the witness is cut off for {LONG} s", NONE, parted([2], None), nodes=(3,), cluster=WitnessCluster),
    Row("probe-serves", f"two nodes do not hear each other for {LONG} s, and the address answers", NONE, probed(serves=True), nodes=(2,), quick=(2,), cluster=ProbedCluster),
    Row("probe-fails", "two nodes, the leader's machine vanishes, and the address answers no more", ONE, probed(serves=False), nodes=(2,), quick=(2,), cluster=ProbedCluster),
    Row("cloud-successor", "the successor does not reach the cloud, then SIGKILL of the leader", ONE, successor_without_cloud, nodes=(3, 5), quick=(3,)),
    Row("cloud-leader", f"the leader does not reach the cloud for {LONG} s", NONE, leader_without_cloud, quick=(3,)),
    Row("by-hand", "somebody moves the address to a follower's machine", (2, 2), by_hand, quick=(3,)),
]
