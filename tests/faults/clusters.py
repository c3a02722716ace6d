"""The clusters that faults are done to: they start nothing but the cloud by themselves, and keep what they know on disk, as in production."""

import json
import os
import socket
import subprocess
import sys

from cluster import NODE_PORT, Cluster
from network import IPV4
from process import Process
from waiting import wait_until

SERVICE_PORT = 8099
HERE = os.path.dirname(os.path.abspath(__file__))


class FaultyCluster(Cluster):
    """Nodes of ours, with settings for all of them."""

    def __init__(self, programs, label, size, settings):
        super().__init__(programs, label, size, IPV4)
        self.settings = settings
        self.ended = []  # (name, process) of those that others have replaced

    def started_at_once(self):
        return 0

    def start(self, number, settings=None):
        """Starts the node, or starts it again."""
        process = self.start_node(number, settings)
        if number < len(self.nodes):
            self.ended.append((f"node{number}-before-{len(self.ended) + 1}", self.nodes[number]))
            self.nodes[number] = process
        else:
            self.nodes.append(process)

    def start_node(self, number, settings=None):
        state = os.path.join(self.directory.name, f"state{number}")
        os.makedirs(state, exist_ok=True)
        return super().start_node(number, {"LES_NODE__STATE_DIR": state, **self.settings, **(settings or {})})

    def processes(self):
        """(name, process) of everything that has run here."""
        return [*((f"node{number}", node) for number, node in enumerate(self.nodes)), *self.ended, ("cloud", self.cloud)]


class ProxiedCluster(FaultyCluster):
    """Nodes that know each other by the addresses of a proxy. It forwards faithfully until it is told otherwise."""

    def __init__(self, *args):
        super().__init__(*args)
        self.proxy = None

    def name(self, number):
        return f"{self._proxied(number)}:{NODE_PORT}"

    def _proxied(self, number):
        return self.network.peer_address(100 + number)

    def _start_cloud(self):
        super()._start_cloud()
        numbers = range(self.size)
        self.network.hub.ip(*(f"address add {self._proxied(number)}/{self.family.prefix} dev peers" for number in numbers))
        forwards = [f"{self.name(number)}={self.network.peer_address(number)}:{NODE_PORT}" for number in numbers]
        self.proxy = Process(self.network.hub, [sys.executable, os.path.join(HERE, "proxy.py"), *forwards], {}, stdin=subprocess.PIPE)
        wait_until(lambda: f"the proxy listens\n{self.proxy.output()}", lambda: "listening" in self.proxy.output())

    def tell_proxy(self, **what):
        """What it does to connections from now on; see proxy.py."""
        self.proxy.popen.stdin.write((json.dumps(what) + "\n").encode())
        self.proxy.popen.stdin.flush()

    def processes(self):
        return [*super().processes(), ("proxy", self.proxy)]

    def __exit__(self, *_):
        if self.proxy:
            self.proxy.kill()
            self.proxy.popen.stdin.close()
        super().__exit__()


class MixedCluster(FaultyCluster):
    """One node of the reference (its stand-in) among ours. It moves no addresses."""

    theirs = 0

    def start_node(self, number, settings=None):
        if number != self.theirs:
            return super().start_node(number, settings)
        peer = os.path.join(HERE, "..", "interop", "peer.py")
        command = [sys.executable, peer, "--bind-port", str(NODE_PORT), "--advertise-addr", self.name(number)]
        command += ["--seeds", ",".join(self.name(each) for each in range(self.size)), "--loop-rate", "1"]
        return Process(self.network.hosts[number], command, {"PYTHONUNBUFFERED": "1"})


class ReferenceJunior(MixedCluster):
    """The reference node is the youngest."""

    theirs = 2


class QuorumCluster(FaultyCluster):
    """Every node votes."""

    def start_node(self, number, settings=None):
        return super().start_node(number, {**self.quorum(), **(settings or {})})

    def quorum(self):
        voters = ",".join(self.name(each) for each in range(self.size))
        return {"LES_ELECTION__MODE": "quorum", "LES_ELECTION__VOTERS": voters}


class WitnessCluster(QuorumCluster):
    """The youngest one votes and has no provider. It does not lead."""

    def start_node(self, number, settings=None):
        if number != self.size - 1:
            return super().start_node(number, settings)
        return self.start_les(number, {"LES_NODE__ROLE": "witness", **self.quorum(), **self.settings, **(settings or {})})


class ProbedCluster(FaultyCluster):
    """The shared address is probed. What answers in its place is a process beside the cloud, by a network that faults leave alone."""

    def __init__(self, *args):
        super().__init__(*args)
        self.service = None

    def _start_cloud(self):
        super()._start_cloud()
        at = self.network.cloud_address()
        self.service = Process(self.network.hub, [sys.executable, "-m", "http.server", "--bind", at, str(SERVICE_PORT)], {})
        wait_until("the service answers", lambda: answers(self.network.hub, at, SERVICE_PORT))
        with open(self.config, "a", encoding="utf-8") as file:
            file.write(f'probe = "http://{at}:{SERVICE_PORT}/"\n')

    def processes(self):
        return [*super().processes(), ("service", self.service)]

    def __exit__(self, *_):
        if self.service:
            self.service.kill()
        super().__exit__()


def answers(host, address, port):
    with host.entered():
        try:
            socket.create_connection((address, port), timeout=1).close()
            return True
        except OSError:
            return False
