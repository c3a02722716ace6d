"""The shape of a file: which blocks are in which, and the text of each attribute.

HashiCorp's parser gives a file as JSON, in which a block and a list of objects look the same, and lines are gone. So this reads
the shape again from the text of a file that the parser has accepted; expressions stay text, and go back to the parser."""

import dataclasses
import re

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
SPACE = re.compile(r"(?:[ \t\r]|/\*.*?\*/|(?:#|//)[^\n]*)*", re.DOTALL)
HEREDOC = re.compile(r"<<-?([A-Za-z_][A-Za-z0-9_-]*)\n")
OPENING, CLOSING = "([{", ")]}"


@dataclasses.dataclass
class Attribute:
    name: str
    text: str
    line: int


@dataclasses.dataclass
class Block:
    type: str
    labels: list
    line: int
    attributes: dict = dataclasses.field(default_factory=dict)
    blocks: list = dataclasses.field(default_factory=list)

    def children(self, *types):
        return [block for block in self.blocks if block.type in types]

    def text(self, name):
        """The expression of an attribute; an empty string if it is not set."""
        return self.attributes[name].text if name in self.attributes else ""

    def walk(self):
        """This block and every block in it."""
        yield self
        for block in self.blocks:
            yield from block.walk()


def scan(text):
    """A file as a block without a type."""
    file = Block("", [], 1)
    end = _body(text, 0, file)
    if end < len(text):
        raise ValueError(f"line {_line(text, end)}: a }} too many")
    return file


def _line(text, at):
    return text.count("\n", 0, at) + 1


def _body(text, at, block):
    """Fills the block from here on; returns where its } is, or the end of the file."""
    while True:
        at = SPACE.match(text, at).end()
        if at == len(text) or text[at] == "}":
            return at
        if text[at] == "\n":
            at += 1
        else:
            at = _item(text, at, block)


def _item(text, start, block):
    """One attribute or block; returns where it ends."""
    name = NAME.match(text, start)
    if not name:
        raise ValueError(f"line {_line(text, start)}: neither an attribute nor a block")
    at = SPACE.match(text, name.end()).end()
    if text[at] == "=" and text[at + 1] != "=":
        at = SPACE.match(text, at + 1).end()
        end = _expression(text, at, "\n}#/")
        block.attributes[name.group()] = Attribute(name.group(), text[at:end].strip(), _line(text, start))
        return end
    labels = []
    while text[at] != "{":
        label_end = _string(text, at) if text[at] == '"' else NAME.match(text, at).end()
        labels.append(text[at:label_end].strip('"'))
        at = SPACE.match(text, label_end).end()
    inner = Block(name.group(), labels, _line(text, start))
    block.blocks.append(inner)
    return _body(text, at + 1, inner) + 1


def _expression(text, at, stops):
    """Where the expression ends: at one of `stops` that is in no bracket, string or heredoc. A / stops it only as a comment."""
    depth = 0
    while at < len(text):
        here = text[at]
        if depth == 0 and here in stops and (here != "/" or text[at + 1] == "/"):
            return at
        heredoc = HEREDOC.match(text, at)
        if heredoc:
            at = re.compile(rf"^[ \t]*{heredoc[1]}$", re.MULTILINE).search(text, heredoc.end()).end()
        elif here == '"':
            at = _string(text, at)
        elif here == "#" or text.startswith(("//", "/*"), at):
            at = SPACE.match(text, at).end()
        else:
            depth += (here in OPENING) - (here in CLOSING)
            at += 1
    return at


def _string(text, at):
    """Where the string that starts here ends. What is in ${ } and %{ } may have strings of its own."""
    at += 1
    while text[at] != '"':
        if text[at] == "\\" or text.startswith(("$${", "%%{"), at):
            at += 2 if text[at] == "\\" else 3
        elif text.startswith(("${", "%{"), at):
            at = _expression(text, at + 2, "}") + 1
        else:
            at += 1
    return at + 1
