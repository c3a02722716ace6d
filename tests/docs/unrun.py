"""Blocks that nothing runs. Each says why, and docs/not-tried.md has them all."""

import os

import pages
from links import slugs

LIST = "docs/not-tried.md"


def row(block):
    """The line of the table for a block."""
    there = os.path.relpath(block.page, "docs")
    (anchor,) = slugs([block.section]) if block.section else ("",)
    return f"| [{os.path.basename(block.page)}, {block.section}]({there}#{anchor}) | {block.says['not run']} |"


def rows(book):
    return list(dict.fromkeys(row(block) for page in book for block in page.commands() if "not run" in block.says))


def problems(book):
    """Where the list and the pages differ."""
    said = [line for line in pages.read(LIST).text.splitlines() if line.startswith("| [")]
    is_ours = lambda line: "#" in line.split(" | ")[0] and line.count(" | ") == 1
    listed, true = [line for line in said if is_ours(line)], rows(book)
    yield from (f"{LIST} lacks this line: {line}" for line in true if line not in listed)
    yield from (f"{LIST} has this line, and no page does: {line}" for line in listed if line not in true)
