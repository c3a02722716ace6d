"""Prometheus' text format 0.0.4, as far as a node writes it."""

import re

_SAMPLE = re.compile(r'^(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$')
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')
PARTS = ("_bucket", "_sum", "_count")  # of a histogram


class Samples:
    """What one scrape brought: samples, and the declared types by metric."""

    def __init__(self, text):
        self.types, self.helps, self.samples = {}, {}, []
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                assert name not in self.types, f"{name} is declared twice"
                self.types[name] = kind
            elif line.startswith("# HELP "):
                _, _, name, words = line.split(" ", 3)
                self.helps[name] = words
            elif line and not line.startswith("#"):
                self.samples.append(_sample(line))

    def value(self, name, **labels):
        """The one sample of exactly these labels."""
        return next((value for at, given, value in self.samples if at == name and given == labels), None)

    def named(self, name):
        """All samples of this name: (labels, value)."""
        return [(labels, value) for at, labels, value in self.samples if at == name]

    def family(self, sample):
        """The metric that a sample belongs to: a histogram has samples of three names."""
        base = next((sample.removesuffix(part) for part in PARTS if sample.endswith(part)), sample)
        return base if self.types.get(base) == "histogram" else sample

    def labels(self, metric):
        """The values of each label of a metric; without `le`, which is the format's own."""
        found = {}
        for name, labels, _ in self.samples:
            if self.family(name) == metric:
                for label, value in labels.items():
                    if label != "le":
                        found.setdefault(label, set()).add(value)
        return found


def _sample(line):
    match = _SAMPLE.match(line)
    assert match, f"not a sample: {line}"
    labels = match["labels"] or ""
    assert _LABEL.sub("", labels) == "", f"not labels: {line}"
    return match["name"], {name: value.replace(r"\"", '"').replace(r"\\", "\\") for name, value in _LABEL.findall(labels)}, float(match["value"])


def merged(scrapes):
    """All nodes' samples as if one had told them."""
    whole = Samples("")
    for scrape in scrapes:
        whole.types.update(scrape.types)
        whole.helps.update(scrape.helps)
        whole.samples += scrape.samples
    return whole
