#!/usr/bin/env python3
"""House rules that no compiler checks. Read-only; part of `make lint`. A rule that must be broken is listed here, with the reason."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST_FILE = 400  # lines; a file that a person takes in at one sitting
SOURCES = {".rs", ".py", ".sh", ".mjs", ".js", ".css", ".html"}

# (name, what is looked for, in which files, what to do instead)
RULES = [
    ("unfinished", re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), lambda path: True, "finish it or file an issue"),
    ("ignored-test", re.compile(r"#\[ignore\b"), lambda path: path.suffix == ".rs", "mend the test or delete it"),
    ("sleep", re.compile(r"\bsleep\("), lambda path: is_test(path), "wait for a predicate with a deadline"),
    ("retry", re.compile(r"flaky|retries\s*="), lambda path: is_test(path), "mend the test; a test that passes the second time has failed"),
]

# (rule, path) -> why it may
ALLOWED = {
    ("unfinished", "tests/tidy.py"): "names the words it looks for",
    ("ignored-test", "tests/tidy.py"): "names the words it looks for",
    ("sleep", "tests/tidy.py"): "names the words it looks for",
    ("retry", "tests/tidy.py"): "names the words it looks for",
    ("sleep", "tests/it/support/wait.rs"): "the pause between two looks of its wait",
    ("sleep", "tests/interop/processes.py"): "the pause between two looks of wait_until",
    ("sleep", "tests/hosts/waiting.py"): "the pause between two looks of wait_until and holds_for",
    ("sleep", "tests/faults/proxy.py"): "faults: a delay, and the age at which connections are closed",
    ("sleep", "tests/interop/peer.py"): "a node's loop rate and its faults, not a test's wait",
    ("sleep", "tests/interop/states.py"): "a fault: one byte a second",
    ("sleep", "providers/rest/tests/it/acme/server.rs"): "faults: a late answer, and one byte now and then",
    ("sleep", "tests/openstack/serve.py"): "the pause between two looks of wait_for",
    ("sleep", "tests/moto/src/front.rs"): "faults: an answer or an effect that comes late",
    ("sleep", "tests/bench/src/clock.rs"): "faults at random moments, and the pause between two looks; a measurement, not a test",
    ("sleep", "tests/interop/record.py"): "a recording lasts as long as it says; nothing is asserted",
}


def is_test(path):
    return path.parts[0] == "tests" or "tests" in path.parts[:-1] or path.name == "tests.rs"


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [pathlib.PurePosixPath(line) for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def problems(path):
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    if len(lines) > LONGEST_FILE and ("length", str(path)) not in ALLOWED:
        yield f"{path}: {len(lines)} lines, more than {LONGEST_FILE}: split it"
    for rule, pattern, applies, instead in RULES:
        if applies(path) and (rule, str(path)) not in ALLOWED:
            for number, line in enumerate(lines, 1):
                if pattern.search(line):
                    yield f"{path}:{number}: {rule}: {line.strip()}\n    {instead}"


def main():
    files = tracked_files()
    found = [problem for path in files if path.suffix in SOURCES for problem in problems(path)]
    gone = [f"tests/tidy.py: the exception for {path} ({rule}) is not needed: no such file" for rule, path in ALLOWED if not (ROOT / path).is_file()]
    for problem in found + gone:
        print(problem, file=sys.stderr)
    print(f"tidy: {len(files)} files, {len(found) + len(gone)} problems")
    return 1 if found or gone else 0


if __name__ == "__main__":
    sys.exit(main())
