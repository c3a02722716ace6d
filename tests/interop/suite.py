"""Runs named checks and counts them: no packages needed, and the logs of the nodes when one fails."""

import concurrent.futures
import threading
import time
import traceback

_printing = threading.Lock()


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
