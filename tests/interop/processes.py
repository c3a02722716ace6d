"""Starting nodes, looking at them, and waiting for what they should come to."""

import os
import signal
import subprocess
import tempfile
import time

import wire


class Node:
    """A running process that speaks the protocol. Its output goes to a file, so that it can be searched."""

    def __init__(self, command, address, seeds, port=None):
        self.address = address
        self.log = tempfile.NamedTemporaryFile(prefix="les-interop-", suffix=".log")
        port = port or wire.split_address(address)[1]
        arguments = ["--bind-interface", "127.0.0.1", "--bind-port", str(port), "--advertise-addr", address, "--seeds", ",".join(seeds), "--loop-rate", "1"]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}  # a Python node's log is complete even if it is killed
        with wire.FORKING:
            wire.release(port)
            self.process = subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment)

    def state(self):
        """Its state as it tells it; None if it does not answer."""
        return wire.read_json(self.address, "/state/")

    def kill(self):
        """SIGKILL, and gone when this returns."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def output(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()


class Cluster:
    """Nodes that are all dead when the `with` block ends."""

    def __init__(self):
        self.nodes = []

    def __enter__(self):
        return self

    def start(self, command, address, seeds, port=None):
        node = Node(command, address, seeds, port)
        self.nodes.append(node)
        return node

    def __exit__(self, *_):
        for node in self.nodes:
            if node.process.poll() is None:
                node.kill()

    def leaders(self):
        """What each live node says about who leads, by address."""
        return {node.address: (node.state() or {}).get("leader") for node in self.nodes if node.process.poll() is None}

    def logs(self):
        return "\n".join(f"--- {node.address} ({' '.join(node.process.args)})\n{node.output()[-4000:]}" for node in self.nodes)


class Unmet(AssertionError):
    """Something that should have come to pass did not in time."""


def wait_until(what, predicate, seconds):
    """Looks until `predicate()` is true. The deadline is generous: it only ends a test that has failed."""
    deadline = time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > deadline:
            raise Unmet(f"not within {seconds} s: {what}")
        time.sleep(0.05)
