"""compose.yaml as it is, with the images that were built before it, by podman-compose (of .venv)."""

import os

from documents import TOOLS
from nodes import asked
from waiting import wait_until

FILE = "deploy/container/compose.yaml"
NODES = {f"127.0.0.1:{4000 + number}": number for number in (1, 2, 3)}


class Composed:
    def __init__(self, engine):
        self.engine = engine

    def command(self, *arguments):
        path = {"PATH": f"{TOOLS}:{os.environ['PATH']}"}
        return self.engine.tool("podman-compose", "--file", FILE, "--in-pod", "false", *arguments, extra=path)

    def agreed(self, among):
        """The one that all of these say leads, if it holds the address; else None."""
        leaders = {asked(4000 + number, "/diag/").get("state", {}).get("leader") for number in among}
        leader = NODES.get(leaders.pop()) if len(leaders) == 1 else None
        return leader if leader in among and asked(8000, "/log").get("holder") == str(leader) else None

    def settled(self, among):
        found = []
        wait_until(lambda: self.story(), lambda: found.append(self.agreed(among)) or found[-1] is not None)
        return found[-1]

    def story(self):
        return "\n".join(f"--- node-{number}\n{self.engine.logs(f'les_node-{number}_1')[-2000:]}" for number in NODES.values())

    def comes_up_and_survives_a_death(self):
        """What the head of the file says to do."""
        self.command("up", "--detach", "--no-build")
        everybody = set(NODES.values())
        leader = self.settled(everybody)
        self.command("kill", f"node-{leader}")
        successor = self.settled(everybody - {leader})
        moves = [move["to"] for move in asked(8000, "/log")["moves"]]
        assert moves == [str(leader), str(successor)], moves
        self.command("down", "--volumes")
        left = self.engine.tool("podman", "ps", "--all", "--quiet")
        assert left == "", left


def checks(engine):
    return [("compose: comes up, and its leader is killed", Composed(engine).comes_up_and_survives_a_death)]
