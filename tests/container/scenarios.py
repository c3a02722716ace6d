"""What happens to nodes in containers."""

import os
import signal

from nodes import SIZE, Nodes
from waiting import holds_for, wait_until

CONFINEMENT = {"CapEff": "0" * 16, "CapPrm": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1", "Seccomp": "2"}
QUIET = 2  # seconds in which nothing more may move


def confined(nodes):
    """As the kernel has it, not as the engine says."""
    for number in range(SIZE):
        pid = nodes.state(number)["Pid"]
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
        assert status["Uid"].split() == ["65532"] * 4, status["Uid"]
        assert {key: status[key] for key in CONFINEMENT} == CONFINEMENT, status
        with open(f"/proc/{pid}/mountinfo", encoding="utf-8") as file:
            mounts = {line.split()[4]: line.split()[5].split(",") for line in file}
        assert "ro" in mounts["/"] and "rw" in mounts["/var/lib/les"], mounts


def healthy(nodes):
    for number in range(SIZE):
        for options in [[], ["--ready"]]:
            asked = nodes.health(number, *options)
            assert asked.returncode == 0, asked.stdout + asked.stderr
    # The image's own check, as the engine runs it; it knows the port from the environment.
    nodes.engine.tool("podman", "healthcheck", "run", "les-0")


def killed(nodes):
    """The leader's container is killed: the address moves once, to another."""
    leader = nodes.settled(range(SIZE))
    before = nodes.moves()
    pid, log = nodes.state(leader)["Pid"], nodes.cloud()
    os.kill(pid, signal.SIGKILL)
    others = [number for number in range(SIZE) if number != leader]
    successor = nodes.settled(others)
    assert nodes.moves() == [*before, successor], nodes.cloud()
    # The cloud's clock was read a moment before ours: what is told is too long by that moment, never too short.
    asked_at = nodes.cloud()["writes"][len(log["writes"])]["at_ms"]
    print(f"    from the death to the call: {asked_at - log['now_ms']:.0f} ms", flush=True)
    holds_for(QUIET, lambda: _unchanged(nodes, [*before, successor]))
    wait_until("the engine has seen that it died", lambda: not nodes.state(leader)["Running"])
    nodes.engine.tool("podman", "start", f"les-{leader}")
    assert nodes.settled(range(SIZE)) == successor, "who comes back is the least senior"
    assert nodes.moves() == [*before, successor], nodes.cloud()


def stopped(nodes):
    """`stop` is SIGTERM to process 1: the leader hands over, and the engine need not kill it."""
    leader = nodes.settled(range(SIZE))
    before = nodes.moves()
    nodes.engine.tool("podman", "stop", f"les-{leader}")
    state = nodes.state(leader)
    assert state["ExitCode"] == 0, state
    after = nodes.moves()
    assert len(after) == len(before) + 1, "the address had gone when it ended"
    successor = nodes.settled([number for number in range(SIZE) if number != leader])
    assert nodes.moves() == [*before, successor], nodes.cloud()
    nodes.engine.tool("podman", "start", f"les-{leader}")
    assert nodes.settled(range(SIZE)) == successor


def keeps_its_state(nodes):
    """A drain is an order that the volume keeps over a container that is removed; the way to the node is its own program."""
    leader = nodes.settled(range(SIZE))
    other = next(number for number in range(SIZE) if number != leader)
    nodes.engine.tool("podman", "exec", f"les-{other}", "/les", "drain", "--config", "/etc/les/les.toml")
    nodes.engine.tool("podman", "rm", "--force", "--time", "30", f"les-{other}")
    nodes.start(other)
    nodes.settled(range(SIZE))
    wait_until("it is drained still", lambda: "drained" in nodes.engine.logs(f"les-{other}"))


def _unchanged(nodes, moves):
    assert nodes.moves() == moves, nodes.cloud()


class Cluster:
    """One cluster for several checks: each begins with whoever leads."""

    def __init__(self, engine, certificates, published=False):
        self.nodes = Nodes(engine, *(certificates or (None, None)), published)

    def begins(self):
        self.nodes.__enter__()
        self.nodes.settled(range(SIZE))

    def within(self, scenario):
        def check():
            try:
                scenario(self.nodes)
            except AssertionError as failure:
                raise AssertionError(f"{failure}\n{self.nodes.story()}") from failure

        return check

    def ends(self):
        self.nodes.__exit__()


def checks(engine, certificates):
    host, published = Cluster(engine, certificates), Cluster(engine, certificates, published=True)
    return [
        ("containers: three nodes find each other by DNS and by hosts, and trust the image's certificates", host.begins),
        ("containers: no capability, a read-only root, a filter of system calls", host.within(confined)),
        ("containers: health", host.within(healthy)),
        ("containers: the leader's is killed", host.within(killed)),
        ("containers: the leader's is stopped", host.within(stopped)),
        ("containers: a drain outlives its container", host.within(keeps_its_state)),
        ("containers: all are removed", host.ends),
        ("published ports: three nodes find each other", published.begins),
        ("published ports: the leader's container is killed", published.within(killed)),
        ("published ports: all are removed", published.ends),
    ]
