#!/usr/bin/env python3
"""The page at `/`, in headless Chromium, while things happen to three real nodes; see run.sh."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "hosts"), os.path.join(HERE, "..", "interop")]

import scenarios
import suite
from browser import Browser
from nodes import Nodes
from page import Page


def parsed():
    parser = suite.options()
    parser.add_argument("--pictures", metavar="DIR", help="keeps pictures of the page in this directory")
    return parser.parse_args()


def main():
    args = parsed()
    with Nodes(args.les, args.cloud) as nodes, Browser() as browser:
        return 0 if suite.run("page", scenarios.checks(nodes, Page(browser, args.pictures))) else 1


if __name__ == "__main__":
    sys.exit(main())
