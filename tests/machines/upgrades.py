"""What an operator does to a cluster that runs: a new version on all machines, and orders."""

import sites
from sites import install
from waiting import holds_for, wait_until

AFTERMATH = 5  # seconds in which nothing may move any more


def rolling_upgrade(site):
    """As docs/orders.md says: the juniors first, the leader last. One move."""
    site.start()
    heirs = site.status(0)["heirs"]
    order = [number_of(site, name) for name in reversed(heirs)]
    assert order == [2, 1], f"the leader names {heirs}, the most senior first"
    for number in order:
        upgrade(site, number)
        again = lambda number=number: site.name(number) in site.status(0)["heirs"]
        wait_until("it is an heir again", again)
    assert site.moves() == [0], f"the juniors moved the address: {site.moves()}"
    upgrade(site, 0)
    holder = site.settled()
    assert site.moves() == [0, holder] and holder != 0, f"one move was expected: {site.moves()}"
    holds_for(AFTERMATH, lambda: one_move(site))


def orders(site):
    """root needs no options: the commands find the node of their machine."""
    site.start()
    site.machines[0].run("les", "handoff")
    assert site.settled() == 1 and site.moves() == [0, 1], f"after the hand-over: {site.moves()}"
    machine = site.machines[2]
    machine.run("les", "drain")
    machine.run("systemctl", "restart", "les")
    wait_until("it is back", lambda: site.diag(2))
    assert site.status(2)["drained"] is True, f"a restart ended it: {site.status(2)}"
    machine.run("les", "undrain")
    assert site.status(2)["drained"] is False, f"it is still drained: {site.status(2)}"
    assert site.settled() == 1, "the lead went elsewhere"
    assert site.moves() == [0, 1], f"the address went to {site.moves()}"


def one_move(site):
    assert len(site.moves()) == 2, f"one move was expected: {site.moves()}"


def upgrade(site, number):
    machine = site.machines[number]
    before = machine.property("MainPID"), installed(machine)
    install(machine, site.given.deb_next)
    after = machine.property("MainPID"), installed(machine)
    assert "0" != after[0] != before[0], f"process and version were {before}, are {after}"
    assert after[1] != before[1], f"it is still {after[1]}"


def installed(machine):
    return machine.run("dpkg-query", "--show", "--showformat=${Version}", "les")


def number_of(site, name):
    return [site.name(number) for number in range(site.size)].index(name)


SCENARIOS = [
    ("three machines are upgraded: one move", 3, rolling_upgrade),
    ("root hands over, drains and undrains without options", 3, orders),
]


def checks(given):
    return sites.checks(given, SCENARIOS, "u")
