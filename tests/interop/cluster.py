"""Clusters of two of our nodes and one reference node, real or its stand-in."""

import os
import sys

import wire
from processes import Cluster, wait_until

STAND_IN = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer.py")]
SECONDS = 75  # for anything to come to pass; a peer that never asks is doubted for 30 s, the reference needs two of its loops and a timeout
TROUBLE = ("Traceback", "RAISED")


class Mixed:
    """Two of ours (`first`, `second`) and a reference node (`theirs`), started in the order given, one at a time."""

    def __init__(self, cluster, ours, reference, order):
        self.cluster = cluster
        self.addresses = [f"127.0.0.1:{wire.free_port()}" for _ in order]
        self.nodes = []
        for position, kind in enumerate(order):
            self.nodes.append(cluster.start(ours if kind == "ours" else reference, self.addresses[position], self.addresses))
            # One at a time, so that the order of starting is the order of seniority.
            wait_until(f"node {position} answers", lambda: self.nodes[-1].state() is not None, SECONDS)
        self.theirs = self.nodes[order.index("theirs")]

    def agreed(self, leader, on=None):
        """Every live node names this one."""
        nodes = on or [node for node in self.nodes if node.process.poll() is None]
        wait_until(
            f"{[node.address for node in nodes]} all name {leader.address} as leader; they say {self.cluster.leaders()}",
            lambda: all((node.state() or {}).get("leader") == leader.address for node in nodes),
            SECONDS,
        )

    def everybody_known(self):
        expected = sorted(node.address for node in self.nodes if node.process.poll() is None)
        wait_until(
            f"everybody knows exactly {expected}",
            lambda: all(sorted((node.state() or {}).get("members", [])) == expected for node in self.nodes if node.process.poll() is None),
            SECONDS,
        )

    def untroubled(self):
        """Nothing that ours answered made the reference raise."""
        output = self.theirs.output()
        assert not any(word in output for word in TROUBLE), "the reference node raised"


def scenario(ours, reference, order, act):
    with Cluster() as cluster:
        try:
            mixed = Mixed(cluster, ours, reference, order)
            act(mixed)
            mixed.untroubled()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{cluster.logs()}") from error


def our_leader_killed(mixed):
    first, second, _ = mixed.nodes
    mixed.agreed(first)
    mixed.everybody_known()
    first.kill()
    mixed.agreed(second)
    mixed.everybody_known()


def their_leader_killed(mixed):
    theirs, second, _ = mixed.nodes
    mixed.agreed(theirs)
    mixed.everybody_known()
    theirs.kill()
    mixed.agreed(second)
    mixed.everybody_known()


def their_follower_killed(mixed):
    first, *_ = mixed.nodes
    mixed.agreed(first)
    mixed.theirs.kill()
    mixed.everybody_known()
    mixed.agreed(first)


def they_take_over_last(mixed):
    """Both of ours die one after the other; the reference leads what is left."""
    first, second, theirs = mixed.nodes
    mixed.agreed(first)
    first.kill()
    mixed.agreed(second)
    second.kill()
    mixed.agreed(theirs)


def diagnosed(mixed):
    """Each of our nodes shows the reference's state in its `/diag/`, and the reference shows ours."""
    mixed.agreed(mixed.nodes[0])
    expected = {node.address for node in mixed.nodes}
    wait_until("every /diag/ has every state", lambda: all(set((wire.read_json(address, "/diag/") or {}).get("member_states", {})) >= expected for address in mixed.addresses), SECONDS)


def with_fault(ours, fault):
    """A peer that misbehaves from the start, then two of ours: they ask it, agree on the older of themselves, and survive its death."""
    with Cluster() as cluster:
        try:
            addresses = [f"127.0.0.1:{wire.free_port()}" for _ in range(3)]
            bad = cluster.start([*STAND_IN, "--fault", fault], addresses[2], addresses)
            wait_until("the bad peer listens", lambda: "listening" in bad.output(), SECONDS)
            first, second = [answering(cluster, ours, address, addresses) for address in addresses[:2]]
            for node in (first, second):
                follows(node, first)
                wait_until(f"{node.address} asked the bad peer", lambda node=node: f"asked: /state/{node.address}" in bad.output(), SECONDS)
            follows(second, first)  # still, after what it heard
            first.kill()
            follows(second, second)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{cluster.logs()}") from error


def answering(cluster, ours, address, seeds):
    """Starts one of ours; the next one is younger."""
    node = cluster.start(ours, address, seeds)
    wait_until(f"{address} answers", lambda: node.state() is not None, SECONDS)
    return node


def follows(node, leader):
    wait_until(f"{node.address} names {leader.address}; it says {node.state()}", lambda: (node.state() or {}).get("leader") == leader.address, SECONDS)


SCENARIOS = [
    ("our leader is killed", ["ours", "ours", "theirs"], our_leader_killed),
    ("their leader is killed", ["theirs", "ours", "ours"], their_leader_killed),
    ("their follower is killed", ["ours", "theirs", "ours"], their_follower_killed),
    ("they take over when both of ours are dead", ["ours", "ours", "theirs"], they_take_over_last),
    ("everybody shows everybody", ["ours", "theirs", "ours"], diagnosed),
]


def checks(ours, reference, label):
    return [
        (f"two of ours and {label}: {name}", lambda order=order, act=act: scenario(ours, reference, order, act))
        for name, order, act in SCENARIOS
    ]


def fault_checks(ours, faults):
    return [(f"two of ours and a bad peer: {fault}", lambda fault=fault: with_fault(ours, fault)) for fault in faults]
