"""Machines in a network with a simulated cloud, DNS and a metadata service: droplet `i + 1` is machine `i`, and its name in the cluster is as in tests/hosts."""

import json
import os
import sys

from cluster import ADDRESS, CLOUD_PORT, TOKEN, Cluster, Programs
from machine import Machine
from metadata import Metadata
from network import IPV4, NODE_PORT
from process import Process
from root import METADATA
from waiting import wait_until

DNS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "netns", "dns_server.py")
SOCKET = "/run/les/admin.sock"
# One file for all nodes, as the docs advise: who a node is, it finds out.
CONFIG = """\
[node]
advertise_addr = "auto"
discovery = ["dns:les.test"]
discovery_interval = "10s"
loop_rate = "1s"

[provider]
kind = "digitalocean"
base_url = "{cloud}"

[[address]]
id = "{address}"
"""


class Site(Cluster):
    """`size` machines, which are off at first. `with` makes and removes everything."""

    def __init__(self, given, label, size, disk=None):
        super().__init__(given, label, size, IPV4)
        self.given, self.options = given, {"disk": disk} if disk else {}
        self.dns, self.metadata = None, None

    def __enter__(self):
        super().__enter__()
        try:
            for number in range(self.size):
                self.nodes.append(self._machine(number))
        except BaseException:
            self.__exit__()
            raise
        return self

    @property
    def machines(self):
        """What tests/hosts calls its nodes: a node is alive if its machine is on."""
        return self.nodes

    def started_at_once(self):
        return 0

    def _start_cloud(self):
        super()._start_cloud()
        self.network.hub.ip(f"address add {METADATA}/32 dev cloud")
        zone = os.path.join(self.directory.name, "zone")
        with open(zone, "w", encoding="ascii") as file:
            file.write("\n".join(self.network.peer_address(number) for number in range(self.size)))
        self.dns = Process(self.network.hub, [sys.executable, DNS, self.network.cloud_address(), zone], {})
        sources = {self.family.cloud.format(number + 1): number + 1 for number in range(self.size)}
        self.metadata = Metadata(self.network.hub, sources)

    def _machine(self, number):
        host = self.network.hosts[number]
        # The default route leads out of the private network, as a droplet's does: that the others are in another one, discovery tells.
        host.ip(f"route add {METADATA}/32 dev cloud", "route add default dev cloud")
        machine = Machine(self.given.base, host, f"n{number + 1}", **self.options)
        machine.write("/etc/resolv.conf", f"nameserver {self.network.cloud_address()}\n")
        machine.write("/etc/hosts", f"127.0.0.1 localhost n{number + 1}\n")
        return machine

    def __exit__(self, *_):
        for machine in self.nodes:
            machine.remove()
        self.nodes = []
        if self.metadata:
            self.metadata.stop()
        if self.dns:
            self.dns.kill()
        super().__exit__()

    # Setting up, without cloud-init.

    def cloud_url(self):
        return f"http://{self.network.cloud_address()}:{CLOUD_PORT}"

    def configuration(self):
        return CONFIG.format(cloud=self.cloud_url(), address=ADDRESS)

    def environment(self):
        return f"DIGITALOCEAN_TOKEN={TOKEN}\n"

    def boot(self, *numbers):
        """Machines that somebody will set up by hand; all of them if none is named."""
        chosen = [self.machines[number] for number in numbers] or self.machines
        for machine in chosen:
            machine.write("/etc/cloud/cloud-init.disabled", "")
            machine.power_on()
        for machine in chosen:
            wait_until(lambda machine=machine: f"{machine.hostname} is up\n{machine.output()}", machine.is_up)

    def install(self, *numbers):
        """les with the common configuration, installed and not started."""
        for number in numbers or range(self.size):
            machine = self.machines[number]
            install(machine, self.given.deb)
            machine.write("/etc/les/les.toml", self.configuration())
            machine.write("/etc/les/les.env", self.environment(), 0o600)

    def start(self):
        """Boots all, with les on them, one after the other: machine 0 leads, 1 is the next and so on. They agree when this returns."""
        self.boot()
        self.install()
        for number, machine in enumerate(self.machines):
            machine.run("systemctl", "enable", "--now", "les")
            wait_until(lambda number=number: f"node {number} answers", lambda number=number: self.diag(number))
        agreed = self.settled()
        assert agreed == 0, f"the first one should lead, and node {agreed} does"
        assert self.moves() == [0], f"a cold start is one move, not {self.moves()}"

    # What can be seen.

    def status(self, number):
        """What the node tells operators of itself."""
        return json.loads(self.machines[number].run("curl", "--silent", "--fail", "--unix-socket", SOCKET, "http://les/admin/status"))

    def health(self, number, which):
        """(code, body) of /health/live or /health/ready, as a load balancer asks."""
        url = f"http://{self.name(number)}/health/{which}"
        text = self.machines[number].run("curl", "--silent", "--write-out", "\n%{http_code}", url)
        body, code = text.rsplit("\n", 1)
        return int(code), json.loads(body)

    def leads(self, number):
        return self.ours(number).get("role") == "leader"

    def story(self):
        parts = [f"--- the cloud's log\n{json.dumps(self.log())}"]
        for number, machine in enumerate(self.machines):
            parts.append(f"--- {machine.hostname}: console\n{machine.output()[-6000:]}")
            if machine.alive():
                parts.append(f"--- {machine.hostname}: les\n{machine.journal('les')[-8000:]}\n{json.dumps(self.ours(number))}")
                parts.append(f"--- {machine.hostname}: failed units\n{machine.run('systemctl', '--failed', '--no-legend', '--plain', check=False)[1]}")
        return "\n".join(parts)

    # Faults.

    def power_cut(self, number):
        """Nobody hears of it: the network is gone in the same moment, so no connection is closed."""
        self.network.swallow(number)
        self.machines[number].power_cut()

    def power_back(self, number):
        self.network.heal()
        self.machines[number].boot()

    def shut_down(self, number):
        """What the machine itself set in its network is forgotten, as it is without power; what it was given stays."""
        self.machines[number].shut_down()
        self.network.hosts[number].ip("link set lo down", "address flush dev lo", "link set lo up")


class Given(Programs):
    """What is tested, and where machines start from."""

    def __init__(self, args, base):
        super().__init__(args.les, args.cloud)
        self.base = base
        self.deb, self.deb_next, self.rpm, self.rpm_next = args.deb, args.deb_next, args.rpm, args.rpm_next


def checks(given, scenarios, label):
    """(name, function) for each of (name, machines, what happens), each on a site of its own; a fourth part is the size of the disks."""

    def run(own_label, size, scenario, *disk):
        with Site(given, own_label, size, *disk) as site:
            try:
                scenario(site)
            except Exception as error:
                raise AssertionError(f"{error}\n{site.story()}") from error

    return [(name, lambda own=f"{label}{index}", rest=rest: run(own, *rest)) for index, (name, *rest) in enumerate(scenarios, 1)]


def install(machine, deb):
    """As the docs say it; an upgrade is the same."""
    there = machine.bring(deb)
    return machine.run("apt-get", "install", "--yes", "--quiet", there, environment={"DEBIAN_FRONTEND": "noninteractive"})
