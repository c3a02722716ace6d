"""Waiting for what should come to pass, and watching what should not."""

import time

SECONDS = 60  # for anything to come to pass; generous, since it only ends a test that has failed
_LOOK = 0.1


def wait_until(what, predicate, look=_LOOK):
    """Looks until `predicate()` is true. `what` says what is waited for; a function is asked when it did not come."""
    deadline = time.monotonic() + SECONDS
    while not predicate():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {SECONDS} s: {what() if callable(what) else what}")
        time.sleep(look)


def holds_for(seconds, check):
    """Calls `check`, which raises if something is not as it should be, again and again for so long."""
    deadline = time.monotonic() + seconds
    check()
    while time.monotonic() < deadline:
        time.sleep(_LOOK)
        check()
