#!/usr/bin/env python3
"""Packages, the unit, the first boot and faults on whole machines; see run.sh."""

import argparse
import glob
import os
import sys

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path += [os.path.join(TESTS, "hosts"), os.path.join(TESTS, "interop")]

import as_written
import faults
import first_boot
import namespaces
import packages
import place
import root
import sites
import suite
import upgrades

PACKAGES = "target/packages/test"  # where `make packages` puts two versions of each
PARTS = [packages, as_written, first_boot, upgrades, faults]
MOST_AT_ONCE = 4  # sites of three machines; each systemd takes some 8 of the 128 inotify instances that Linux allows to a user


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument("--les", default="target/debug/les")
    parser.add_argument("--cloud", default="target/debug/examples/simulated-cloud")
    parser.add_argument("--deb", default=newest("*-1_*.deb"))
    parser.add_argument("--deb-next", default=newest("*-2_*.deb"), help="what it is upgraded to")
    parser.add_argument("--rpm", default=newest("*-1.*.rpm"))
    parser.add_argument("--rpm-next", default=newest("*-2.*.rpm"))
    parser.add_argument("--only", default="", help="only scenarios with this in their names")
    parser.add_argument("--list", action="store_true", help="the names of the scenarios")
    parser.add_argument("--at-once", type=int, default=2, choices=range(1, MOST_AT_ONCE + 1))
    args = parser.parse_args()
    for option in ("les", "cloud", "deb", "deb_next", "rpm", "rpm_next"):
        path = getattr(args, option)
        if not args.list and not (path and os.path.isfile(path)):
            parser.error(f"--{option.replace('_', '-')}: no such file: {path or PACKAGES} (`make packages` makes them)")
    return args


def newest(pattern):
    found = sorted(glob.glob(os.path.join(PACKAGES, pattern)), key=os.path.getmtime)
    return found[-1] if found else None


def main():
    args = parsed()
    given = sites.Given(args, None if args.list else root.base("target/machines"))
    checks = [check for part in PARTS for check in part.checks(given) if args.only in check[0]]
    if args.list:
        print("\n".join(name for name, _ in checks))
        return 0
    namespaces.remove_when_stopped("machines", then=place.remove_own)
    namespaces.remove_leftovers()
    place.remove_leftovers()
    return 0 if suite.run("machines", checks, at_once=args.at_once) else 1


if __name__ == "__main__":
    sys.exit(main())
