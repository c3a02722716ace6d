"""What record.py puts a reference node through."""

import threading
import time

import states


def junior(me, senior, started):
    """Answers as a younger node would: it follows the senior from the second time that it is asked."""
    asked = []

    def answer(path):
        if path.startswith("/ping"):
            return states.response("OK")
        asked.append(path)
        return states.state([me, senior], senior if len(asked) > 1 else False, started)

    return answer


def cold_start_of_two(stage):
    """Two nodes start one after the other; the older leads once both have seen each other."""
    seeds = [stage.address("A"), stage.address("B")]
    stage.start("A", seeds)
    stage.start("B", seeds)
    stage.watch(6)


def joining_and_following(stage):
    """A third node joins two that have a leader; it is told of the other by the first, and follows."""
    first, second = stage.address("A"), stage.address("B")
    stage.start("A", [first, second])
    stage.start("B", [first, second])
    stage.watch(4)
    stage.start("C", [first])
    stage.watch(4)


def leader_killed(stage):
    """Three nodes; the leader is killed, then its successor; the last one, having had a leader, leads alone."""
    seeds = [stage.address(name) for name in "ABC"]
    for name in "ABC":
        stage.start(name, seeds)
    stage.watch(5)
    stage.kill("A")
    stage.watch(5)
    stage.kill("B")
    stage.watch(4)


def tie(stage):
    """Two nodes with the same start time: each prefers itself, and nobody ever leads."""
    seeds = [stage.address("A"), stage.address("B")]
    stage.start("A", seeds, frozen=True)
    stage.start("B", seeds, frozen=True)
    stage.watch(5)


def polled_by_nobody(stage):
    """One peer that answers and never asks: nobody leads until somebody asks the node for its state."""
    own, other = stage.address("A"), stage.address("S")
    stage.script("S", junior(other, own, time.time() + 10))
    stage.start("A", [own, other])
    stage.watch(4)
    stage.ask("A", "/state")
    stage.watch(3)


def self_alias(stage):
    """A lone node whose seed is another spelling of its own address: it asks itself, counts two states and leads alone."""
    own = stage.address("A", host="localhost")
    alias = own.replace("localhost", "127.0.0.1")
    stage.recorder.name("A.alias", alias)
    stage.start("A", [alias])
    stage.watch(4)


def every_path(stage):
    """Each path with and without a trailing slash, an unknown one, and a name that cannot be reached."""
    own = stage.address("A")
    stage.start("A", [own])
    for path in ("/state", "/state/", "/diag", "/diag/", "/ping", "/ping/", "/", "/state/127.0.0.1:9", "/state/127.0.0.1:9/"):
        stage.ask("A", path)


def malformed(name):
    """A scenario in which a peer begins to answer badly; H, a healthy one, shows whether the node still asks."""
    bad = states.BAD[name]

    def scenario(stage):
        own, sick, healthy = (stage.address(each) for each in "ASH")
        turned = threading.Event()
        started = time.time() + 20
        answer_well = junior(sick, own, started)

        def answer_sick(path):
            return bad([sick, own], own, started) if turned.is_set() and path.startswith("/state") else answer_well(path)

        stage.script("S", answer_sick)
        stage.script("H", junior(healthy, own, time.time() + 10))
        stage.start("A", [own, sick, healthy])
        stage.watch(3)
        stage.ask("A", "/state")
        turned.set()
        stage.watch(4)
        stage.ask("A", "/state")

    scenario.__name__ = f"malformed_{name}".replace("-", "_")
    scenario.__doc__ = f"A peer begins to answer badly: {name}."
    return scenario


ALL = [cold_start_of_two, joining_and_following, leader_killed, tie, polled_by_nobody, self_alias, every_path]
ALL += [malformed(name) for name in ("only-members", "array", "null-start-time", "text-start-time", "true-start-time", "rogue-senior", "not-json", "server-error")]
