#!/usr/bin/env python3
"""The running server against its description; see run.sh."""

import contextlib
import os
import sys

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path += [os.path.join(TESTS, "hosts"), os.path.join(TESTS, "interop")]

import by_hand
import description
import fuzz
import orders
import suite
from nodes import Nodes

SEED = 9  # the same requests in every run; another one with --seed


def parsed():
    parser = suite.selection(suite.options())
    parser.add_argument("--seed", type=int, default=SEED, help="of the requests that are made up")
    parser.add_argument("--examples", type=int, default=20, help="requests that are made up for each operation")
    return parser.parse_args()


def main():
    args = parsed()
    described = description.Description()
    lasting, passing = Nodes(args.les, args.cloud, 3), Nodes(args.les, args.cloud, 3)
    made_up = fuzz.Fuzz(args.seed, args.examples)
    groups = [
        ("the description", None, description.checks(described)),
        ("a cluster that must not notice", lasting, [*by_hand.checks(described, lasting), *fuzz.reading_checks(made_up, lasting)]),
        ("a cluster that gets orders", passing, [*orders.checks(described, passing), *fuzz.order_checks(made_up, passing)]),
    ]
    groups = [(title, nodes, [check for check in checks if args.only in check[0]]) for title, nodes, checks in groups]
    if args.list:
        print("\n".join(name for _, _, checks in groups for name, _ in checks))
        return 0
    print(f"openapi: seed {args.seed}, {args.examples} examples for each operation", flush=True)
    passed = []
    for title, nodes, checks in groups:
        if checks:
            with nodes or contextlib.nullcontext():
                passed.append(suite.run(f"openapi, {title}", checks))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
