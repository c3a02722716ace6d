"""Whether an answer is the one that a page shows, but for what differs from run to run."""

import re

ANY_LINES = {"...", "…"}  # alone on a line of a page
ANYTHING = "…"  # within a line

# What differs by nature. Both sides are read so; a page may show the value that it had when somebody wrote it.
_VARIES = [
    # Columns are as wide as what stands in them, and a paragraph breaks where its times let it.
    (re.compile(r"\s+"), " "),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "<time>"),
    (re.compile(r"\b\d\d:\d\d:\d\d(\.\d+)?\b"), "<clock>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b\d{13}\b"), "<epoch>"),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|s|min|h|d)\b( \d+(\.\d+)? ?(ms|s|min|h)\b)*"), "<duration>"),
    (re.compile(r'(_ms": ?)-?\d+'), r"\1<duration>"),
]


def plain(text):
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return text.strip()


def matches(shown, said):
    """`shown` is what the page has, `said` what the program printed; lists of lines."""
    parts, lines = [], []
    for line in [*shown, "..."]:
        if line.strip() in ANY_LINES:
            parts.append(_pattern("\n".join(lines)))
            lines = []
        else:
            lines.append(line)
    *parts, last = parts
    expected = "".join(f"{part}(?:.* )??" if part else "(?:.* )??" for part in parts) + last
    return re.fullmatch(expected, _ended(plain("\n".join(said)))) is not None


def _pattern(text):
    """Of lines without one that stands for any."""
    return _ended(".*?".join(map(re.escape, plain(text).split(ANYTHING))))


def _ended(text):
    """With a space at the end, but for nothing."""
    return f"{text} " if text else ""
