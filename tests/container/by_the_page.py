"""docs/containers.md, as it is written: each block that is marked `<!-- run: NAME -->`, with podman in the place of Docker."""

import os
import re

from engine import ROOT
from nodes import ADDRESS, CLOUD, CONFINED, TOKEN, asked
from waiting import wait_until

PAGE = os.path.join(ROOT, "docs", "containers.md")
BLOCK = re.compile(r"^<!-- run: (\w+) -->\n\n```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = ["127.0.0.1:4000", "127.0.0.1:4001"]  # the page's node, and one that it may hand over to
CONFIGURATION = f"""\
[node]
bind_interface = "127.0.0.1"
advertise_addr = "{NAMES[0]}"
seeds = {NAMES}
loop_rate = "1s"

[provider]
kind = "digitalocean"
base_url = "http://{CLOUD[0]}:{CLOUD[1]}"
target = "1"

[[address]]
id = "{ADDRESS}"
"""


def blocks():
    """Name: the commands, with the lines that a backslash brings."""
    with open(PAGE, encoding="utf-8") as file:
        found = BLOCK.findall(file.read())
    return {name: re.findall(r"^\$ ((?:.*\\\n)*.*)$", text, re.MULTILINE) for name, text in found}


class Reader:
    """Who follows the page. Its machine's /etc is this one's, with /etc/les over it."""

    def __init__(self, engine):
        self.engine, self.unread = engine, blocks()
        self.etc = engine.file("etc-of-the-page")
        os.makedirs(os.path.join(self.etc, "les"))
        for name, text in (("les.toml", CONFIGURATION), ("token", TOKEN)):
            path = os.path.join(self.etc, "les", name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, 0o644)  # the node is another user

    def follows(self, name, check=True):
        script = "\n".join(['docker() { podman "$@"; }', *self.unread[name]])
        over = f"mount -t overlay overlay -o lowerdir={self.etc}:/etc /etc"
        done = self.engine.tool("unshare", "--mount", "bash", "-ec", f"{over}\n{script}", check=False)
        assert not check or done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return done


def start_others(engine):
    """A cloud, and a second node."""
    options = ["--listen", f"{CLOUD[0]}:{CLOUD[1]}", "--token", TOKEN, "--address", ADDRESS, "--droplets", "2"]
    engine.tool("podman", "run", "--detach", "--name", "cloud", "--network", "host", *CONFINED, "localhost/simulated-cloud", *options)
    wait_until(lambda: f"the cloud answers\n{engine.logs('cloud')}", lambda: asked(CLOUD[1], "/log"))


def start_second(engine, reader):
    settings = {"LES_NODE__BIND_PORT": "4001", "LES_NODE__ADVERTISE_ADDR": NAMES[1], "LES_PROVIDER__TARGET": "2", "DIGITALOCEAN_TOKEN": TOKEN}
    options = [part for key, value in settings.items() for part in ("--env", f"{key}={value}")]
    config = f"{reader.etc}/les/les.toml:/etc/les/les.toml:ro"
    engine.tool("podman", "run", "--detach", "--name", "second", "--network", "host", *CONFINED, "--volume", config, *options, "localhost/les", "run", "--config", "/etc/les/les.toml")


def follows_the_page(engine):
    reader = Reader(engine)
    start_others(engine)
    try:
        reader.follows("run")
        story = lambda: f"{engine.logs('les')}\n{asked(CLOUD[1], '/log')}"
        wait_until(story, lambda: asked(4000, "/diag/"))
        start_second(engine, reader)
        wait_until(story, lambda: asked(CLOUD[1], "/log").get("holder") == "1")
        wait_until(story, lambda: reader.follows("ready", check=False).returncode == 0)
        said = reader.follows("handoff").stdout
        assert f"{NAMES[1]} leads" in said and asked(CLOUD[1], "/log").get("holder") == "2", f"{said}\n{story()}"
        logs = reader.follows("logs")
        assert "handed_over" in logs.stdout + logs.stderr, story()
        assert sorted(reader.unread) == ["handoff", "logs", "ready", "run"], f"nothing runs some of these: {sorted(reader.unread)}"
    finally:
        engine.remove_all()


def checks(engine):
    return [("docs/containers.md, as it is written", lambda: follows_the_page(engine))]
