"""Nodes without seeds, which find each other by DNS."""

import os
import sys

import network
from cluster import Cluster
from process import Process
from scenarios import Watched, run_all
from waiting import holds_for, wait_until

INTERVAL = 10  # seconds from one discovery to the next: the least that can be configured


class DiscoveringCluster(Cluster):
    """All nodes but the last one are started at once. What DNS answers is in a file."""

    def __init__(self, *args):
        super().__init__(*args)
        self.zone, self.dns = os.path.join(self.directory.name, "zone"), None

    def __exit__(self, *_):
        if self.dns:
            self.dns.kill()
        super().__exit__()

    def started_at_once(self):
        return self.size - 1

    def siblings(self):
        return {"LES_NODE__DISCOVERY": "dns:les.test", "LES_NODE__DISCOVERY_INTERVAL": f"{INTERVAL}s"}

    def _start_cloud(self):
        super()._start_cloud()
        self.list(range(self.started_at_once()))
        server = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dns_server.py")
        self.dns = Process(self.network.hub, [sys.executable, server, self.network.cloud_address(), self.zone], {})
        for host in self.network.hosts:
            host.write_etc("resolv.conf", f"nameserver {self.network.cloud_address()}\n")

    def list(self, numbers):
        """DNS names these nodes from now on."""
        with open(self.zone + ".new", "w", encoding="ascii") as file:
            file.write("\n".join(self.network.peer_address(number) for number in numbers))
        os.rename(self.zone + ".new", self.zone)

    def start_last(self):
        self.nodes.append(self.start_node(len(self.nodes)))

    def source(self, number):
        """What a node tells of its source of seeds."""
        return (self.ours(number).get("discovery") or [{}])[0]


def found_by_dns(cluster):
    """Three nodes find each other; a fourth one is listed later, and joins; then DNS dies, and nothing changes."""
    watched = Watched(cluster)
    cluster.list(range(4))
    listed = lambda: all(len(cluster.source(number).get("found", [])) == 4 for number in range(3))
    wait_until("everybody is told of the fourth node before it is there", listed)
    cluster.start_last()
    assert cluster.settled() == watched.leader, "the leader did not stay when a node joined"
    watched.at_most(0)
    cluster.dns.kill()
    wait_until("every node says that DNS cannot be asked", lambda: all(cluster.source(n).get("last_error") for n in range(4)))

    def undisturbed():
        watched.at_most(0)
        for number in range(4):
            assert len(cluster.source(number)["found"]) == 4, f"node {number} forgot: {cluster.source(number)}"

    holds_for(INTERVAL, undisturbed)
    assert cluster.settled() == watched.leader
    cluster.nodes[watched.leader].kill()
    cluster.settled()
    watched.at_most(1)


SCENARIOS = [("no seeds: found by DNS, one joins later, DNS dies: no move until the leader does", 4, network.IPV4, found_by_dns)]


def checks(programs):
    return run_all(programs, DiscoveringCluster, SCENARIOS, "d")
