"""What partitions may and may not do. Every node runs with its default timings, and ticks once a second."""

import time

import network
from cluster import Cluster
from waiting import SECONDS, holds_for, wait_until

PARTITION = 15  # seconds; more than any node doubts itself before it acts
AFTERMATH = 5  # seconds in which nothing may move after a heal; some ticks


class Watched:
    """A cluster whose moves are counted from when it first agreed."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.leader = cluster.settled()
        self.start = len(cluster.moves())
        assert self.start == 1, f"a cold start is one move, not {cluster.moves()}"

    def others(self):
        return [number for number in range(self.cluster.size) if number != self.leader]

    def moved(self):
        """To whom the address went since."""
        return self.cluster.moves()[self.start :]

    def at_most(self, moves):
        moved = self.moved()
        assert len(moved) <= moves, f"at most {moves} moves were expected; the address went from {self.leader} to {moved}"

    def healed(self, holder, moves):
        """The network is whole again: the holder stays, everybody names it, and nothing moves from now on."""
        self.cluster.network.heal()
        agreed = self.cluster.settled()
        assert agreed == holder, f"node {holder} held the address when the network healed; now node {agreed} leads"
        holds_for(AFTERMATH, lambda: self.at_most(moves))
        assert self.cluster.settled() == holder, "the leader did not stay"


def minority_leader(some_with_leader):
    """The leader, and so many with it, are cut from the rest for a while."""

    def scenario(cluster):
        watched = Watched(cluster)
        old, others = watched.leader, watched.others()
        here, there = [old, *others[: some_with_leader - 1]], others[some_with_leader - 1 :]
        began = time.monotonic()
        cluster.network.cut(here, there)
        wait_until("the address moves", watched.moved)
        holder = watched.moved()[0]
        assert holder in there, f"the address went to {holder}, and the other side is {there}"
        wait_until(lambda: f"the old leader yields; it says {cluster.ours(old)}", lambda: watched.at_most(1) or cluster.resting(old) == "yielded")
        holds_for(began + PARTITION - time.monotonic(), lambda: watched.at_most(1))
        assert cluster.resting(old) == "yielded", f"the old leader yields no more: {cluster.ours(old)}"
        watched.healed(holder, moves=1)
        told = cluster.history(old)
        assert any("yielded: it is on" in text for _, text in told), f"the old leader does not tell why it yielded: {told}"
        assert "stepped_down" in dict(told), f"the old leader does not tell that it leads no more: {told}"

    return scenario


def short_partition(cluster):
    """Shorter than the silence that condemns."""
    watched = Watched(cluster)
    cluster.network.cut([watched.leader], watched.others())
    holds_for(0.3, lambda: watched.at_most(0))
    watched.healed(watched.leader, moves=0)


def partial_cut(cluster):
    """The leader and one follower do not see each other; the third node sees both."""
    watched = Watched(cluster)
    leader, (cut_off, third) = watched.leader, watched.others()
    cluster.network.cut([leader], [cut_off])
    missed = lambda: any(member["addr"] == cluster.name(leader) and member["silent"] for member in cluster.ours(cut_off).get("members", []))
    wait_until(lambda: f"the follower misses the leader; it says {cluster.ours(cut_off)}", missed)

    def undisturbed():
        watched.at_most(0)
        for number in (leader, third):
            named = cluster.ours(number).get("leader")
            assert named == cluster.name(leader), f"node {number} names {named}, not the leader {cluster.name(leader)}"

    holds_for(PARTITION, undisturbed)
    watched.healed(leader, moves=0)


def deaf_leader(cluster):
    """The leader hears nobody; everybody hears it. It steps down, since it cannot know what goes on."""
    watched = Watched(cluster)
    old = watched.leader
    cluster.network.cut_connections([old], to=watched.others())
    wait_until(lambda: f"the address moves; the old leader says {cluster.ours(old)}", watched.moved)
    holder = watched.moved()[0]
    wait_until(lambda: f"the old leader leads no more; it says {cluster.ours(old)}", lambda: cluster.ours(old).get("role") not in (None, "leader"))
    told = dict(cluster.history(old))
    assert "deaf" in told and "stepped_down" in told, f"the old leader does not tell that it is deaf: {told}"
    holds_for(AFTERMATH, lambda: watched.at_most(1))
    watched.healed(holder, moves=1)


def mute_leader(cluster):
    """Nobody hears the leader; it hears everybody. It hears of its successor and takes nothing back."""
    watched = Watched(cluster)
    old = watched.leader
    cluster.network.cut_connections(watched.others(), to=[old])
    wait_until(lambda: f"the address moves; the old leader says {cluster.ours(old)}", watched.moved)
    holder = watched.moved()[0]
    yields = lambda: cluster.resting(old) in ("meeting", "yielded", "not_leader")
    wait_until(lambda: f"the old leader writes no more; it says {cluster.ours(old)}", yields)
    holds_for(AFTERMATH, lambda: watched.at_most(1))
    watched.healed(holder, moves=1)


def refused_leader(cluster):
    """A firewall refuses new connections in the name of each side, and lets go on what is open: the streams tell that nobody is dead."""
    watched = Watched(cluster)
    cluster.network.refuse([watched.leader], watched.others())
    holds_for(3 * PARTITION, lambda: watched.at_most(0))
    watched.healed(watched.leader, moves=0)


def unreachable_leader(some_of, to_of):
    """New connections vanish in one direction, what is open goes on: longer than a node that never asks takes to be a zombie."""

    def scenario(cluster):
        watched = Watched(cluster)
        cluster.network.cut_new_connections(some_of(watched), to=to_of(watched))
        holds_for(40, lambda: watched.at_most(0))
        watched.healed(watched.leader, moves=0)

    return scenario


def the_leader(watched):
    return [watched.leader]


def repeated_partitions(cluster):
    """Whoever holds the address is cut off, three times, with too little time between to come to an agreement for certain."""
    watched = Watched(cluster)
    for round_number in range(3):
        before = len(watched.moved())
        holder = cluster.moves()[-1]
        cluster.network.cut([holder], [number for number in range(cluster.size) if number != holder])
        holds_for(8, lambda: watched.at_most(before + 1))
        cluster.network.heal()
        holds_for(2, lambda: watched.at_most(before + 1))
    watched.healed(cluster.moves()[-1], moves=len(watched.moved()))
    assert watched.moved(), "no partition moved the address: this scenario showed nothing"


def only_ipv6(cluster):
    """No IPv4 beyond loopback: it elects, and the death of the leader is survived."""
    watched = Watched(cluster)
    old = watched.leader
    assert cluster.name(old).startswith("[fd77::"), cluster.name(old)
    cluster.nodes[old].kill()
    wait_until(lambda: f"one of the others leads and holds the address within {SECONDS} s", lambda: cluster.agreed() is not None)
    watched.at_most(1)


SCENARIOS = [
    # name, nodes, IP version, what happens; the longest first
    ("three partitions in a row: at most one move each", 3, network.IPV4, repeated_partitions),
    ("{leader} | {two}: one move, none on heal", 3, network.IPV4, minority_leader(1)),
    ("{leader} | {one}: one move, none on heal", 2, network.IPV4, minority_leader(1)),
    ("{leader, one} | {three}: one move, none on heal", 5, network.IPV4, minority_leader(2)),
    ("the leader and one follower cut, the third sees both: no move", 3, network.IPV4, partial_cut),
    ("a leader that hears nobody steps down: one move", 3, network.IPV4, deaf_leader),
    ("nobody hears the leader: one move", 3, network.IPV4, mute_leader),
    ("the leader can open no new connection: no move", 3, network.IPV4, unreachable_leader(the_leader, Watched.others)),
    ("nobody can open a new connection to the leader: no move", 3, network.IPV4, unreachable_leader(Watched.others, the_leader)),
    ("a firewall refuses new connections between the leader and two: no move", 3, network.IPV4, refused_leader),
    ("a partition of 0.3 s: no move", 3, network.IPV4, short_partition),
    ("IPv6 only: it elects, and the leader's death is one move", 3, network.IPV6, only_ipv6),
]


def checks(programs):
    return run_all(programs, Cluster, SCENARIOS)


def run_all(programs, kind, scenarios, label=""):
    """The checks for these scenarios, each on a cluster of this kind of its own."""

    def run(label, size, family, scenario):
        with kind(programs, label, size, family) as cluster:
            try:
                scenario(cluster)
            except Exception as error:
                raise AssertionError(f"{error}\n{cluster.story()}") from error

    return [
        (name, lambda label=f"{label}{index}", rest=rest: run(label, *rest))
        for index, (name, *rest) in enumerate(scenarios, 1)
    ]
