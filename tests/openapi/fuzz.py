"""Requests that schemathesis makes up from the description, right ones and wrong ones; what is answered must be as described."""

import os
import re
import subprocess
import sys
import tempfile

from nodes import TOKEN

HERE = os.path.dirname(os.path.abspath(__file__))
DESCRIPTION = os.path.join(HERE, "..", "..", "src", "server", "openapi.json")
CONFIG = os.path.join(HERE, "schemathesis.toml")
ENDLESS = ["/live", "/watch", "/watch/{addr}"]
CASES = re.compile(r"(\d+) generated, \1 passed")
LONGEST = 900  # seconds, for one run; it only ends one that hangs
# An order may take seconds: fewer of them.
FEWER = 4


class Fuzz:
    """Runs of schemathesis with one seed."""

    def __init__(self, seed, examples):
        self.seed, self.examples = seed, examples

    def run(self, name, *options, examples=None):
        """Against one node; raises with all that was found."""
        program = os.path.join(os.path.dirname(sys.executable), "schemathesis")
        command = [program, "--config-file", CONFIG, "run", DESCRIPTION, "--url", f"http://{name}", "--seed", str(self.seed)]
        command += ["--max-examples", str(examples or self.examples), *options]
        with tempfile.TemporaryDirectory(prefix="les-schemathesis-") as directory:  # it leaves files where it runs
            environment = {"PATH": os.environ["PATH"], "HOME": directory}
            done = subprocess.run(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST)
        said = f"{' '.join(command)}\n{done.stdout[-20_000:]}{done.stderr[-4000:]}"
        cases = CASES.search(done.stdout)
        assert done.returncode == 0 and cases, said
        print(f"schemathesis {name} {' '.join(options[:2])} ...: {cases[1]} requests", flush=True)


def with_token():
    return ["--header", f"Authorization: Bearer {TOKEN}"]


def left_out(*paths):
    return [part for path in paths for part in ("--exclude-path", path)]


def undisturbed(fuzz, nodes, name, *options):
    """Nobody restarts, and no reign ends."""
    before = nodes.reign()
    fuzz.run(name, *left_out(*ENDLESS), *options)
    nodes.live()
    assert nodes.reign() == before, f"before: {before}, after: {nodes.reign()}"


def reading_checks(fuzz, nodes):
    """What only reads, and orders without the token, which must be refused."""
    leader, follower, _ = nodes.names
    reads = ["--exclude-method", "POST"]
    return [
        ("made up for the leader, with the token", lambda: undisturbed(fuzz, nodes, leader, *reads, *with_token())),
        ("made up for the leader, without the token", lambda: undisturbed(fuzz, nodes, leader, "--include-tag", "orders")),
        ("made up for a follower, with the token", lambda: undisturbed(fuzz, nodes, follower, *reads, *with_token())),
        ("made up for a follower, without the token", lambda: undisturbed(fuzz, nodes, follower, "--include-tag", "orders")),
    ]


def order_checks(fuzz, nodes):
    """Orders that are carried out: whoever leads afterwards, no process ends and nothing but what is described is answered."""

    def ordered(name):
        before = nodes.runs()
        examples = max(1, fuzz.examples // FEWER)
        fuzz.run(name, "--include-tag", "orders", *with_token(), examples=examples)
        nodes.live()
        assert nodes.runs() == before, "a node has restarted"

    first, second, _ = nodes.names
    return [("orders: made up for one node", lambda: ordered(first)), ("orders: made up for another", lambda: ordered(second))]
