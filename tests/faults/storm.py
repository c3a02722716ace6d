"""One fault after the other, at random, done to one cluster that lives on: what a fault leaves behind must not spoil the next one."""

import random
import signal

from row import Row
from waiting import SECONDS, holds_for, wait_until

ROUNDS = 12
LONGEST = 4  # seconds; less than the 5 s that a cut-off node doubts itself, so that only the holder's faults may move the address


def killed(trial, node, wait):
    trial.kill(node)
    wait()
    trial.restart(node)


def ended(trial, node, wait):
    trial.send(signal.SIGTERM, node)
    trial.cluster.nodes[node].popen.wait(SECONDS)
    wait()
    trial.restart(node)


def frozen(trial, node, wait):
    trial.freeze(node)
    wait()
    trial.resume(node)


def linked(name, harm):
    """The network does some harm to one node, and heals."""

    def does(trial, node, wait):
        trial.done(f"{name} of {node}")
        harm(trial.cluster.network, node, [other for other in range(trial.cluster.size) if other != node])
        wait()
        trial.done("healed")
        trial.cluster.network.heal()

    return does


FAULTS = [
    killed,
    ended,
    frozen,
    linked("cut", lambda network, node, others: network.cut([node], others)),
    linked("swallowed", lambda network, node, others: network.swallow(node)),
    linked("cut of what is sent", lambda network, node, others: network.cut_one_way([node], to=others)),
    linked("cut of what is received", lambda network, node, others: network.cut_one_way(others, to=[node])),
    linked("cut to one other", lambda network, node, others: network.cut([node], others[:1])),
]


def storm(settling):
    """With or without time to agree after each fault."""

    def does(trial):
        chance = random.Random(trial.seed)
        for number in range(1, ROUNDS + 1):
            try:
                one_round(trial, chance, settling)
            except AssertionError as error:
                raise AssertionError(f"seed {trial.seed}, round {number}: {error}") from error
        trial.since = None  # there is no one fault from which a time could be told

    return does


def one_round(trial, chance, settling):
    """A fault of the holder may move the address once, another node's may not."""
    holder, before = trial.holder(), len(trial.oracle.moves())
    fault = chance.choice(FAULTS)
    node = chance.choice([holder, holder, *range(trial.cluster.size)])
    seconds = chance.choice([0.1, 0.3, 1, LONGEST])
    allowed = (node == holder) + (not settling)  # without an agreement the last round's move may fall into this one

    def few_moves():
        new = trial.oracle.moves()[before:]
        assert len(new) <= allowed, f"at most {allowed} moves, seen: {trial.told(new)}"

    fault(trial, node, lambda: holds_for(seconds, few_moves))
    if settling:
        wait_until("all agree", lambda: trial.cluster.agreed() is not None)
    few_moves()


ROWS = [
    Row("storm", f"{ROUNDS} random faults, each mended and agreed upon", (0, ROUNDS), storm(settling=True), nodes=(3, 5)),
    Row("storm-dense", f"{ROUNDS} random faults, each mended, no time between", (0, ROUNDS), storm(settling=False), nodes=(3, 5)),
]
