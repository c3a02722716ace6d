"""Three real nodes and a simulated cloud on loopback, started one after the other: that is the order of seniority."""

import json
import os
import subprocess
import tempfile

import wire
from process import Process
from waiting import wait_until

ADDRESS = "203.0.113.7"
TOKEN = "dop_v1_of_the_page"
SIZE = 3


class Here:
    """This machine, as a host that processes are started on."""

    @staticmethod
    def command(*command):
        return list(command)


class Nodes:
    """Node `i` is droplet `i + 1`. All are dead when the `with` block ends."""

    def __init__(self, les, cloud):
        self.les, self.cloud_program = os.path.abspath(les), os.path.abspath(cloud)
        self.directory = tempfile.TemporaryDirectory(prefix="les-page-nodes-")
        self.ports = [wire.free_port() for _ in range(SIZE)]
        self.cloud_port = wire.free_port()
        self.cloud, self.nodes = None, [None] * SIZE

    def __enter__(self):
        try:
            with open(self._path("les.toml"), "w", encoding="utf-8") as file:
                file.write(f'[[address]]\nid = "{ADDRESS}"\n')
            options = ["--token", TOKEN, "--address", ADDRESS, "--droplets", str(SIZE)]
            self.cloud = self._start(self.cloud_port, [self.cloud_program, "--listen", f"127.0.0.1:{self.cloud_port}", *options], {})
            answers("the cloud", self.cloud, f"127.0.0.1:{self.cloud_port}", "/log")
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

    @staticmethod
    def _start(port, command, environment):
        with wire.FORKING:
            wire.release(port)
            return Process(Here, command, environment)

    def name(self, number):
        """What the node is called by its peers."""
        return f"127.0.0.1:{self.ports[number]}"

    def url(self, number):
        return f"http://{self.name(number)}/"

    def start(self, number):
        """Starts the node, or starts it again where it was; it answers when this returns."""
        base = f"http://127.0.0.1:{self.cloud_port}"
        state = self._path(f"node-{number}")
        os.makedirs(state, exist_ok=True)
        environment = {
            "DIGITALOCEAN_TOKEN": TOKEN,
            "LES_PROVIDER__KIND": "digitalocean",
            "LES_PROVIDER__BASE_URL": base,
            "LES_PROVIDER__METADATA_BASE": f"{base}/node/{number + 1}",
            "LES_NODE__STATE_DIR": state,
            "LES_NODE__SEEDS": ",".join(map(self.name, range(SIZE))),
        }
        command = [self.les, "run", "--config", self._path("les.toml"), "--bind-interface", "127.0.0.1", "--bind-port", str(self.ports[number])]
        node = self._start(self.ports[number], [*command, "--advertise-addr", self.name(number), "--loop-rate", "1"], environment)
        self.nodes[number] = node
        answers(f"node {number}", node, self.name(number), "/state/")

    def order(self, number, *words):
        """`les WORDS` for this node, over its admin socket."""
        command = [self.les, *words, "--socket", self._path(f"node-{number}", "admin.sock")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, f"les {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"

    def story(self):
        """Everything there is to know when a check has failed."""
        parts = [f"--- the cloud's log\n{json.dumps(read_json(f'127.0.0.1:{self.cloud_port}', '/log'))}"]
        for number, node in enumerate(self.nodes):
            if node:
                status = json.dumps(read_json(self.name(number), "/status")) if node.alive() else "dead"
                parts.append(f"--- {self.name(number)} (droplet {number + 1})\n{node.output()[-4000:]}\n{status}")
        return "\n".join(parts)


def answers(what, process, address, path):
    """Waits until it does; one that ended never will."""

    def look():
        assert process.alive(), f"{what} ended\n{process.output()}"
        return read_json(address, path)

    wait_until(lambda: f"{what}, {address}, answers\n{process.output()}", look)


def read_json(address, path):
    try:
        response = wire.get(address, path)
        return json.loads(response.body) if response.status == 200 else None
    except (OSError, ValueError):
        return None
