"""PromQL as the rules and the dashboard have it: which metrics, labels and values a query names. Not a parser: Prometheus is one."""

import json
import os
import re
from dataclasses import dataclass

from documented import ROOT

DASHBOARD = os.path.join(ROOT, "deploy", "grafana", "les.json")
# What Grafana puts in; one cluster and all of its nodes, the whole time in which Prometheus has looked.
VARIABLES = {"$job": ".*", "$instance": ".*", "$__rate_interval": "5s", "$__interval": "5s", "$__range": "5m"}
OF_PROMETHEUS = {"job", "instance", "le"}  # labels that no node tells
_METRIC = re.compile(r"\b((?:les|process)_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_MADE = re.compile(r'label_replace\(.*?,\s*"(\w+)",\s*"[^"]*",\s*"(\w+)"')


@dataclass
class Query:
    """An expression, where it is from, and how it is asked."""

    where: str
    expression: str
    legend: str = ""
    instant: bool = False

    def filled(self):
        """Without Grafana's variables."""
        text = self.expression
        for variable in sorted(VARIABLES, key=len, reverse=True):
            text = text.replace(variable, VARIABLES[variable])
        assert "$" not in text.replace('"$1"', ""), f"{self.where}: a variable that nobody fills in: {text}"
        return text

    def metrics(self):
        """The samples that it names, with their matchers: (name, [(label, operator, value)])."""
        return [(name, _MATCHER.findall(matchers)) for name, matchers in _METRIC.findall(self.expression)]

    def labels(self):
        """Every label that it names outside of matchers and that it has not made itself."""
        made = {new for new, _ in _MADE.findall(self.expression)}
        groups = [label.strip() for inside in _GROUPING.findall(self.expression) for label in inside.split(",") if label.strip()]
        sources = [source for _, source in _MADE.findall(self.expression)]
        return {*groups, *sources, *re.findall(r"\{\{(\w+)\}\}", self.legend)} - made

    def values(self):
        """The values that its matchers ask for, apart from variables: (name, label, value)."""
        return [
            (name, label, value)
            for name, matchers in self.metrics()
            for label, _, values in matchers
            if not values.startswith("$")
            for value in values.split("|")
        ]


def dashboard():
    with open(DASHBOARD, encoding="utf-8") as file:
        return json.load(file)


def panels():
    """Those that show something."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def of_dashboard():
    """What panels, annotations and variables ask for."""
    found = [
        Query(f"panel {panel['title']}", target["expr"], target["legendFormat"], target["instant"])
        for panel in panels()
        for target in panel["targets"]
    ]
    notes = [note for note in dashboard()["annotations"]["list"] if "expr" in note]
    return found + [Query(f"annotation {note['name']}", note["expr"], f"{note['titleFormat']} {note['textFormat']}") for note in notes]


def of_variables():
    """`label_values(selector, label)` of the dashboard's variables, as a query that has that label."""
    asked = [variable["query"]["query"] for variable in dashboard()["templating"]["list"] if variable["type"] == "query"]
    parts = [re.fullmatch(r"label_values\((.*), (\w+)\)", text) for text in asked]
    return [Query(f"variable {match[2]}", f"group by ({match[2]}) ({match[1]})", instant=True) for match in parts]
