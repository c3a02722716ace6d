#!/usr/bin/env python3
"""Real nodes in network namespaces: partitions, and discovery by DNS; see run.sh."""

import argparse
import os
import sys

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path += [os.path.join(TESTS, "hosts"), os.path.join(TESTS, "interop")]

import cluster
import discovery
import namespaces
import scenarios
import suite


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--les", default="target/debug/les")
    parser.add_argument("--cloud", default="target/debug/examples/simulated-cloud")
    parser.add_argument("--only", default="", help="only scenarios with this in their names")
    parser.add_argument("--at-once", type=int, default=4)
    args = parser.parse_args()
    namespaces.remove_when_stopped("netns")
    namespaces.remove_leftovers()
    programs = cluster.Programs(args.les, args.cloud)
    checks = [*discovery.checks(programs), *scenarios.checks(programs)]
    checks = [check for check in checks if args.only in check[0]]
    return 0 if suite.run("netns", checks, at_once=args.at_once) else 1


if __name__ == "__main__":
    sys.exit(main())
