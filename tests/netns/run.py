#!/usr/bin/env python3
"""Real nodes in network namespaces: partitions, and discovery by DNS; see run.sh."""

import argparse
import os
import signal
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

import cluster
import discovery
import namespaces
import scenarios
import suite


def stop(number, _):
    """Ctrl-C, or the end of a CI run: nothing stays behind, and the scenarios under way are not waited for."""
    print("netns: stopped", flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what scenarios say as their hosts vanish helps nobody
    namespaces.remove_own()
    os._exit(128 + number)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--les", default="target/debug/les")
    parser.add_argument("--cloud", default="target/debug/examples/simulated-cloud")
    parser.add_argument("--only", default="", help="only scenarios with this in their names")
    parser.add_argument("--at-once", type=int, default=4)
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    namespaces.remove_leftovers()
    programs = cluster.Programs(args.les, args.cloud)
    checks = [*discovery.checks(programs), *scenarios.checks(programs)]
    checks = [check for check in checks if args.only in check[0]]
    return 0 if suite.run("netns", checks, at_once=args.at_once) else 1


if __name__ == "__main__":
    sys.exit(main())
