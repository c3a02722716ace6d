#!/usr/bin/env python3
"""Runs the book; see run.sh and README.md."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", name) for name in ("hosts", "interop")]

import elsewhere
import links
import machine
import pages
import recipes
import suite
import unrun
from reader import Reader


def is_here(block):
    """Whether this test is the one that runs it."""
    page = pages.read(block.page)
    return block.language in pages.COMMANDS and not ({"run", "run by", "not run"} & block.says.keys()) and "page run by" not in page.says


def none(problems):
    """Raises if there are any."""
    found = list(problems)
    if found:
        raise AssertionError("\n".join(found))


def follow(args, path):
    """On a machine of its own, the commands of one page."""

    def check():
        print(machine.alone(["--page", path, "--les", args.les, "--cloud", args.cloud]).strip(), end=" ")

    return check


def of_others(book):
    for page in book:
        for block in page.commands():
            if not is_here(block) and "not run" not in block.says:
                yield from elsewhere.problems(block, page)


def checks(args):
    book = pages.book()
    yield "links: every one leads somewhere", lambda: none(links.problems(pages.tracked("*.md")))
    yield "links: the table of contents names every page", lambda: none(links.left_out())
    yield "commands: who else is said to run them does", lambda: none(of_others(book))
    yield "commands: what nothing runs is in docs/not-tried.md", lambda: none(unrun.problems(book))
    yield from recipes.checks(args)
    for page in book:
        if any(is_here(block) for block in page.commands()):
            yield f"page: {page.path}", follow(args, page.path)


def parsed():
    parser = suite.selection(suite.options())
    parser.add_argument("--not-run", action="store_true", help="the lines that docs/not-tried.md shall have")
    parser.add_argument("--page", help="this page, here and now: what `alone` starts")
    parser.add_argument("--recipe", help="this recipe, here and now: likewise")
    args = parser.parse_args()
    args.les, args.cloud = os.path.abspath(args.les), os.path.abspath(args.cloud)
    return args


def main():
    args = parsed()
    if args.page:
        print(Reader(args.les, args.cloud).follow(pages.read(args.page), is_here), "commands")
        return 0
    if args.recipe:
        recipes.HERE[args.recipe](args)
        return 0
    if args.not_run:
        print("\n".join(unrun.rows(pages.book())))
        return 0
    chosen = [check for check in checks(args) if args.only in check[0]]
    if args.list:
        print("\n".join(name for name, _ in chosen))
        return 0
    passed = suite.run("docs", chosen)
    if args.only:
        return 0 if passed else 1
    unrun_blocks = [block for page in pages.book() for block in page.commands() if "not run" in block.says]
    print(f"docs: {len(unrun_blocks)} blocks of commands that nothing runs (docs/not-tried.md):")
    print("\n".join(f"  {block.place}: {block.says['not run']}" for block in unrun_blocks))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
