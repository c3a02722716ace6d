"""Applies each mutant to a copy of the sources and says who catches it: `make mutants` (ARGS="--only quorum")."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 900
# Each one alone: what it takes to catch a mutant is what a person wants to know.
CATCHERS = {
    "core tests": ["cargo", "test", "--locked", "--quiet", "-p", "les-core"],
    "scenarios": ["cargo", "test", "--locked", "--quiet", "-p", "les-sim", "--test", "scenarios"],
    "model": ["cargo", "run", "--locked", "--quiet", "-p", "les-model", "--", "--steps", "8"],
    "quorum model": ["cargo", "run", "--locked", "--quiet", "-p", "les-model", "--", "--steps", "8", "--mode", "quorum"],
    "seeds": ["cargo", "run", "--locked", "--quiet", "-p", "les-sim", "--", "run", "400"],
    "driver tests": ["cargo", "test", "--locked", "--quiet", "-p", "les", "--lib", "reconcile"],
}


def copy_sources(to: Path) -> None:
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True,
    ).stdout.decode().split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def fails(sources: Path, command: list[str]) -> bool:
    env = {**os.environ, "RUST_BACKTRACE": "0"}
    try:
        done = subprocess.run(
            command, cwd=sources, env=env, timeout=LIMIT,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
    except subprocess.TimeoutExpired:
        return True
    if "could not compile" in done.stderr:
        raise SystemExit(f"this mutant does not compile:\n{done.stderr}")
    return done.returncode != 0


def catchers_of(mutant: Mutant) -> list[str]:
    core = mutant.file.startswith("src/core/")
    return [name for name in CATCHERS if (name != "driver tests") == core]


def caught_by(sources: Path, mutant: Mutant, thorough: bool) -> list[str]:
    path = sources / mutant.file
    text = path.read_text()
    if text.count(mutant.old) != 1:
        raise SystemExit(f"{mutant.name}: its text is {text.count(mutant.old)} times in {mutant.file}")
    path.write_text(text.replace(mutant.old, mutant.new))
    caught = []
    try:
        for name in catchers_of(mutant):
            if fails(sources, CATCHERS[name]):
                caught.append(name)
                if not thorough:
                    break
    finally:
        path.write_text(text)
    return caught


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutants whose name contains this")
    parser.add_argument("--thorough", action="store_true", help="ask every catcher, not just the first that catches")
    args = parser.parse_args()
    survivors = []
    with tempfile.TemporaryDirectory(prefix="les-mutants-") as scratch:
        sources = Path(scratch)
        copy_sources(sources)
        # Never the one that people build in: cargo takes a mutated copy for the same package.
        target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
        os.environ["CARGO_TARGET_DIR"] = os.path.join(target, "mutants")
        for name, command in CATCHERS.items():
            if fails(sources, command):
                raise SystemExit(f"{name} fail without any mutant")
        for mutant in MUTANTS:
            if args.only not in mutant.name:
                continue
            begun = time.monotonic()
            caught = caught_by(sources, mutant, args.thorough)
            survivors += [] if caught else [mutant.name]
            verdict = ", ".join(caught) or "NOBODY"
            print(f"{mutant.name}: caught by {verdict} ({time.monotonic() - begun:.0f} s)", flush=True)
    print(f"{len(survivors)} mutants survive: {survivors}" if survivors else "every mutant is caught")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
