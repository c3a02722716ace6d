"""Real `les` processes, one a host, and a simulated cloud that they all reach."""

import http.client
import json
import os
import tempfile

from network import NODE_PORT, IPV4, Network
from process import Process
from waiting import wait_until

ADDRESS = "203.0.113.7"
TOKEN = "dop_v1_of_the_partitions"
CLOUD_PORT = 8000  # in a namespace of its own


class Programs:
    """What is tested, and what plays the cloud."""

    def __init__(self, les, cloud):
        self.les, self.cloud = os.path.abspath(les), os.path.abspath(cloud)


class Cluster:
    """As many nodes as the network has hosts: node `i` is on host `i` and is droplet `i + 1`. All are dead when the `with` block ends."""

    def __init__(self, programs, label, size, family=IPV4):
        self.programs, self.size, self.family = programs, size, family
        self.network = Network(label, size, family)
        self.directory = tempfile.TemporaryDirectory(prefix="les-netns-")
        self.config = os.path.join(self.directory.name, "les.toml")
        self.cloud, self.nodes = None, []

    def __enter__(self):
        self.network.__enter__()
        try:
            with open(self.config, "w", encoding="utf-8") as file:
                file.write(f'[[address]]\nid = "{ADDRESS}"\n')
            self._start_cloud()
            self.nodes = [self.start_node(number) for number in range(self.started_at_once())]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in [*self.nodes, self.cloud]:
            if process:
                process.kill()
        self.network.__exit__()
        self.directory.cleanup()

    def started_at_once(self):
        return self.size

    def name(self, number):
        """What the node is called by its peers."""
        return f"{self.family.bracketed(self.network.peer_address(number))}:{NODE_PORT}"

    def _start_cloud(self):
        listen = f"{self.family.bracketed(self.network.cloud_address())}:{CLOUD_PORT}"
        options = ["--listen", listen, "--token", TOKEN, "--address", ADDRESS, "--droplets", str(self.size)]
        self.cloud = Process(self.network.hub, [self.programs.cloud, *options], {})
        wait_until(lambda: f"the cloud answers\n{self.cloud.output()}", self.log)

    def start_node(self, number, settings=None):
        """A new process for this node; `settings` are environment variables for it alone."""
        base = f"http://{self.family.bracketed(self.network.cloud_address())}:{CLOUD_PORT}"
        environment = {
            "DIGITALOCEAN_TOKEN": TOKEN,
            "LES_PROVIDER__KIND": "digitalocean",
            "LES_PROVIDER__BASE_URL": base,
            "LES_PROVIDER__METADATA_BASE": f"{base}/node/{number + 1}",
            **self.siblings(),
            **(settings or {}),
        }
        return self.start_les(number, environment, "--config", self.config)

    def start_les(self, number, environment, *options):
        """`les run` on that host."""
        command = [self.programs.les, "run", *options, "--bind-interface", self.family.everywhere, "--bind-port", str(NODE_PORT)]
        command += ["--advertise-addr", self.name(number), "--loop-rate", "1"]
        return Process(self.network.hosts[number], command, environment)

    def siblings(self):
        """How a node is told of the others, as its environment."""
        return {"LES_NODE__SEEDS": ",".join(self.name(each) for each in range(self.size))}

    def log(self):
        """What the cloud did: who holds the address, every move and every write that was asked for. None if it does not answer."""
        return read_json(self.network.hub, self.network.cloud_address(), CLOUD_PORT, "/log")

    def moves(self):
        """To whom the address went, in order, as numbers of nodes."""
        return [int(move["to"]) - 1 for move in self.log()["moves"]]

    def diag(self, number):
        """What a node tells of itself, asked on its own host; {} if it does not answer."""
        return read_json(self.network.hosts[number], self.family.local, NODE_PORT, "/diag/") or {}

    def ours(self, number):
        return self.diag(number).get("les", {})

    def resting(self, number):
        """Why a node does nothing about the address."""
        return (self.ours(number).get("addresses") or [{}])[0].get("resting")

    def history(self, number):
        """The events that a node tells of, oldest first: (name, text)."""
        return [(event["event"], event["text"]) for event in self.ours(number).get("events", [])]

    def live(self):
        return [number for number, node in enumerate(self.nodes) if node.alive()]

    def agreed(self, among=None):
        """The one node whom every live node (or each of `among`) names, which leads and has read that it holds the address; None if it is not so."""
        live = self.live() if among is None else among
        views = {number: self.diag(number) for number in live}
        names = {view.get("state", {}).get("leader") for view in views.values()}
        complete = all(sorted(view.get("member_states", {})) == sorted(map(self.name, live)) for view in views.values())
        for number in live:
            leads = names == {self.name(number)} and views[number]["les"]["role"] == "leader"
            if leads and complete and self.log()["holder"] == str(number + 1) and self.resting(number) == "mine":
                return number
        return None

    def settled(self, among=None):
        """Waits until there is such a node, and returns it."""
        found = []
        wait_until("every node names one leader, which holds the address", lambda: found.append(self.agreed(among)) or found[-1] is not None)
        return found[-1]

    def story(self):
        """Everything there is to know when a test has failed."""
        parts = [f"--- the cloud's log\n{json.dumps(self.log())}"]
        for number, node in enumerate(self.nodes):
            parts.append(f"--- {self.name(number)} (droplet {number + 1})\n{node.output()[-8000:]}\n{json.dumps(self.ours(number))}")
        return "\n".join(parts)


def read_json(host, address, port, path):
    with host.entered():
        connection = http.client.HTTPConnection(address, port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return json.load(response) if response.status == 200 else None
        except (OSError, ValueError, http.client.HTTPException):
            return None
        finally:
            connection.close()
