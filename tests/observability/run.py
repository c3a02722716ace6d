#!/usr/bin/env python3
"""Metrics, alerts, dashboard, and faults of what they depend on; see run.sh."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "hosts"), os.path.join(HERE, "..", "interop")]

import files
import full_disk
import hanging_cloud
import lost_collector
import paused
import story
import suite
from nodes import Programs


def parsed():
    parser = suite.selection(suite.options(), "only checks with this in their names; those of `live` belong together")
    parser.add_argument("--may-mount", action="store_true", help="what is mounted here ends with this process")
    return parser.parse_args()


def main():
    args = parsed()
    programs = Programs(args.les, args.cloud)
    faults = [*hanging_cloud.checks(programs), *paused.checks(programs), *lost_collector.checks(programs)]
    if args.may_mount:
        faults += full_disk.checks(programs)
    else:
        print("*** SKIPPED: a full disk (tests/observability): needs root and namespaces", file=sys.stderr)
        if os.environ.get("CI"):
            return 1
    with story.Story(programs) as live:
        # Those of the live cluster are in order; the others do not meet.
        groups = [("files", files.checks(), 4), ("live", live.checks(), 1), ("faults", faults, 2)]
        selected = [(title, [check for check in checks if args.only in f"{title}: {check[0]}"], at_once) for title, checks, at_once in groups]
        if args.list:
            print("\n".join(f"{title}: {name}" for title, checks, _ in selected for name, _ in checks))
            return 0
        passed = [suite.run(f"telemetry, {title}", checks, at_once) for title, checks, at_once in selected if checks]
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
