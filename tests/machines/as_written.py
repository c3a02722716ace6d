"""docs/installing.md, command by command: each block that is marked `<!-- run: NAME -->` is run as it is written."""

import os
import re

import sites
from cluster import TOKEN
from waiting import wait_until

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "installing.md")
BLOCK = re.compile(r"^<!-- run: (\w+) -->\n\n```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DESK = "/root/desk"  # where the person who follows the page works


def blocks():
    """Name: the commands, in the order of the page."""
    with open(PAGE, encoding="utf-8") as file:
        found = BLOCK.findall(file.read())
    return {name: [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")] for name, text in found}


class Reader:
    """Who follows the page on a machine."""

    def __init__(self, machine):
        self.machine, self.unread = machine, blocks()

    def follows(self, name):
        """Runs a block, in one shell that ends with the first command that fails."""
        script = "\n".join([f"cd {DESK}", *self.unread.pop(name)])
        return self.machine.run("sh", "-exc", script, environment={"DEBIAN_FRONTEND": "noninteractive"})


def by_the_page(site):
    """From the installation to the purge, and then the bare program."""
    site.boot()
    machine = site.machines[0]
    reader = Reader(machine)
    for package in (site.given.deb, site.given.deb_next):
        machine.bring(package, DESK)
    machine.write(f"{DESK}/token", TOKEN, 0o600)
    reader.follows("install")
    machine.write("/etc/les/les.toml", site.configuration())
    reader.follows("credential")
    said = reader.follows("check")
    assert "held by nobody" in said, f"les check says\n{said}"
    said = reader.follows("start")
    assert '{"ok":true' in said and '{"ok":false' in said, f"a lone node is live and not ready\n{said}"
    reader.follows("address")
    assert "203.0.113.7/32" in machine.run("ip", "address", "show", "dev", "lo")
    said = reader.follows("logs")
    assert "logs debug\n" in said and "logs info\n" in said, said
    reader.follows("upgrade")
    assert machine.property("ActiveState") == "active", "the upgrade stopped it"
    reader.follows("remove")
    assert not machine.exists("/etc/les") and not machine.exists("/usr/bin/les"), "the purge left something"
    assert "203.0.113.7/32" not in machine.run("ip", "address", "show", "dev", "lo"), "the machine still holds the address"
    links = machine.run("find", "/etc/systemd/system", "-name", "les*")
    assert not links, f"systemd would start these at the next boot: {links}"
    bare(site, reader)
    assert not reader.unread, f"nothing runs these blocks of the page: {sorted(reader.unread)}"


def bare(site, reader):
    """The program without a package. The configuration is the one that it brings."""
    machine = reader.machine
    with open(site.programs.les, "rb") as program:
        machine.write(f"{DESK}/les", program.read(), 0o755)
    reader.follows("bare")
    machine.write("/etc/les/les.toml", machine.run("les", "generate", "config"))
    machine.run("systemctl", "enable", "--now", "les")
    wait_until("the node answers", lambda: site.diag(0))


SCENARIOS = [("docs/installing.md, as it is written", 1, by_the_page)]


def checks(given):
    return sites.checks(given, SCENARIOS, "w")
