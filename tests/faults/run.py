#!/usr/bin/env python3
"""Does faults to clusters of real nodes and prints what came of them. Exit code 1 if an address moved more or less than it should have.

    run.py                      # everything; half an hour
    run.py --quick              # what CI runs
    run.py kill freeze --nodes 3 --profile fast --times 10
    run.py --list

LES_LOG=debug and --logs DIR keep what the nodes said.
"""

import argparse
import concurrent.futures
import os
import random
import sys

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.append(os.path.join(TESTS, "hosts"))

import links
import namespaces
import others
import partitions
import processes
import storm
import table
from case import Case
from cluster import Programs

ROWS = [*processes.ROWS, *links.ROWS, *partitions.ROWS, *others.ROWS, *storm.ROWS]


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="all rows if none is named")
    parser.add_argument("--les", default="target/debug/les")
    parser.add_argument("--cloud", default="target/debug/examples/simulated-cloud")
    parser.add_argument("--quick", action="store_true", help="the sizes of clusters that CI tries, with profiles that a noisy machine does not disturb")
    parser.add_argument("--nodes", type=int, help="only clusters of this size")
    parser.add_argument("--profile", choices=["default", "fast", "wan"], help="this profile, instead of those that the rows name")
    parser.add_argument("--times", type=int, default=1, help="each so many times")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the rows that leave something to chance; they tell theirs")
    parser.add_argument("--at-once", type=int, default=1, help="so many clusters side by side; the times are worse then")
    parser.add_argument("--logs", help="keep the logs in this directory")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    unknown = set(args.rows) - {row.name for row in ROWS}
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; --list names them")
    return args


def cases(args):
    """What the options select, in the order of the table."""
    for row in ROWS:
        if not args.rows or row.name in args.rows:
            for profile, sizes in sizes_by_profile(row, args):
                for size in sizes:
                    if args.nodes in (None, size):
                        yield from (Case(row, size, profile, args.seed + time) for time in range(args.times))


def sizes_by_profile(row, args):
    if args.quick:
        return [(args.profile or row.quick_profile, row.quick)]
    if args.profile:
        return [(args.profile, row.nodes)]
    return [("default", row.nodes), ("fast", row.fast)]


def run(selected, args):
    """The results in order. Cases that need the machine for themselves come last, one by one."""
    programs = Programs(args.les, args.cloud)
    shared = [index for index, case in enumerate(selected) if not case.row.alone]
    alone = [index for index, case in enumerate(selected) if case.row.alone]

    def one(index):
        result = selected[index].run(programs, f"f{index}", args.logs)
        table.tell(result)
        return index, result

    with concurrent.futures.ThreadPoolExecutor(args.at_once) as pool:
        results = dict(pool.map(one, shared))
    results.update(map(one, alone))
    return [results[index] for index in sorted(results)]


def main():
    args = parsed()
    if args.list:
        print("\n".join(f"{row.name:18} {row.fault}: {row.allowed()}; n = {', '.join(map(str, row.nodes))}" for row in ROWS))
        return 0
    namespaces.remove_when_stopped("faults")
    namespaces.remove_leftovers()
    results = run(list(cases(args)), args)
    table.show(results)
    return 1 if any(result.error for result in results) or not results else 0


if __name__ == "__main__":
    sys.exit(main())
