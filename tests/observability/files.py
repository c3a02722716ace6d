"""What needs no node: promtool's word on rules and configuration, and what must be so in the dashboard."""

import os
import re
import subprocess

import queries
from documented import ROOT, metrics

PROMETHEUS = os.path.join(ROOT, "deploy", "prometheus")
RULES = os.path.join(PROMETHEUS, "les.rules.yml")
ALERTS = os.path.join(ROOT, "docs", "alerts.md")


def promtool(*arguments, stdin=None):
    """What it says; it may complain of nothing."""
    done = subprocess.run(["promtool", *arguments], cwd=PROMETHEUS, input=stdin, capture_output=True, text=True)
    assert done.returncode == 0, f"promtool {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def alerts():
    """Names of the rules, in order."""
    return re.findall(r"^ *- alert: (\w+)$", read(RULES), re.M)


def rules_are_well_formed():
    promtool("check", "rules", "les.rules.yml")
    promtool("check", "config", "prometheus.yml")


def rules_fire_when_they_should():
    promtool("test", "rules", "les.rules.test.yml")


def every_alert_is_tested():
    tests = read(os.path.join(PROMETHEUS, "les.rules.test.yml"))
    fired = set(re.findall(r'alertname="(\w+)", alertstate="firing"', tests))
    assert fired == set(alerts()), f"not seen to fire, or no such alert: {fired ^ set(alerts())}"


def every_alert_says_what_to_do():
    """A severity, the three annotations, and a section of the page that `runbook` names."""
    headings = re.findall(r"^## (\w+)$", read(ALERTS), re.M)
    assert headings == alerts() or sorted(headings) == sorted(alerts()), f"{ALERTS} has other alerts: {set(headings) ^ set(alerts())}"
    for rule in read(RULES).split("- alert: ")[1:]:
        name = rule.split("\n", 1)[0]
        assert re.search(r"^ +severity: (critical|warning)$", rule, re.M), name
        assert re.search(r"^ +summary: \S", rule, re.M) and re.search(r"^ +description: >-\n +\S", rule, re.M), name
        assert f"runbook: docs/alerts.md#{name.lower()}\n" in rule, f"{name}: the section of that name"
        assert re.search(r"`(les [a-z]|systemctl|df)", rule), f"{name}: no command to begin with"


def dashboard_explains_itself():
    for panel in queries.panels():
        assert panel.get("description"), f"{panel['title']}: no description"
        assert panel["fieldConfig"]["defaults"].get("unit"), f"{panel['title']}: no unit"
        assert panel["targets"], f"{panel['title']}: no query"
    assert queries.dashboard()["schemaVersion"] >= 39, "older than Grafana 11"


def dashboard_is_nobodys_own():
    """It works with any data source and can be imported twice."""
    board = queries.dashboard()
    assert board["id"] is None and "uid" not in board, "ids of one Grafana"
    sources = [board, *board["panels"], *(target for panel in queries.panels() for target in panel["targets"])]
    used = [part["datasource"]["uid"] for part in sources if "datasource" in part]
    assert used and set(used) == {"${datasource}"}, set(used)
    kinds = {variable["name"]: variable["type"] for variable in board["templating"]["list"]}
    assert kinds == {"datasource": "datasource", "job": "query", "instance": "query"}, kinds
    for query in queries.of_dashboard():
        for name, matchers in query.metrics():
            assert {("job", "=~", "$job"), ("instance", "=~", "$instance")} <= set(matchers), f"{query.where}: {name} of all clusters"


def panels_have_their_places():
    taken = set()
    ids = [panel["id"] for panel in queries.dashboard()["panels"]]
    assert len(ids) == len(set(ids)), "an id twice"
    for panel in queries.dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken and at["x"] + at["w"] <= 24, f"{panel['title']} overlaps"
        taken |= cells


def queries_name_what_is_documented():
    """Also the values that no test can bring about."""
    known = metrics()
    expressions = [*queries.of_dashboard(), *queries.of_variables(), queries.Query("les.rules.yml", read(RULES))]
    for query in expressions:
        for sample, matchers in query.metrics():
            name = sample if sample in known else re.sub(r"_(bucket|sum|count)$", "", sample)
            assert name in known, f"{query.where}: {sample} is not in docs/metrics.md"
            assert (name != sample) == (known[name].kind == "histogram"), f"{query.where}: {sample}"
            for label, _, _ in matchers:
                assert label in known[name].labels or label in queries.OF_PROMETHEUS, f"{query.where}: {sample} has no {label}"
        for sample, label, value in query.values():
            values = known[re.sub(r"_(bucket|sum|count)$", "", sample)].labels[label]
            assert values is None or value in values, f"{query.where}: {label} of {sample} is never {value}"


def checks():
    return [
        ("promtool finds rules and configuration well formed", rules_are_well_formed),
        ("each alert fires when it should, and nothing else", rules_fire_when_they_should),
        ("every alert is tested", every_alert_is_tested),
        ("every alert says what to do", every_alert_says_what_to_do),
        ("every panel has a description and a unit", dashboard_explains_itself),
        ("the dashboard is bound to no Grafana", dashboard_is_nobodys_own),
        ("no panel covers another", panels_have_their_places),
        ("queries name what docs/metrics.md has", queries_name_what_is_documented),
    ]
