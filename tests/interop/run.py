#!/usr/bin/env python3
"""Interoperation with the reference node; see run.sh."""

import argparse
import shlex
import sys

import cluster
import replay
import states
import suite


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference", nargs="?", help="path to les-example.py")
    parser.add_argument("--les", default="target/debug/les")
    parser.add_argument("--python", default=sys.executable, help="a Python with flask and requests, for the reference")
    parser.add_argument("--ours", help="a whole command in place of `les run`, to try these tests on")
    args = parser.parse_args()
    ours = shlex.split(args.ours) if args.ours else [args.les, "run"]

    checks = cluster.fault_checks(ours, ["zombie", "drip", "mute", *states.BAD])  # a zombie is doubted for 30 s: first
    if args.reference:
        checks += cluster.checks(ours, [args.python, args.reference], "the reference")
    checks += cluster.checks(ours, cluster.STAND_IN, "the stand-in")
    checks += replay.checks(ours)
    return 0 if suite.run("interop", checks, at_once=4) else 1


if __name__ == "__main__":
    sys.exit(main())
