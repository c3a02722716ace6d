"""One live cluster under a real Prometheus: a takeover, a hand-over, a pause; then what metrics, rules and panels made of it."""

import contextlib
import math

import exposition
import files
import queries
from documented import metrics
from nodes import ADDRESS, Cluster, target
from prometheus import JOB, Prometheus
from waiting import wait_until

MOST_SERIES = 1000  # of a node; each costs memory in every Prometheus that scrapes it


class Story:
    """The cluster lives from the first check to the end of the `with` block."""

    def __init__(self, programs):
        self.programs = programs
        self.stack = contextlib.ExitStack()
        self.cluster, self.prometheus, self.begun = None, None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def checks(self):
        return [
            ("a new cluster is scraped", self._told("begins")),
            ("counters are there before they count", self._told("counters_begin_at_zero")),
            ("the leader is killed", self._told("takeover")),
            ("it comes back, and the lead is handed over", self._told("hand_over")),
            ("moves are paused and resumed", self._told("pause")),
            ("promtool likes every node's metrics", self._told("promtool_likes_it")),
            ("what is documented is there, and nothing else", self._told("as_documented")),
            ("labels are bounded", self._told("labels_are_bounded")),
            ("queries name what is there", self._told("queries_name_what_is_there")),
            ("Prometheus evaluates every rule, and none fires", self._told("rules_evaluate")),
            ("Prometheus answers every query of the dashboard", self._told("panels_show_something")),
        ]

    def _told(self, name):
        """A step, with the nodes' story if it fails. None can be done on a cluster that did not come up."""

        def check():
            assert self.cluster or name == "begins", "there is no cluster"
            try:
                getattr(self, name)()
            except AssertionError as error:
                if self.cluster:
                    error.add_note(self.cluster.story())
                raise

        return check

    def scraped(self):
        """What all nodes tell now."""
        return exposition.merged(node.metrics() for node in self.cluster.live())

    def begins(self):
        self.cluster = self.stack.enter_context(Cluster(self.programs))
        self.prometheus = self.stack.enter_context(Prometheus(self.cluster.addresses))
        self.begun = self.prometheus.clock()
        self.seen("three nodes", "sum(up) == 3")
        self.seen("one leader", "sum(les_leader) == 1")

    def seen(self, what, expression):
        """Waits until Prometheus says so."""
        wait_until(f"Prometheus sees {what}: {expression}", lambda: self.prometheus.now(expression))

    def counters_begin_at_zero(self):
        """increase() does not see a counter that begins with 1. A follower has moved nothing and taken nothing over."""
        follower = next(node for node in self.cluster.live() if not node.leads()).metrics()
        for name, metric in metrics().items():
            if metric.kind in ("counter", "histogram") and metric.labels:
                for label, values in metric.labels.items():
                    told = follower.labels(name).get(label, set())
                    wanted = set(values or [ADDRESS])
                    assert told == wanted, f"{label} of {name} in a life that has just begun: {told ^ wanted} is missing or too much"
        assert follower.value("les_takeover_seconds_count", phase="total") == 0
        assert follower.value("les_elections_total", reason="dead") == 0

    def takeover(self):
        old = self.cluster.settled()
        self.cluster.nodes[old].kill()
        new = self.cluster.settled()
        node = self.cluster.nodes[new]
        wait_until("the new leader counts one takeover", lambda: node.value("les_takeover_seconds_count", phase="total") == 1)
        for phase in ("detect", "elect", "move", "confirm"):
            assert node.value("les_takeover_seconds_count", phase=phase) == 1, f"{phase} of the one takeover"
        assert node.value("les_elections_total", reason="dead") == 1, "an election by proof of death"
        moves = [(labels["reason"], value) for labels, value in node.metrics().named("les_moves_total") if value]
        assert len(moves) == 1 and moves[0] in [("blind_takeover", 1), ("departed", 1)], moves
        for name in ("wanted", "observed"):
            wait_until(f"every node says that {node.address} is the {name} holder", lambda name=name: all(self.holders(each, name) == {target(new)} for each in self.cluster.live()))
        self.seen("exactly one leader", f'sum(les_leader) == 1 and on () les_leader{{instance="{node.address}"}} == 1')
        self.seen("the new holder", f'les_address_observed_info{{instance="{node.address}", holder="{target(new)}"}}')
        self.seen("that the old leader is gone", f'up{{instance="{self.cluster.addresses[old]}"}} == 0')

    @staticmethod
    def holders(node, name):
        return {labels["holder"] for labels, _ in node.metrics().named(f"les_address_{name}_info")}

    def hand_over(self):
        dead = next(number for number, node in enumerate(self.cluster.nodes) if not node.alive())
        self.cluster.start(dead)
        old = self.cluster.settled()
        self.cluster.order(old, "handoff")
        wait_until("another node leads", lambda: self.cluster.leader() not in (None, old))
        assert self.cluster.nodes[old].value("les_step_downs_total", reason="resigned") == 1, "the reign that was given up"
        assert self.cluster.nodes[self.cluster.settled()].value("les_elections_total", reason="resigned") == 1, "who took it"
        self.seen("three nodes again", "sum(up) == 3")

    def pause(self):
        leader = self.cluster.settled()
        follower = next(number for number in range(self.cluster.size) if number != leader)
        self.cluster.order(follower, "pause")
        wait_until("every node says paused", lambda: all(node.value("les_paused") == 1 for node in self.cluster.live()))
        self.seen("the pause", "sum(les_paused) == 3")
        self.cluster.order(leader, "resume")
        wait_until("every node goes on", lambda: all(node.value("les_paused") == 0 for node in self.cluster.live()))
        self.seen("its end", "sum(les_paused) == 0")

    def promtool_likes_it(self):
        for node in self.cluster.live():
            answer = node.get("/metrics")
            assert answer.status == 200 and answer.header("content-type").replace(" ", "").startswith("text/plain;version=0.0.4"), answer.headers
            assert files.promtool("check", "metrics", stdin=answer.body.decode()) == "", "promtool complains"

    def as_documented(self):
        known, told = metrics(), self.scraped()
        assert set(told.types) == set(known), f"only documented, or only told: {set(told.types) ^ set(known)}"
        for name, metric in known.items():
            assert told.types[name] == metric.kind, f"{name} is a {told.types[name]}"
            assert told.helps.get(name), f"{name} has no help"
            assert set(told.labels(name)) == set(metric.labels), f"{name} has the labels {set(told.labels(name))}"
        undeclared = {name for name, _, _ in told.samples if told.family(name) not in told.types}
        assert not undeclared, f"no TYPE: {undeclared}"

    def labels_are_bounded(self):
        """Hundreds of clients have come from hundreds of ports meanwhile, and nodes have failed to reach a dead one."""
        known, told = metrics(), self.scraped()
        open_labels = {"address": {ADDRESS}, "holder": {"nobody", *map(target, range(self.cluster.size))}, "version": {node.json("/status")["version"] for node in self.cluster.live()}}
        for name, metric in known.items():
            for label, values in told.labels(name).items():
                allowed = set(metric.labels[label] or open_labels[label])
                assert values <= allowed, f"{label} of {name}: {values - allowed}"
        for node in self.cluster.live():
            series = node.metrics().samples
            assert len(series) == len({(name, tuple(sorted(labels.items()))) for name, labels, _ in series}), "a series twice"
            assert len(series) < MOST_SERIES, f"{len(series)} series"

    def queries_name_what_is_there(self):
        told = self.scraped()
        names = {name for name, _, _ in told.samples}
        rules = [queries.Query(f"rule {rule['name']}", rule["query"]) for rule in self.prometheus.rules()]
        for query in [*queries.of_dashboard(), *queries.of_variables(), *rules]:
            labels = set(queries.OF_PROMETHEUS)
            for name, matchers in query.metrics():
                assert name in names, f"{query.where}: no node tells {name}"
                own = told.labels(told.family(name))
                labels |= set(own)
                for label, _, _ in matchers:
                    assert label in own or label in queries.OF_PROMETHEUS, f"{query.where}: {name} has no {label}"
            assert query.labels() <= labels, f"{query.where}: {query.labels() - labels}"
            for name, label, value in query.values():
                assert value in told.labels(told.family(name))[label], f"{query.where}: {name} is never told with {label} {value}"

    def rules_evaluate(self):
        rules = self.prometheus.rules()
        assert [rule["name"] for rule in rules] == files.alerts(), "all rules, in order"
        wait_until("all have been evaluated", lambda: all(rule["health"] != "unknown" for rule in self.prometheus.rules()))
        for rule in self.prometheus.rules():
            assert rule["health"] == "ok", f"{rule['name']}: {rule.get('lastError')}"
        firing = [alert for alert in self.prometheus.api("alerts")["alerts"] if alert["state"] == "firing"]
        assert not firing, f"one death, a hand-over and a short pause are nothing to be woken for: {firing}"

    def panels_show_something(self):
        """Every query has an answer, and there is something in each: this cluster has seen all that a panel is about."""
        for query in [*queries.of_dashboard(), *queries.of_variables()]:
            assert any(not math.isnan(value) for value in self.found(query)), f"{query.where}: nothing: {query.filled()}"
        leads = self.prometheus.now(f'les_leader{{job="{JOB}"}} == 1')
        assert [labels["instance"] for labels, _ in leads] == [self.cluster.addresses[self.cluster.settled()]], leads

    def found(self, query):
        """The values of all series and moments."""
        if query.instant:
            return [value for _, value in self.prometheus.now(query.filled())]
        return [float(value) for series in self.prometheus.since(self.begun, query.filled()) for _, value in series]
