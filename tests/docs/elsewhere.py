"""Blocks that another test runs: that it does is seen in its text.

Either it reads the page (it names the page's file), or every command stands in it, or in a page that it reads, word for word."""

import os
import re

import commands
import pages

# Who runs the blocks of a page that are marked `<!-- run: NAME -->`.
FOLLOWERS = {"docs/installing.md": "tests/machines/as_written.py", "docs/containers.md": "tests/container/by_the_page.py"}


def problems(block, page):
    """Why the test that this block names does not run it; none: it does."""
    if "run" in block.says:
        yield from _followed(block)
    else:
        test = (block.says.get("run by") or page.says["page run by"]).split()[0]
        texts = _texts(test)
        if not texts:
            yield f"{block.place}: there is no {test}"
        elif not any(_reads(text, block.page) for text in texts):
            yield from _not_in(block, test, texts)


def _followed(block):
    name, follower = block.says["run"], FOLLOWERS.get(block.page)
    if follower is None:
        yield f"{block.place}: nobody follows this page by names"
    elif not any(f'follows("{name}"' in text for text in _own_texts(follower)):
        yield f"{block.place}: {follower} does not follow `{name}`"


def _not_in(block, test, texts):
    squeezed = [_squeezed(text) for text in texts]
    for command in commands.commands(block):
        if not any(_squeezed(command.bare) in text for text in squeezed):
            yield f"{block.page}:{command.line}: {test} does not have this command: {command.bare}"


def _reads(text, page):
    """Whether this test opens the page: by its path, in one string or in its parts."""
    return f'{page}"' in text or ", ".join(f'"{part}"' for part in page.split("/")) in text


def _squeezed(text):
    return re.sub(r"[\s\\]+", " ", text).strip()


def _texts(test):
    texts = _own_texts(test)
    reads = [page for page in pages.tracked("docs/*.md") if any(_reads(text, page) for text in texts)]
    return texts + [pages.read(page).text for page in reads]


def _own_texts(test):
    texts = []
    for path in pages.tracked(test):
        if os.path.isfile(os.path.join(pages.ROOT, path)) and os.path.splitext(path)[1] in (".py", ".sh", ".rs", ".yml", ".mjs", ""):
            with open(os.path.join(pages.ROOT, path), encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
    return texts
