"""What a block tells a reader to type, and what it shows as the answer."""

import re

_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_COMMENT = re.compile(r"\s{2,}# .*$")


class Command:
    """`text` is typed as it is. `shown` are the lines of the answer; none: the page says nothing about it."""

    def __init__(self, text, shown, line):
        self.text, self.shown, self.line = text, shown, line

    @property
    def bare(self):
        """Without the page's remark at the end of the line."""
        return "\n".join(_COMMENT.sub("", line) for line in self.text.splitlines())


def commands(block):
    """Of a `console` block each line with the prompt (`$ `, or `# ` for root, which the block begins with) and its continuation; `sh` is one script."""
    if block.language != "console":
        return [Command(block.text, [], block.line + 1)]
    lines = block.text.splitlines()
    prompt = lines[0][:2] if lines else ""
    if prompt not in ("$ ", "# "):
        raise ValueError(f"{block.place}: a block of commands begins with a prompt")
    found, number = [], 0
    while number < len(lines):
        start = number
        number = _end_of_command(lines, number)
        text = "\n".join(lines[start:number]).removeprefix(prompt)
        shown = []
        while number < len(lines) and not lines[number].startswith(prompt):
            shown.append(lines[number])
            number += 1
        found.append(Command(text, shown, block.line + 1 + start))
    return found


def _end_of_command(lines, number):
    """After the lines that a backslash or a here-document brings."""
    heredoc = _HEREDOC.search(lines[number])
    if heredoc:
        while number + 1 < len(lines) and lines[number] != heredoc[1]:
            number += 1
        return number + 1
    while lines[number].endswith("\\") and number + 1 < len(lines):
        number += 1
    return number + 1
