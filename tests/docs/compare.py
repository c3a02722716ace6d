"""Whether an answer is the one that a page shows, but for what differs from run to run."""

import re

ANY_LINES = {"...", "…"}  # alone on a line of a page
ANYTHING = "…"  # within a line

# What differs by nature. Both sides are read so; a page may show the value that it had when somebody wrote it.
_VARIES = [
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "<time>"),
    (re.compile(r"\b\d\d:\d\d:\d\d(\.\d+)?\b"), "<clock>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b\d{13}\b"), "<epoch>"),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|s|min|h|d)\b( \d+(\.\d+)? ?(ms|s|min|h)\b)*"), "<duration>"),
    (re.compile(r'(_ms": ?)-?\d+'), r"\1<duration>"),
    (re.compile(r"[ \t]{2,}"), "  "),  # columns are as wide as what stands in them
]


def plain(line):
    for pattern, instead in _VARIES:
        line = pattern.sub(instead, line)
    return line.rstrip()


def matches(shown, said):
    """`shown` is what the page has, `said` what the program printed; lists of lines."""
    return _matches([plain(line) for line in _trimmed(shown)], [plain(line) for line in _trimmed(said)])


def _trimmed(lines):
    lines = list(lines)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _matches(shown, said):
    if not shown:
        return not said
    if shown[0].strip() in ANY_LINES:
        return any(_matches(shown[1:], said[skipped:]) for skipped in range(len(said) + 1))
    return bool(said) and _same(shown[0], said[0]) and _matches(shown[1:], said[1:])


def _same(shown, said):
    return re.fullmatch(".*?".join(map(re.escape, shown.split(ANYTHING))), said) is not None
