"""What a page takes for granted: `<!-- stage: three nodes -->` is three machines, 10.0.0.1 to 10.0.0.3, with les as its package leaves it, and a cloud.

The reader is on 10.0.0.1, which leads and holds 203.0.113.7 when the stage is set."""

import os

from cluster import ADDRESS, CLOUD_PORT, TOKEN, Cluster
from network import Family
from process import Process
from waiting import wait_until

NODES = Family("10.0.0.{}", "10.1.0.{}", 24, "iptables")
ADMIN_TOKEN = "0123456789abcdef0123456789abcdef"
CONFIGURATION = """\
[node]
seeds = ["10.0.0.1:4000", "10.0.0.2:4000", "10.0.0.3:4000"]
loop_rate = "1s"

[provider]
kind = "digitalocean"

[[address]]
id = "203.0.113.7"
"""


class ThreeNodes(Cluster):
    """Node 0 has the files of a package; the others' are elsewhere, since there is one file system."""

    def __init__(self, programs, number):
        super().__init__(programs, f"stage{number}", 3, NODES)
        assert ADDRESS in CONFIGURATION

    def started_at_once(self):
        return 0

    def __enter__(self):
        super().__enter__()
        try:
            for number in range(self.size):  # the first is the most senior
                self.nodes.append(self.start_node(number))
                wait_until(lambda number=number: f"it answers\n{self.nodes[number].output()}", lambda number=number: self.diag(number))
            leader = self.settled()
            assert leader == 0, self.story()
        except BaseException:
            self.__exit__()
            raise
        return self

    def credentials(self, number):
        base = f"http://{self.network.cloud_address()}:{CLOUD_PORT}"
        return {"DIGITALOCEAN_TOKEN": TOKEN, "LES_PROVIDER__BASE_URL": base, "LES_PROVIDER__METADATA_BASE": f"{base}/node/{number + 1}"}

    def start_node(self, number, settings=None):
        etc, state, run = ("/etc/les", "/var/lib/les", "/run/les") if number == 0 else [os.path.join(self.directory.name, f"{number}", each) for each in "esr"]
        for place in (etc, state, run):
            os.makedirs(place, exist_ok=True)
        config, token = os.path.join(etc, "les.toml"), os.path.join(etc, "admin-token")
        for path, text in ((config, CONFIGURATION), (token, ADMIN_TOKEN)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, 0o600)
        environment = {
            **self.credentials(number),
            "LES_NODE__STATE_DIR": state,
            "LES_NODE__ADMIN_SOCKET": os.path.join(run, "admin.sock"),
            "LES_NODE__ADMIN_TOKEN_FILE": token,
            **(settings or {}),
        }
        return Process(self.network.hosts[number], [self.programs.les, "run", "--config", config], environment)

    def prefix(self):
        """What to start a shell with to have it on 10.0.0.1."""
        return self.network.hosts[0].command()


STAGES = {"three nodes": ThreeNodes}
