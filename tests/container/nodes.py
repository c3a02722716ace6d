"""Three nodes as containers on this host's network, confined as docs/containers.md says, and a simulated cloud as a fourth."""

import http.client
import json
import os
import subprocess
import sys

from engine import ROOT
from tls import front
from waiting import wait_until

ADDRESS = "203.0.113.7"
TOKEN = "dop_v1_of_the_containers"
CLOUD = ("127.0.0.1", 8000)
TLS = ("127.0.0.1", 8443)
DNS = "127.0.0.53"
SIZE = 3
# As in compose.yaml and docs/containers.md.
CONFINED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--stop-timeout", "30"]


def asked(port, path):
    """What a server on this host answers; {} if it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return json.load(connection.getresponse())
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()


class Nodes:
    """Node `i` is the container `les-i`, listens on port 4000 + i and is droplet i + 1.

    `published`: the others reach it at port 5000 + i, through what accepts every connection before it knows whether the node lives. That is what a published
    port of an engine with a proxy of its own is; here tests/faults/proxy.py does it.
    """

    def __init__(self, engine, key, certificate, published=False):
        self.engine, self.published = engine, published
        self.helpers, self.config, self.token = [], None, None
        self.tls = front(TLS, CLOUD, key, certificate)

    def __enter__(self):
        zone = self.engine.file("zone")
        with open(zone, "w", encoding="ascii") as file:
            file.write("127.0.0.1\n")
        self.helper("netns/dns_server.py", DNS, zone)
        if self.published:
            forwards = [f"{self.name(number)}=127.0.0.1:{4000 + number}" for number in range(SIZE)]
            self.helper("faults/proxy.py", *forwards)
        self.tls.__enter__()
        options = ["--listen", f"{CLOUD[0]}:{CLOUD[1]}", "--token", TOKEN, "--address", ADDRESS, "--droplets", str(SIZE)]
        self.engine.tool("podman", "run", "--detach", "--name", "cloud", "--network", "host", *CONFINED, "localhost/simulated-cloud", *options)
        wait_until(lambda: f"the cloud answers\n{self.engine.logs('cloud')}", self.cloud)
        # Once: a file that is written again is empty for a moment, and the node that reads it then refuses to start.
        self.config, self.token = self.written("les.toml", f'[[address]]\nid = "{ADDRESS}"\n'), self.written("token", TOKEN + "\n")
        for number in range(SIZE):
            self.start(number)
        return self

    def __exit__(self, *_):
        self.engine.remove_all()
        self.tls.__exit__(None, None, None)
        for helper in self.helpers:
            helper.kill()
            helper.communicate()

    def helper(self, script, *arguments):
        # The proxy complains of every connection that dies under it, which is what it is for.
        quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.helpers.append(subprocess.Popen([sys.executable, f"{ROOT}/tests/{script}", *arguments], **quiet))

    def start(self, number):
        """Each finds node 0 in another way that a static program may have lost."""
        port = self.name(0).rpartition(":")[2]
        siblings = [
            {"LES_NODE__DISCOVERY": f"dns:les.test:{port}"},  # the program's own resolver, by /etc/resolv.conf
            {"LES_NODE__SEEDS": f"les.test:{port}"},  # glibc's, by DNS
            {"LES_NODE__SEEDS": f"first.node.invalid:{port}"},  # glibc's, by /etc/hosts
        ]
        environment = {
            "DIGITALOCEAN_TOKEN_FILE": "/run/secrets/token",
            "LES_NODE__BIND_INTERFACE": "127.0.0.1",
            "LES_NODE__BIND_PORT": str(4000 + number),
            "LES_NODE__ADVERTISE_ADDR": self.name(number),
            "LES_NODE__LOOP_RATE": "1",
            "LES_PROVIDER__KIND": "digitalocean",
            "LES_PROVIDER__BASE_URL": f"https://localhost:{TLS[1]}",  # believed by the image's certificates only
            "LES_PROVIDER__METADATA_BASE": f"http://{CLOUD[0]}:{CLOUD[1]}/node/{number + 1}",
            **siblings[number],
        }
        settings = [part for key, value in environment.items() for part in ("--env", f"{key}={value}")]
        mounts = ["--volume", f"{self.config}:/etc/les/les.toml:ro", "--volume", f"{self.token}:/run/secrets/token:ro"]
        mounts += ["--volume", f"state-{number}:/var/lib/les"]
        names = ["--dns", DNS, "--add-host", "first.node.invalid:127.0.0.1"]
        command = ["podman", "run", "--detach", "--name", f"les-{number}", "--network", "host"]
        self.engine.tool(*command, *CONFINED, *names, *mounts, *settings, "localhost/les", "run", "--config", "/etc/les/les.toml")

    def written(self, name, text):
        path = self.engine.file(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o644)  # the node is another user
        return path

    def name(self, number):
        """Where the others reach it."""
        return f"127.0.0.1:{(5000 if self.published else 4000) + number}"

    @staticmethod
    def cloud():
        return asked(CLOUD[1], "/log")

    def moves(self):
        log = self.cloud()
        assert "moves" in log, "the cloud did not answer"
        return [int(move["to"]) - 1 for move in log["moves"]]

    def settled(self, among):
        """Waits until all of these name one leader, which holds the address and has read that it does; its number."""
        found = []

        def agreed():
            views = {number: asked(4000 + number, "/diag/") for number in among}
            leaders = {view.get("state", {}).get("leader") for view in views.values()}
            members = [sorted(view.get("member_states", {})) for view in views.values()]
            for number in among:
                resting = (views[number].get("les", {}).get("addresses") or [{}])[0].get("resting")
                if leaders == {self.name(number)} and resting == "mine" and self.cloud().get("holder") == str(number + 1):
                    if all(each == sorted(map(self.name, among)) for each in members):
                        found.append(number)
            return bool(found)

        wait_until(lambda: f"one leader among {among} holds the address\n{self.story()}", agreed)
        return found[-1]

    def health(self, number, *options):
        command = ["podman", "exec", f"les-{number}", "/les", "health", "--config", "/etc/les/les.toml", *options]
        return self.engine.tool(*command, check=False)

    def state(self, number):
        return self.engine.container(f"les-{number}")["State"]

    def story(self):
        logs = [f"--- les-{number}\n{self.engine.logs(f'les-{number}')[-4000:]}" for number in range(SIZE)]
        return "\n".join([f"--- the cloud\n{json.dumps(self.cloud())}", *logs])
