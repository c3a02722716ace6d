"""The Debian package: what it brings, how its service behaves, and that nothing stays when it goes."""

import re

import rpm
import sites
from cluster import TOKEN
from processes_inside import confinement
from sites import install
from waiting import holds_for, wait_until

UNIT = "les.service"
WRONG_CONFIGURATION = 64
MODES = {  # path: mode, owner, group
    "/usr/bin/les": "755 root root",
    "/etc/les": "755 root root",
    "/etc/les/les.toml": "644 root root",
    "/etc/les/les.env": "600 root root",
    "/usr/share/man/man1/les.1.gz": "644 root root",
    "/usr/share/bash-completion/completions/les": "644 root root",
    "/usr/share/zsh/vendor-completions/_les": "644 root root",
    "/usr/share/fish/vendor_completions.d/les.fish": "644 root root",
}
EXPOSURE = 20  # of `systemd-analyze security`, in tenths: 2.0
RESTARTED = 8  # seconds; more than systemd waits before it starts a service again
OUR_NAME = re.compile(r"\bles\b")
OF_OTHERS = (  # what changes with every package, or by itself
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/var/lib/systemd/timers",
    "/etc/passwd-",
    "/etc/group-",
    "/etc/shadow-",
    "/etc/gshadow-",
)


def installed(site):
    """What the package brings. It starts nothing: it is not configured yet."""
    site.boot()
    machine = site.machines[0]
    install(machine, site.given.deb)
    seen = machine.run("stat", "--format=%n %a %U %G", *MODES)
    assert seen.split("\n")[:-1] == [f"{path} {mode}" for path, mode in MODES.items()], f"modes and owners are\n{seen}"
    states = [machine.run("systemctl", verb, UNIT, check=False)[1].strip() for verb in ("is-active", "is-enabled")]
    assert states == ["inactive", "disabled"], f"after the installation: {states}"
    account = machine.run("getent", "passwd", "les").strip().split(":")
    assert account[6] in ("/usr/sbin/nologin", "/bin/false"), f"les can log in: {account}"
    assert "0.1.0" in machine.run("les", "version"), "the program does not run"


def well_made_unit(site):
    """systemd's own judgement."""
    site.boot()
    machine = site.machines[0]
    install(machine, site.given.deb)
    said = machine.run("systemd-analyze", "verify", "--man=no", UNIT, "les-address@203.0.113.7.service")
    assert not said.strip(), f"systemd-analyze verify says\n{said}"
    code, table = machine.run("systemd-analyze", "security", "--no-pager", f"--threshold={EXPOSURE}", UNIT, check=False)
    print(f"  {table.strip().splitlines()[-1]}")
    assert code == 0, f"more exposed than {EXPOSURE / 10}\n{table}"


def alone(site):
    """One of several nodes, and the others are not there yet: it is started, it waits, and says so."""
    site.boot()
    site.install()
    machine = site.machines[0]
    machine.run("systemctl", "enable", "--now", "les")
    wait_until("the node answers", lambda: site.diag(0))

    def waits():
        state = machine.property("ActiveState")
        assert state == "active", f"the service is {state}"
        live, ready = site.health(0, "live"), site.health(0, "ready")
        assert live[0] == 200 and live[1]["ok"] is True, f"/health/live says {live}"
        assert ready[0] == 503 and ready[1]["ok"] is False and ready[1]["why"], f"/health/ready says {ready}"

    holds_for(3, waits)
    assert machine.property("NRestarts") == "0", "it was restarted"
    found = confinement(machine, machine.property("MainPID"))
    expected = {"user": "les", "CapEff": "0", "CapBnd": "0", "NoNewPrivs": "1", "Seccomp": "2"}
    assert found == expected, f"the process is {found}"
    machine.run("systemctl", "stop", "les")
    ended = {name: machine.property(name) for name in ("ActiveState", "Result", "ExecMainStatus")}
    assert ended == {"ActiveState": "inactive", "Result": "success", "ExecMainStatus": "0"}, f"after the stop: {ended}"
    assert not machine.exists("/run/les"), "its runtime directory is still there"


def debug_logs(site):
    """The journal has JSON, and `les log-level` changes a running node."""
    site.boot()
    site.install()
    machine = site.machines[0]
    machine.run("systemctl", "start", "les")
    lines = lambda: machine.run("journalctl", "--quiet", "--unit=les", "--output=cat", "_COMM=les").splitlines()
    wait_until("it says something", lines)
    assert all(line.startswith("{") for line in lines()), f"these are not JSON: {[line for line in lines() if line[0] != '{']}"
    assert not any('"DEBUG"' in line for line in lines()), "it says too much before it is asked to"
    machine.run("les", "log-level", "debug")
    wait_until("it says more", lambda: any('"DEBUG"' in line for line in lines()))


def wrong_configuration(site):
    """What only a person can mend is not tried again and again."""
    site.boot()
    site.install()
    machine = site.machines[0]
    machine.write("/etc/les/les.toml", '[node]\nbind_port = "four thousand"\n')
    machine.run("systemctl", "start", "les", check=False)
    wait_until("the unit has failed", lambda: machine.property("ActiveState") == "failed")
    code = machine.property("ExecMainStatus")
    assert code == str(WRONG_CONFIGURATION), f"exit code {code}"

    def given_up():
        state = machine.property("ActiveState"), machine.property("NRestarts")
        assert state == ("failed", "0"), f"state and restarts: {state}"

    holds_for(RESTARTED, given_up)
    assert "bind_port" in machine.journal("les"), f"the journal does not say what is wrong\n{machine.journal('les')}"


def credential_in_a_file(site):
    """The token is in /etc/credstore alone, where only root reads."""
    site.boot()
    site.install()
    machine = site.machines[0]
    machine.write("/etc/les/les.toml", site.configuration() + '\n[election]\nalone_after = "1s"\n')
    machine.write("/etc/les/les.env", "", 0o600)
    machine.write("/etc/credstore/DIGITALOCEAN_TOKEN", TOKEN, 0o600)
    machine.run("systemctl", "start", "les")
    wait_until("it holds the address", lambda: site.moves() == [0])
    environment = machine.read(f"/proc/{machine.property('MainPID')}/environ")
    assert TOKEN not in environment, "the token is in the environment"


def upgraded(site):
    """An edited file is kept without a question, and what ran runs again."""
    site.boot()
    site.install()
    machine = site.machines[0]
    edited = site.configuration() + "# mine\n"
    machine.write("/etc/les/les.toml", edited)
    machine.run("systemctl", "start", "les")
    before = machine.property("MainPID")
    install(machine, site.given.deb_next)
    assert machine.read("/etc/les/les.toml") == edited, "the edit is lost"
    assert machine.run("stat", "--format=%a", "/etc/les/les.env").strip() == "600", "others may read the environment now"
    wait_until("it runs again", lambda: machine.property("MainPID") not in ("0", before))
    state = machine.property("ActiveState")
    assert state == "active", f"the upgrade made it {state}"
    wait_until("the node answers", lambda: site.diag(0))


def upgraded_onto_a_wrong_configuration(site):
    """The package is installed whole, whatever the node says of its configuration; mended, the node runs."""
    site.boot()
    site.install()
    machine = site.machines[0]
    machine.run("systemctl", "start", "les")
    machine.write("/etc/les/les.toml", '[node]\nbind_port = "four thousand"\n')
    said = install(machine, site.given.deb_next)
    assert "journalctl -u les" in said, f"nobody is told\n{said}"
    state = machine.run("dpkg-query", "--show", "--showformat=${db:Status-Status}", "les")
    assert state == "installed", f"to dpkg it is {state}"
    machine.write("/etc/les/les.toml", site.configuration())
    machine.run("systemctl", "start", "les")
    wait_until("the node answers", lambda: site.diag(0))


def of_a_person(site):
    """An account that was there before is a person's: it is neither used nor removed."""
    site.boot()
    machine = site.machines[0]
    machine.run("useradd", "--create-home", "les")
    there = machine.bring(site.given.deb)
    code, said = machine.run("apt-get", "install", "--yes", "--quiet", there, check=False, environment={"DEBIAN_FRONTEND": "noninteractive"})
    assert code != 0 and "an account called les" in said, f"it was used\n{said}"
    machine.run("apt-get", "purge", "--yes", "--quiet", "les")
    assert machine.run("getent", "passwd", "les").split(":")[5] == "/home/les", "the person's account is gone"


def not_started_by_an_upgrade(site):
    """What was stopped stays so."""
    site.boot()
    site.install()
    machine = site.machines[0]
    install(machine, site.given.deb_next)
    state = machine.property("ActiveState")
    assert state == "inactive", f"the upgrade made it {state}"


def purged(site):
    """Removed, it is stopped and its configuration stays; purged, nothing does."""
    site.boot()
    machine = site.machines[0]
    before = listing(machine)
    site.install()
    machine.run("systemctl", "enable", "--now", "les")
    wait_until("the node keeps its state", lambda: machine.exists("/var/lib/les/id"))
    machine.run("apt-get", "remove", "--yes", "--quiet", "les")
    assert not machine.run("pgrep", "-x", "les", check=False)[1], "it still runs"
    assert machine.exists("/etc/les/les.toml"), "removing it took the configuration"
    machine.run("apt-get", "purge", "--yes", "--quiet", "les")
    left = sorted(listing(machine) - before)
    assert not left, f"left after the purge: {left}"
    assert machine.run("getent", "passwd", "les", check=False)[0] == 2, "the user is still there"
    assert machine.run("getent", "group", "les", check=False)[0] == 2, "the group is still there"
    nothing_known(machine)


def nothing_known(machine):
    """systemd has forgotten the unit."""
    for what in ("list-unit-files", "list-units"):
        known = machine.run("systemctl", what, "--all", "--no-legend", "--plain", "les*", check=False)[1]
        assert not known.strip(), f"systemctl {what} names {known}"


def listing(machine):
    """Every file and directory that a package might leave; of those that come and go while a system runs, what bears our name."""
    found = machine.run("find", "/etc", "/usr", "/var/lib", check=False)[1].splitlines()
    running = machine.run("find", "/run", "/tmp", "/var/tmp", check=False)[1].splitlines()
    return {path for path in found if not path.startswith(OF_OTHERS)} | {path for path in running if OUR_NAME.search(path)}


SCENARIOS = [
    ("deb: files, modes and the user; nothing is started", 1, installed),
    ("deb: systemd finds no fault with the unit", 1, well_made_unit),
    ("deb: a node alone waits, ready for nothing, and stops well", 1, alone),
    ("deb: the journal has JSON, and les log-level", 1, debug_logs),
    ("deb: a wrong configuration is not tried again", 1, wrong_configuration),
    ("deb: a credential in a file", 1, credential_in_a_file),
    ("deb: an upgrade keeps edits and restarts", 1, upgraded),
    ("deb: an upgrade starts nothing that is stopped", 1, not_started_by_an_upgrade),
    ("deb: an upgrade onto a wrong configuration", 1, upgraded_onto_a_wrong_configuration),
    ("deb: a person called les", 1, of_a_person),
    ("deb: a purge leaves nothing", 1, purged),
    ("rpm: installed, upgraded, removed", 1, rpm.all_in_short),
]


def checks(given):
    return sites.checks(given, SCENARIOS, "p")
