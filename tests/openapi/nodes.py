"""Real nodes on loopback and a simulated cloud: the first node leads, the last one has no admin token."""

import os
import tempfile

import loopback
import wire
from waiting import wait_until

CLOUD_TOKEN = "dop_v1_of_the_description"
TOKEN = "an-admin-token-of-the-description"


class Nodes:
    """All are dead when the `with` block ends."""

    def __init__(self, les, cloud, size):
        self.les, self.cloud_program, self.size = os.path.abspath(les), os.path.abspath(cloud), size
        self.directory = tempfile.TemporaryDirectory(prefix="les-openapi-")
        self.names = [f"127.0.0.1:{wire.free_port()}" for _ in range(size)]
        self.cloud, self.processes = None, []

    def __enter__(self):
        try:
            self.cloud = f"127.0.0.1:{wire.free_port()}"
            command = loopback.cloud(self.cloud_program, self.cloud, CLOUD_TOKEN, self.size)
            self.processes.append(loopback.start(self.cloud, command))
            wait_until(lambda: f"the cloud answers\n{self.story()}", lambda: wire.read_json(self.cloud, "/log"))
            for number in range(self.size):
                self.start(number)
            wait_until(lambda: f"the first node leads and holds the address\n{self.story()}", self.agreed)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
        self.directory.cleanup()

    def start(self, number):
        """One after the other: who starts first is the most senior, and leads."""
        name = self.names[number]
        environment = loopback.environment(self.cloud, number, CLOUD_TOKEN, os.path.join(self.directory.name, f"state{number}"))
        if number != self.size - 1:
            environment["LES_NODE__ADMIN_TOKEN"] = TOKEN
        command = loopback.node(self.les, name, self.names, self.directory.name)
        self.processes.append(loopback.start(name, command, environment))
        wait_until(lambda: f"{name} has joined\n{self.story()}", lambda: number == 0 and self.ours(name) or self.ours(name).get("leader"))

    def socket(self, name):
        """The admin socket of a node."""
        return os.path.join(self.directory.name, f"state{self.names.index(name)}", "admin.sock")

    @staticmethod
    def ours(name):
        return (wire.read_json(name, "/diag") or {}).get("les", {})

    def agreed(self):
        """Every node follows the first one and knows the others, and the first one has read that it holds the address."""
        ours = [self.ours(name) for name in self.names]
        complete = all(len(each.get("members", [])) == self.size - 1 for each in ours)
        leads = {each.get("leader") for each in ours} == {self.names[0]}
        return complete and leads and ours[0]["addresses"][0]["resting"] == "mine"

    def reign(self):
        """Who leads in which epoch, and which run of each node: a restart or an election changes it."""
        ours = [self.ours(name) for name in self.names]
        return [(each.get("inc"), each.get("leader"), each.get("epoch")) for each in ours]

    def runs(self):
        """Which run of each node it is: a restart changes it."""
        return [inc for inc, _, _ in self.reign()]

    def live(self):
        for name, process in zip(self.names, self.processes[1:]):
            assert process.alive(), f"{name} has ended with {process.popen.returncode}\n{process.output()[-4000:]}"
            answer = wire.get(name, "/health/live")
            assert answer.status == 200, f"{name} is not alive: {answer.body}"

    def story(self):
        return "\n".join(f"--- {' '.join(process.popen.args)}\n{process.output()[-4000:]}" for process in self.processes)
