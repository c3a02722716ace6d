"""Runs named checks and counts them: no packages needed, and the logs of the nodes when one fails."""

import argparse
import concurrent.futures
import threading
import time
import traceback

_printing = threading.Lock()


def options():
    """What every suite over real nodes is told: which programs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--les", default="target/debug/les")
    parser.add_argument("--cloud", default="target/debug/examples/simulated-cloud")
    return parser


def selection(parser, only="only checks with this in their names"):
    """The same, and which checks."""
    parser.add_argument("--only", default="", help=only)
    parser.add_argument("--list", action="store_true", help="the names of the checks")
    return parser


def run(title, checks, at_once=1):
    """`checks` are (name, function) pairs; a check passes if it raises nothing. True if all did. Prints one line each and the count last."""
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        passed = list(pool.map(lambda check: _passes(*check), checks))
    print(f"{title}: {sum(passed)} passed, {len(passed) - sum(passed)} failed", flush=True)
    return all(passed)


def _passes(name, check):
    started = time.monotonic()
    try:
        check()
        outcome, details = "ok", ""
    except Exception:
        outcome, details = "FAILED", traceback.format_exc()
    with _printing:
        print(f"{name} ... {outcome} ({time.monotonic() - started:.1f} s)\n{details}", end="", flush=True)
    return outcome == "ok"
