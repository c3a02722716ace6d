"""Faults of whole machines and of the service under systemd. Each moves the address once at most, and never back."""

import sites
from waiting import holds_for, wait_until

AFTERMATH = 5  # seconds in which nothing may move any more; several ticks
CRASHES = 5
CRASHES_OF_LEADERS = 5
CRASHES_LATER = 4  # the pauses are 0, 5, 10 and 20 s
SMALL = 256  # megabytes of a disk that is soon full


def power_cut(site):
    """The leader's machine is gone without a word, and comes back as a follower."""
    site.start()
    site.power_cut(0)
    moved_once(site, 1)
    assert site.settled() == 1, "the address and the lead are not in the same place"
    site.power_back(0)
    stays(site, 1)


def shutdown(site):
    """An administrator switches the leader's machine off: the address is elsewhere before the machine is gone."""
    site.start()
    site.shut_down(0)
    assert site.moves() == [0, 1], f"the machine is off, and the address went to {site.moves()}"
    assert site.settled() == 1, "the address and the lead are not in the same place"
    site.machines[0].boot()
    stays(site, 1)


def crashes_at_start(site):
    """The leader's les is killed, and each new one as soon as systemd has started it."""
    site.start()
    machine = site.machines[0]
    for _ in range(CRASHES):
        crash(machine)
    assert restarts(machine) == CRASHES, f"{CRASHES} crashes, {restarts(machine)} restarts"
    stays(site, 1)


def crashes_later(site):
    """A follower's les is killed each time that it takes part again. It lets the others be for longer each time."""
    site.start()
    machine = site.machines[2]
    for _ in range(CRASHES_LATER):
        crash(machine)
        wait_until("it takes part again", lambda: site.diag(2))
    told = machine.journal("les").count('"crash_loop"')
    assert told == CRASHES_LATER - 1, f"it should pause after the second crash and each one after that; it told so {told} times"
    stays(site, 0)


def crashes_of_leaders(site):
    """Whoever leads is killed, as a poisoned request would do it. Each crash moves the address once at most, and the crashes become rarer."""
    site.start()
    for _ in range(CRASHES_OF_LEADERS):
        crash(site.machines[site.settled()])
    last = site.settled()
    moves = site.moves()
    assert len(moves) <= 1 + CRASHES_OF_LEADERS, f"more moves than crashes: {moves}"
    assert last == moves[-1]
    paused = [machine.journal("les").count('"crash_loop"') for machine in site.machines]
    crashed = [restarts(machine) for machine in site.machines]
    assert paused == [max(0, times - 1) for times in crashed] and any(paused), f"{crashed} crashes, {paused} pauses"


def crash(machine):
    """SIGKILL; systemd has started a new process when this returns."""
    before = machine.property("MainPID")
    machine.run("kill", "-KILL", before)
    wait_until("systemd starts it again", lambda: machine.property("MainPID") not in ("0", before))


def full_disk(site):
    """The disk of a follower is full when its les starts, and what it kept is lost."""
    site.start()
    machine = site.machines[2]
    machine.run("systemctl", "stop", "les")
    machine.run("rm", "--recursive", "/var/lib/les")
    code, said = machine.run("dd", "if=/dev/zero", "of=/var/fill", "bs=1M", check=False)
    assert code != 0 and "No space left" in said, f"the disk is not full: {said}"
    machine.run("systemctl", "start", "les")
    stays(site, 0)
    state = machine.property("ActiveState")
    assert state == "active", f"on a full disk it is {state}"
    assert site.name(2) in site.status(0)["heirs"], f"it takes no part: {site.status(0)}"
    said = [line for line in machine.journal("les").splitlines() if "No space left" in line and "id" in line]
    assert said, "it does not say that it cannot keep its id"


def stalled(site):
    """The leader's process stands still. Nobody waits for systemd, which ends it and starts a new one: a follower."""
    site.start()
    machine = site.machines[0]
    machine.run("kill", "-STOP", machine.property("MainPID"))
    moved_once(site, 1)
    wait_until("the watchdog has it started again", lambda: restarts(machine) == 1)
    assert "watchdog" in machine.journal("les").lower(), "it was not the watchdog"
    stays(site, 1)


def restarts(machine):
    return int(machine.property("NRestarts"))


def moved_once(site, holder):
    wait_until("the address moves", lambda: len(site.moves()) > 1)
    assert site.moves() == [0, holder], f"the address went to {site.moves()}"


def stays(site, holder):
    """All agree on this one, and nothing moves from now on. It took one move at most."""
    agreed = site.settled()
    expected = [0] if holder == 0 else [0, holder]

    def check():
        assert site.moves() == expected, f"the address went to {site.moves()}, expected {expected}"

    assert agreed == holder, f"node {holder} should lead, and node {agreed} does"
    holds_for(AFTERMATH, check)


SCENARIOS = [
    ("the leader's power is cut: one move, none when it is back", 3, power_cut),
    ("the leader's machine is shut down: one move, none when it is back", 3, shutdown),
    (f"the leader crashes {CRASHES} times in a row: one move", 3, crashes_at_start),
    (f"whoever leads crashes, {CRASHES_OF_LEADERS} times: a move for each, and pauses", 3, crashes_of_leaders),
    (f"a follower crashes {CRASHES_LATER} times, each time when it is back: no move", 3, crashes_later),
    ("a follower's disk is full: it takes part, no move", 3, full_disk, SMALL),
    ("the leader stalls: one move, and the watchdog", 3, stalled),
]


def checks(given):
    return sites.checks(given, SCENARIOS, "f")
