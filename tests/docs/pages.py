"""Pages of the book: their fenced blocks, with what the comments before them say, their headings and their links."""

import functools
import os
import re
import subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
COMMANDS = {"console", "sh", "bash"}  # languages whose blocks are run
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)\s*$")
_DIRECTIVE = re.compile(r"^ *<!-- (?P<name>[a-z ]+?): (?P<value>.+?) -->$")
_KNOWN = {"run", "run by", "not run", "file", "stage", "page run by"}
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$")


class Block:
    """A fenced block. `says` is what the comments directly before it say, by name."""

    def __init__(self, page, line, language, text, says, section):
        self.page, self.line, self.language, self.text, self.says, self.section = page, line, language, text, says, section

    @property
    def place(self):
        return f"{self.page}:{self.line}"


class Page:
    """`path` is relative to the repository."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.blocks, self.headings, self.prose, self.says = [], [], [], {}
        self._read(text.splitlines())

    def _read(self, lines):
        says, section, number = {}, "", 0
        while number < len(lines):
            line = lines[number]
            fence = _FENCE.match(line)
            if fence:
                end = _end_of_block(lines, number, self.path)
                body = [each.removeprefix(fence["indent"]) for each in lines[number + 1 : end]]
                self.blocks.append(Block(self.path, number + 1, fence["language"], "\n".join(body), says, section))
                says, number = {}, end + 1
                continue
            directive, heading = _DIRECTIVE.match(line), _HEADING.match(line)
            if directive:
                _note(self.says if directive["name"].startswith("page ") else says, directive, f"{self.path}:{number + 1}")
            elif line.strip() and says:
                raise ValueError(f"{self.path}:{number + 1}: {says} stands before no block")
            elif heading:
                section = heading[1]
                self.headings.append(section)
            if not directive:
                self.prose.append((number + 1, line))
            number += 1

    def commands(self):
        return [block for block in self.blocks if block.language in COMMANDS]


def _end_of_block(lines, start, path):
    closing = _FENCE.match(lines[start])["indent"] + "```"
    for number in range(start + 1, len(lines)):
        if lines[number].rstrip() == closing:
            return number
    raise ValueError(f"{path}:{start + 1}: this block does not end")


def _note(says, directive, place):
    name = directive["name"]
    if name not in _KNOWN:
        raise ValueError(f"{place}: nobody knows what `{name}` means")
    if name in says:
        raise ValueError(f"{place}: `{name}` is said twice")
    says[name] = directive["value"]


def tracked(*patterns):
    """Files of the repository, those that are new among them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return sorted({line for line in listed.stdout.splitlines() if os.path.isfile(os.path.join(ROOT, line))})


@functools.cache
def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return Page(path, file.read())


def book():
    """The pages whose commands are run, in the order of the table of contents; others after those."""
    contents = read("docs/README.md").text
    paths = [path for path in tracked("README.md", "docs/*.md", "providers/rest/presets/*.md")]
    place = {path: contents.find(f"({os.path.relpath(path, 'docs')})") for path in paths}
    return [read(path) for path in sorted(paths, key=lambda path: (place[path] < 0, place[path], path))]
