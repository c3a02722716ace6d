"""Moves are paused, and the leader dies: elections go on, the address stays."""

from nodes import ADDRESS, Cluster
from waiting import wait_until


def leader_dies_while_paused(programs):
    with Cluster(programs) as cluster:
        old = cluster.settled()
        moves = len(cluster.cloud_log()["moves"])
        cluster.order(next(number for number in range(cluster.size) if number != old), "pause")
        wait_until("every node says paused", lambda: all(node.json("/status").get("paused") for node in cluster.live()))
        cluster.nodes[old].kill()
        wait_until("another node leads, and does nothing because of the pause", lambda: any(node.leads() and code(node) == "paused" for node in cluster.live()))
        assert all(node.value("les_paused") == 1 for node in cluster.live()), "the pause outlives its leader"
        assert cluster.holder() == old and len(cluster.cloud_log()["moves"]) == moves, "the address was moved during a pause"
        new = next(number for number, node in enumerate(cluster.nodes) if node.alive() and node.leads())
        cluster.order(new, "resume")
        wait_until("the address follows", lambda: cluster.holder() == new)
        assert cluster.settled() == new
        assert len(cluster.cloud_log()["moves"]) == moves + 1


def code(node):
    """What a node says about the address, in a word."""
    return next((address["code"] for address in node.json("/status").get("addresses", []) if address["id"] == ADDRESS), None)


def checks(programs):
    return [("the leader dies while moves are paused: the address stays until they are resumed", lambda: leader_dies_while_paused(programs))]
