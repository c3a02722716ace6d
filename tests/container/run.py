#!/usr/bin/env python3
"""The image, and containers of it; see run.sh, which gives this process namespaces of its own."""

import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "hosts"), os.path.join(HERE, "..", "interop")]

import by_the_page
import composed
import documents
import image
import scenarios
import suite
import tls
from engine import Engine

STATIC = f"target/{os.uname().machine}-unknown-linux-gnu/debug"  # where the Makefile builds them


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument("--les", default=f"{STATIC}/les", help="a static program")
    parser.add_argument("--cloud", default=f"{STATIC}/examples/simulated-cloud", help="likewise")
    parser.add_argument("--only", default="", help="only checks with this in their names; those of `containers` belong together")
    parser.add_argument("--list", action="store_true", help="the names of the checks")
    return parser.parse_args()


def main():
    args = parsed()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with Engine() as engine:
        certificates = None
        if not args.list:
            certificates = tls.certificates(engine.directory)
            # Loads of debug information would make a large image: what is looked at is what a release would be.
            les, cloud = engine.file("les"), engine.file("simulated-cloud")
            for program, stripped in [(args.les, les), (args.cloud, cloud)]:
                subprocess.run(["strip", "-o", stripped, program], check=True)
            engine.build("les", les, "localhost/les", *image.options(engine))
            engine.build("simulated-cloud", cloud, "localhost/simulated-cloud")
        with_tools = documents.tools_are_there()
        checks = [
            *(documents.checks(engine.file("les")) if with_tools else []),
            *image.checks(engine, "localhost/les", engine.file("les")),
            *scenarios.checks(engine, certificates),
            *by_the_page.checks(engine),
            *(composed.checks(engine) if with_tools else []),
        ]
        checks = [check for check in checks if args.only in check[0]]
        if args.list:
            print("\n".join(name for name, _ in checks))
            return 0
        if not with_tools:
            print("*** SKIPPED: linters, schemas and compose.yaml (tests/container): tests/setup.sh could not make .venv", file=sys.stderr)
            if os.environ.get("CI"):
                return 1
        return 0 if suite.run("containers", checks) else 1


if __name__ == "__main__":
    sys.exit(main())
