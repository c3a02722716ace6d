"""Three real nodes and a simulated cloud on loopback, started one after the other: that is the order of seniority."""

import json
import os
import subprocess
import tempfile

import loopback
import wire
from waiting import wait_until

TOKEN = "dop_v1_of_the_page"
SIZE = 3


class Nodes:
    """Node `i` is droplet `i + 1`. All are dead when the `with` block ends."""

    def __init__(self, les, cloud):
        self.les, self.cloud_program = os.path.abspath(les), os.path.abspath(cloud)
        self.directory = tempfile.TemporaryDirectory(prefix="les-page-nodes-")
        self.ports = [wire.free_port() for _ in range(SIZE)]
        self.cloud_address = f"127.0.0.1:{wire.free_port()}"
        self.cloud, self.nodes = None, [None] * SIZE

    def __enter__(self):
        try:
            at = self.cloud_address
            self.cloud = loopback.start(at, loopback.cloud(self.cloud_program, at, TOKEN, SIZE))
            answers("the cloud", self.cloud, at, "/log")
            for number in range(SIZE):
                self.start(number)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in [*self.nodes, self.cloud]:
            if process:
                process.kill()
        self.directory.cleanup()

    def _path(self, *parts):
        return os.path.join(self.directory.name, *parts)

    def name(self, number):
        """What the node is called by its peers."""
        return f"127.0.0.1:{self.ports[number]}"

    def url(self, number):
        return f"http://{self.name(number)}/"

    def start(self, number):
        """Starts the node, or starts it again where it was; it answers when this returns."""
        environment = loopback.environment(self.cloud_address, number, TOKEN, self._path(f"node-{number}"))
        command = loopback.node(self.les, self.name(number), list(map(self.name, range(SIZE))), self.directory.name)
        node = loopback.start(self.name(number), command, environment)
        self.nodes[number] = node
        answers(f"node {number}", node, self.name(number), "/state/")

    def order(self, number, *words):
        """`les WORDS` for this node, over its admin socket."""
        command = [self.les, *words, "--socket", self._path(f"node-{number}", "admin.sock")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, f"les {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"

    def story(self):
        """Everything there is to know when a check has failed."""
        parts = [f"--- the cloud's log\n{json.dumps(wire.read_json(self.cloud_address, '/log'))}"]
        for number, node in enumerate(self.nodes):
            if node:
                status = json.dumps(wire.read_json(self.name(number), "/status")) if node.alive() else "dead"
                parts.append(f"--- {self.name(number)} (droplet {number + 1})\n{node.output()[-4000:]}\n{status}")
        return "\n".join(parts)


def answers(what, process, address, path):
    """Waits until it does; one that ended never will."""

    def look():
        assert process.alive(), f"{what} ended\n{process.output()}"
        return wire.read_json(address, path)

    wait_until(lambda: f"{what}, {address}, answers\n{process.output()}", look)
