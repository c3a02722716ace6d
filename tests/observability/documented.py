"""The table of docs/metrics.md: what a metric is said to be."""

import os
import re
from dataclasses import dataclass

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGE = os.path.join(ROOT, "docs", "metrics.md")
_LABEL = re.compile(r"`(\w+)`(?: \(([^)]*)\))?")


@dataclass
class Metric:
    """One row. `labels` has the values of each label; None where they are those of the configuration or the cluster."""

    kind: str
    labels: dict


def metrics():
    """All rows, by name."""
    found = {}
    with open(PAGE, encoding="utf-8") as page:
        for line in page:
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("| `") else []
            if cells:
                name, kind, _, labels, *_ = cells
                labels = {label: values and re.findall(r"`(\w+)`", values) for label, values in _LABEL.findall(labels)}
                found[name.strip("`")] = Metric(kind, {label: values or None for label, values in labels.items()})
    assert found, f"{PAGE} has no table of metrics"
    return found
