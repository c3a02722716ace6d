"""The first boot: cloud-init runs what deploy/cloud-init rendered, and the machine is a node. Nobody logs in."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import sites
from cluster import ADDRESS, TOKEN, Cluster
from namespaces import tool
from waiting import holds_for, wait_until

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RENDER = os.path.join(REPOSITORY, "deploy", "cloud-init", "render.py")
SCRIPT = "/usr/local/lib/les/first-boot"
IMPATIENT = 30  # seconds; the least that render.py takes
AFTERMATH = 5  # seconds in which nothing may move any more


def rendered(site, package, *options, copy=None, environment=None):
    """The user-data for all machines. They fetch `package`; the sum that it should have is that of `copy`."""
    name = os.path.basename(package)
    with open(package, "rb") as file:
        site.metadata.files[name] = file.read()
    written = {"--config": ("first.toml", site.configuration()), "--env": ("first.env", site.environment() if environment is None else environment)}
    command = [sys.executable, RENDER, "--package-url", site.metadata.url(name), "--package", copy or package, *options]
    for option, (file_name, text) in written.items():
        path = os.path.join(site.directory.name, file_name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        command += [option, path]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def first_boot(site, user_data, ends="done"):
    """All machines at the same time, with the same user-data, until cloud-init has ended as expected."""
    for number, machine in enumerate(site.machines):
        site.metadata.seeds[number + 1] = user_data
        machine.power_on()
    for machine in site.machines:
        wait_until(f"cloud-init ends on {machine.hostname}", lambda machine=machine: machine.exists("/run/cloud-init/result.json"))
        assert cloud_init(machine) == ends, f"cloud-init on {machine.hostname}: {ends} was expected\n{machine.run('cloud-init', 'status', '--long', check=False)[1]}"


def cloud_init(machine):
    """What it says of itself: running, done, error ..."""
    found = re.search(r"^status: (\w+)", machine.run("cloud-init", "status", check=False)[1], re.MULTILINE)
    return found and found[1]


def name_of(package):
    return os.path.basename(package)


def valid(site):
    """By cloud-init's own schema."""
    site.boot()
    machine = site.machines[0]
    machine.write("/root/user-data", rendered(site, site.given.deb, "--floating-address", ADDRESS, "--credential", "DIGITALOCEAN_TOKEN=cat /root/token"))
    said = machine.run("cloud-init", "schema", "--config-file", "/root/user-data")
    assert "Valid" in said, said


def rendered_by_terraform(site):
    """What terraform/modules/user-data makes of the same settings. A module's path is relative, so the configuration is beside the repository's."""
    name = os.path.basename(site.given.deb)
    with open(site.given.deb, "rb") as file:
        site.metadata.files[name] = file.read()
    call = {
        "source": "../../../terraform/modules/user-data",
        "provider_kind": "digitalocean",
        "discovery": ["dns:les.test"],
        "addresses": [ADDRESS],
        "environment": {"DIGITALOCEAN_TOKEN": TOKEN, "LES_PROVIDER__BASE_URL": site.cloud_url(), "LES_NODE__LOOP_RATE": "1s", "LES_NODE__DISCOVERY_INTERVAL": "10s"},
        "package": {"url": site.metadata.url(name), "sha256": hashlib.sha256(site.metadata.files[name]).hexdigest()},
    }
    configuration = {
        "module": {"user_data": call},
        "output": {"user_data": {"value": "${module.user_data.user_data}", "sensitive": True}},
    }
    with tempfile.TemporaryDirectory(dir=os.path.join(REPOSITORY, "target", "machines")) as directory:
        with open(os.path.join(directory, "main.tf.json"), "w", encoding="utf-8") as file:
            json.dump(configuration, file)
        for order in (["init"], ["apply", "-auto-approve"]):
            tool("terraform", f"-chdir={directory}", *order, "-no-color", "-input=false")
        return tool("terraform", f"-chdir={directory}", "output", "-raw", "user_data")


def by_terraform(site):
    """The first boot of three machines, by the user-data of the Terraform modules."""
    first_boot(site, rendered_by_terraform(site))
    holder = site.settled()
    assert site.moves() == [holder], f"a cold start is one move, not {site.moves()}"


def three_machines(site):
    """One configuration for all. They find each other, and one holds the address. A second run of the script changes nothing."""
    first_boot(site, rendered(site, site.given.deb))
    holder = site.settled()
    assert site.moves() == [holder], f"a cold start is one move, not {site.moves()}"
    for number, machine in enumerate(site.machines):
        assert "les first-boot: done" in machine.output(), f"the console does not tell of it\n{machine.output()}"
        before, fetched = machine.property("MainPID"), site.metadata.answers(name_of(site.given.deb))
        ready = site.health(number, "ready")
        assert ready[0] == 200 and ready[1]["ok"] is True, f"/health/ready says {ready}"
        said = machine.run(SCRIPT)
        assert 'ready: {"ok":true' in said, f"the second run says\n{said}"
        assert machine.property("MainPID") == before, "the second run restarted les"
        assert site.metadata.answers(name_of(site.given.deb)) == fetched, "the second run fetched the package again"
    holds_for(AFTERMATH, lambda: one_move(site, holder))


def one_move(site, holder):
    assert site.moves() == [holder], f"the address went to {site.moves()}"


def wrong_sum(site):
    """What comes is not what was meant: nothing of it is installed, and the console says what came."""
    first_boot(site, rendered(site, site.given.deb, "--patience", str(IMPATIENT), copy=site.given.deb_next), ends="error")
    machine = site.machines[0]
    last = [line for line in machine.output().splitlines() if "les first-boot: FAILED at download:" in line]
    assert last, f"the console does not say where it failed\n{machine.output()}"
    sums = {subprocess.run(["sha256sum", file], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[0] for file in (site.given.deb, site.given.deb_next)}
    assert all(each in last[-1] for each in sums), f"the console does not name {sums}\n{last}"
    assert not machine.exists("/usr/bin/les"), "it is installed all the same"


def late_package(site):
    """The server of the package is not ready when the machine is."""
    name = name_of(site.given.deb)
    site.metadata.refusals[name] = 2
    first_boot(site, rendered(site, site.given.deb))
    assert site.metadata.answers(name) == [503, 503, 200], f"it was answered {site.metadata.answers(name)}"
    wait_until("the node answers", lambda: site.diag(0))


def bare_program(site):
    """No package: the program brings its own unit."""
    first_boot(site, rendered(site, site.programs.les))
    wait_until("the node answers", lambda: site.diag(0))
    machine = site.machines[0]
    user = machine.run("stat", "--format=%U", f"/proc/{machine.property('MainPID')}").strip()
    assert user == "les", f"it runs as {user}"
    assert machine.property("UnitFileState") == "enabled", "it would not start at the next boot"


def fetched_credential(site):
    """The token is not in the user-data: a command fetches it. cloud-init is done only if the cloud has accepted it."""
    site.metadata.files["token"] = TOKEN.encode()
    site.metadata.refusals["token"] = 2  # as of a role that is not known yet everywhere
    command = f"DIGITALOCEAN_TOKEN=curl --silent --fail {site.metadata.url('token')}"
    user_data = rendered(site, site.given.deb, "--credential", command, environment="")
    first_boot(site, user_data)
    machine = site.machines[0]
    assert site.metadata.answers("token") == [503, 503, 200], f"the token was asked for: {site.metadata.answers('token')}"
    assert machine.run("stat", "--format=%a %U", "/etc/credstore/DIGITALOCEAN_TOKEN").strip() == "600 root"
    assert TOKEN not in machine.output() + machine.read("/var/log/cloud-init-output.log"), "the token is in a log"


def late_cloud(site):
    """The machine is there before the cloud's API knows it. The first boot waits, says what for, and ends well."""
    site.cloud.kill()
    machine = site.machines[0]
    site.metadata.seeds[1] = rendered(site, site.given.deb)
    machine.power_on()
    wait_until("the console says what is waited for", lambda: "les check ended with status 1; trying again" in machine.output())
    assert cloud_init(machine) == "running", "cloud-init does not wait for it"
    Cluster._start_cloud(site)
    wait_until("cloud-init ends", lambda: machine.exists("/run/cloud-init/result.json"))
    assert cloud_init(machine) == "done", f"the first boot failed\n{machine.output()}"


def floating_address(site):
    """The machine itself holds the address, also after a reboot; and the first boot was the only one."""
    first_boot(site, rendered(site, site.given.deb, "--floating-address", ADDRESS))
    machine = site.machines[0]
    assert on_loopback(machine), "the address is not on the loopback device"
    site.shut_down(0)
    machine.boot()
    assert on_loopback(machine), "the address is not there after the reboot"
    wait_until("the node answers", lambda: site.diag(0))
    assert site.metadata.answers(name_of(site.given.deb)) == [200], "it was fetched again"
    machine.run("systemctl", "stop", f"les-address@{ADDRESS}")
    assert not on_loopback(machine), "the address stays when its unit is stopped"


def on_loopback(machine):
    return f"inet {ADDRESS}/32 " in machine.run("ip", "-4", "address", "show", "dev", "lo")


SCENARIOS = [
    ("first boot: three machines with one configuration: one leads", 3, three_machines),
    ("first boot: another package than was meant is not installed", 1, wrong_sum),
    ("first boot: a package that comes late", 1, late_package),
    ("first boot: a cloud that comes late", 1, late_cloud),
    ("first boot: the bare program instead of a package", 1, bare_program),
    ("first boot: a credential that is fetched", 1, fetched_credential),
    ("first boot: an address on the machine itself", 1, floating_address),
    ("first boot: cloud-init's schema", 1, valid),
]


BY_TERRAFORM = ("first boot: three machines with the user-data of terraform/", 3, by_terraform)


def checks(given):
    """No registry that this project may use has the terraform program, so a machine without it is no failure, not even in CI."""
    if shutil.which("terraform"):
        return sites.checks(given, [*SCENARIOS, BY_TERRAFORM], "b")
    told = f"*** SKIPPED: {BY_TERRAFORM[0]}: terraform is not installed"
    print(told, file=sys.stderr, flush=True)
    with open(os.path.join(REPOSITORY, "target", "skipped.txt"), "a", encoding="utf-8") as file:  # `make test` shows it last
        file.write(f"{told}\n")
    return sites.checks(given, SCENARIOS, "b")
