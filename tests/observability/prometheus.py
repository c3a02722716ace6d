"""A Prometheus of the test's own that scrapes real nodes."""

import json
import os
import shutil
import signal
import tempfile
import urllib.error
import urllib.parse
import urllib.request

import loopback
import wire
from files import RULES
from waiting import wait_until

JOB = "cluster"


class Prometheus:
    """It scrapes each second, with our rules, until the `with` block ends."""

    def __init__(self, targets):
        self.targets = targets
        self.directory = tempfile.TemporaryDirectory(prefix="les-prometheus-")
        self.address = f"127.0.0.1:{wire.free_port()}"
        self.process = None

    def __enter__(self):
        config = os.path.join(self.directory.name, "prometheus.json")  # JSON is YAML
        shutil.copy(RULES, self.directory.name)
        scrape = {"job_name": JOB, "static_configs": [{"targets": self.targets}]}
        settings = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        with open(config, "w", encoding="utf-8") as file:
            json.dump({"global": settings, "rule_files": ["les.rules.yml"], "scrape_configs": [scrape]}, file)
        command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.directory.name}/data", f"--web.listen-address={self.address}", "--log.level=warn"]
        self.process = loopback.start(self.address, command)
        wait_until(lambda: f"Prometheus is ready\n{self.process.output()}", self._ready)
        return self

    def __exit__(self, *_):
        if self.process.alive():
            self.process.signal(signal.SIGTERM)
        self.process.popen.wait()
        self.directory.cleanup()

    def _ready(self):
        assert self.process.alive(), f"Prometheus has ended\n{self.process.output()}"
        try:
            return wire.get(self.address, "/-/ready").status == 200
        except OSError:
            return False

    def api(self, path, **parameters):
        """The `data` of an answer; an error of Prometheus's is one of the test's."""
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from None

    def now(self, expression):
        """An instant query: (labels, value) of each series."""
        return [(series["metric"], float(series["value"][1])) for series in self.api("query", query=expression)["result"]]

    def clock(self):
        """Its time, in seconds since 1970."""
        return float(self.api("query", query="time()")["result"][1])

    def since(self, start, expression):
        """A range query from `start` to now, a step each second: the points of each series."""
        return [series["values"] for series in self.api("query_range", query=expression, start=start, end=self.clock(), step=1)["result"]]

    def rules(self):
        return [rule for group in self.api("rules")["groups"] for rule in group["rules"]]
