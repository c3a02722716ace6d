"""One row of the table: a fault, and what may come of it."""

import dataclasses
from collections.abc import Callable

from clusters import FaultyCluster

NONE, ONE, AT_MOST_ONE, ONE_OR_TWO = (0, 0), (1, 1), (0, 1), (1, 2)


@dataclasses.dataclass(frozen=True)
class Row:
    """`does` is given a `Trial` and does the fault; it raises if something is not as it should be."""

    name: str
    fault: str  # for the table
    moves: tuple[int, int]  # the least and the most that are allowed
    does: Callable
    nodes: tuple[int, ...] = (2, 3, 5)
    quick: tuple[int, ...] = ()  # the sizes that `--quick` runs
    quick_profile: str = "default"  # its profile: where nothing may move, one that a noisy machine does not disturb
    fast: tuple[int, ...] = ()  # the sizes that are run with profile `fast` too
    started: bool = True  # the nodes are up and agree before the fault
    alone: bool = False  # nothing else may run meanwhile
    cluster: type = FaultyCluster

    def allowed(self):
        least, most = self.moves
        moves = str(most) if least == most else f"{least} to {most}"
        return f"{moves} move{'s' * (most != 1)}"
