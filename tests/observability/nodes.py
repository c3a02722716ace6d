"""Three nodes on loopback, droplets of a simulated cloud, and how they are looked at and spoken to."""

import json
import os
import subprocess
import tempfile

import exposition
import loopback
import wire
from loopback import ADDRESS
from process import Process
from waiting import wait_until

TOKEN = "dop_v1_of_the_telemetry"
TICK = 1  # seconds; the shortest there is
CLEAN = {"PATH": os.environ["PATH"]}  # no proxies, no LES_ or OTEL_ variables of the person's own


def target(number):
    """What the cloud calls the machine of a node."""
    return str(number + 1)


class Programs:
    """What is tested, and what plays the cloud."""

    def __init__(self, les, cloud):
        self.les, self.cloud = os.path.abspath(les), os.path.abspath(cloud)


class Node(Process):
    """`les run`, and its HTTP port."""

    def __init__(self, *args):
        super().__init__(*args)
        self.address, self.state_dir = None, None

    def get(self, path):
        """The answer, whatever its status; None if there is none."""
        try:
            return wire.get(self.address, path, timeout=5)
        except (OSError, ConnectionError):
            return None

    def status_of(self, path):
        answer = self.get(path)
        return answer and answer.status

    def json(self, path):
        """The body of a 200; {} for anything else."""
        answer = self.get(path)
        return json.loads(answer.body) if answer and answer.status == 200 else {}

    def metrics(self):
        """The samples of its /metrics."""
        answer = self.get("/metrics")
        return exposition.Samples(answer.body.decode() if answer and answer.status == 200 else "")

    def value(self, name, **labels):
        """That sample; None if it is not there."""
        return self.metrics().value(name, **labels)

    def leads(self):
        return self.value("les_leader") == 1

    def log_lines(self, *words):
        """What it logged with one of these words in it, whatever their case."""
        return [line for line in self.output().splitlines() if any(word in line.lower() for word in words)]


class Cluster:
    """A cloud and three nodes, the first one the most senior. All are dead when the `with` block ends, and an error tells their story."""

    size = 3

    def __init__(self, programs, settings=None):
        self.programs, self.settings = programs, settings or {}
        self.directory = tempfile.TemporaryDirectory(prefix="les-o-")  # short: the path of a socket has 107 bytes at most
        self.addresses = [f"127.0.0.1:{wire.free_port()}" for _ in range(self.size)]
        self.cloud_address = f"127.0.0.1:{wire.free_port()}"
        self.cloud, self.nodes, self.ended = None, [], []

    def __enter__(self):
        try:
            self._start_cloud()
            for number in range(self.size):
                self.start(number)
            self.settled()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, kind, error, _):
        if isinstance(error, AssertionError):
            error.add_note(self.story())
        for process in [*self.nodes, self.cloud]:
            if process:
                process.kill()
        self.directory.cleanup()

    def _start_cloud(self):
        command = loopback.cloud(self.programs.cloud, self.cloud_address, TOKEN, self.size)
        self.cloud = loopback.start(self.cloud_address, command)
        wait_until(lambda: f"the cloud answers\n{self.cloud.output()}", self.cloud_log)

    def start(self, number):
        """Starts a node, or starts it again, and waits until it answers: the order of starting is the order of seniority."""
        address = self.addresses[number]
        command = loopback.node(self.programs.les, address, self.addresses, self.directory.name, TICK)
        environment = loopback.environment(self.cloud_address, number, TOKEN, self.state_dir(number))
        node = loopback.start(address, command, {**environment, "LES_LOG_FORMAT": "json", **self.settings}, Node)
        node.address, node.state_dir = address, self.state_dir(number)
        if number < len(self.nodes):
            self.ended.append(self.nodes[number])
            self.nodes[number] = node
        else:
            self.nodes.append(node)
        wait_until(lambda: f"node {number} has joined\n{node.output()}", lambda: node.value("les_members", state="ok"))
        return node

    def state_dir(self, number):
        path = os.path.join(self.directory.name, f"state{number}")
        os.makedirs(path, exist_ok=True)
        return path

    def cloud_log(self):
        """Who holds the address, and every move of it; None if the cloud does not answer."""
        try:
            return json.loads(wire.get(self.cloud_address, "/log").body)
        except (OSError, ConnectionError):
            return None

    def holder(self):
        """The number of the node whose droplet holds the address."""
        holder = self.cloud_log()["holder"]
        return holder and int(holder) - 1

    def live(self):
        return [node for node in self.nodes if node.alive()]

    def leader(self):
        """The number of the node that leads, if exactly one does, it holds the address, and all that live are members; None otherwise."""
        leaders = [number for number, node in enumerate(self.nodes) if node.alive() and node.leads()]
        complete = all(node.value("les_members", state="ok") == len(self.live()) and node.value("les_ready") == 1 for node in self.live())
        if len(leaders) == 1 and complete and self.holder() == leaders[0] and self.nodes[leaders[0]].value("les_address_here", address=ADDRESS) == 1:
            return leaders[0]
        return None

    def settled(self):
        """Waits until there is such a leader, and returns its number."""
        found = []
        wait_until("one node leads, holds the address and hears everybody", lambda: found.append(self.leader()) or found[-1] is not None)
        return found[-1]

    def order(self, number, *words):
        """An order by the node's admin socket, as an operator gives it."""
        command = [self.programs.les, *words, "--socket", os.path.join(self.nodes[number].state_dir, "admin.sock")]
        done = subprocess.run(command, env=CLEAN, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(words)} is refused: {done.stdout}{done.stderr}"
        return done.stdout

    def story(self):
        """Everything there is to know when a test has failed."""
        parts = [f"--- the cloud's log\n{json.dumps(self.cloud_log())}" if self.cloud and self.cloud.alive() else "--- no cloud"]
        for node in [*self.nodes, *self.ended]:
            said = [line for line in node.output().splitlines() if '"event":"setting"' not in line]
            parts.append("\n".join([f"--- {node.address}", *said[-30:], str(node.json("/status") if node.alive() else "dead")]))
        return "\n".join(parts)
