"""The RPM package, on a machine that has rpm but no packages of its kind: the dependencies are not there for it to see."""

from waiting import wait_until

RPM = ("rpm", "--force-debian", "--nodeps")  # Debian's rpm asks whether one is sure


def all_in_short(site):
    """Installed and not started; upgraded with an edit; removed. rpm keeps an edited file under another name."""
    site.boot()
    machine = site.machines[0]
    machine.run(*RPM, "--install", machine.bring(site.given.rpm))
    states = [machine.run("systemctl", verb, "les", check=False)[1].strip() for verb in ("is-active", "is-enabled")]
    assert states == ["inactive", "disabled"], f"after the installation: {states}"
    assert machine.run("stat", "--format=%a %U", "/etc/les/les.env").strip() == "600 root"
    machine.write("/etc/les/les.toml", site.configuration())
    machine.write("/etc/les/les.env", site.environment(), 0o600)
    machine.run("systemctl", "enable", "--now", "les")
    wait_until("the node answers", lambda: site.diag(0))
    before = machine.property("MainPID")
    machine.run(*RPM, "--upgrade", machine.bring(site.given.rpm_next))
    wait_until("it runs again", lambda: machine.property("MainPID") not in ("0", before))
    assert machine.read("/etc/les/les.toml") == site.configuration(), "the edit is lost"
    machine.run(*RPM, "--erase", "les")
    assert not machine.run("pgrep", "-x", "les", check=False)[1], "it still runs"
    for gone in ("/usr/bin/les", "/etc/les/les.toml", "/usr/lib/systemd/system/les.service", "/etc/systemd/system/multi-user.target.wants/les.service"):
        assert not machine.exists(gone), f"{gone} is still there"
    assert machine.read("/etc/les/les.toml.rpmsave") == site.configuration(), "the edited file is not kept"
