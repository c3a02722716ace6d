"""Links between pages: the file is there, and so is the heading. Nothing beyond the repository is asked."""

import collections
import os
import re

import pages

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"(`+).*?\1")
_ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:")


def slugs(headings):
    """What GitHub calls them in an address."""
    seen, found = collections.Counter(), set()
    for heading in headings:
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def links(page):
    """(line, target) of those that stay within the repository."""
    for number, line in page.prose:
        for match in _LINK.finditer(_CODE.sub(lambda code: "`" * len(code[0]), line)):
            target = match[1] or match[2]
            if not _ELSEWHERE.match(target):
                yield number, target


def problems(paths):
    for path in paths:
        for number, target in links(pages.read(path)):
            wrong = _wrong(path, target)
            if wrong:
                yield f"{path}:{number}: {target}: {wrong}"


def _wrong(path, target):
    name, _, anchor = target.partition("#")
    there = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
    if not os.path.exists(os.path.join(pages.ROOT, there)):
        return "there is no such file"
    if anchor and there.endswith(".md") and anchor not in slugs(pages.read(there).headings):
        return f"{there} has no such heading"
    return None


def left_out():
    """Pages of the book that its table of contents does not name."""
    named = {os.path.normpath(os.path.join("docs", target.partition("#")[0])) for _, target in links(pages.read("docs/README.md"))}
    return [f"docs/README.md does not name {path}" for path in pages.tracked("docs/*.md") if path not in named | {"docs/README.md"}]
