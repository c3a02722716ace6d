"""Headless Chromium, told what to do by WebDriver (https://www.w3.org/TR/webdriver2/) over plain HTTP: chromedriver needs no client library."""

import http.client
import json
import os
import re
import signal
import subprocess
import tempfile

from waiting import wait_until

OPTIONS = [
    *["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1200,900"],
    *["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"],
]
LIGHT, DARK = "light", "dark"
TAB, SPACE, ENTER = "\ue004", " ", "\ue007"
ANSWERS = 60  # seconds for one command


class Refused(Exception):
    """WebDriver says that it did not do it."""


class Browser:
    """One window of one Chromium that knows nothing of any other. Gone, with all its processes, when the `with` block ends."""

    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="les-page-", ignore_cleanup_errors=True)
        self.log = tempfile.NamedTemporaryFile(prefix="les-chromedriver-", suffix=".log")
        self.port, self.session = None, None

    def __enter__(self):
        environment = {"PATH": os.environ["PATH"], "HOME": self.home.name, "TZ": "Europe/Berlin", "LANG": "C.UTF-8"}
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment, start_new_session=True
        )
        try:
            wait_until(lambda: f"chromedriver tells its port\n{self.output()}", self._has_port)
            options = {"args": [*OPTIONS, f"--user-data-dir={self.home.name}/profile"]}
            wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            self.session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.session:
                self._ask("DELETE", f"/session/{self.session}")
        except (OSError, Refused, http.client.HTTPException):
            pass  # what follows ends it too
        finally:
            os.killpg(self.driver.pid, signal.SIGKILL)
            self.driver.wait()
            self.home.cleanup()

    def output(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def _has_port(self):
        told = re.search(r"started successfully on port (\d+)", self.output())
        self.port = told and int(told[1])
        return self.port

    def _ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERS)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
            value = json.load(connection.getresponse())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise Refused(f"{path}: {value['error']}: {value['message']}")
        return value

    def _post(self, path, **body):
        return self._ask("POST", f"/session/{self.session}/{path}", body)

    def open(self, url):
        self._post("url", url=url)

    def run(self, script, *arguments):
        """What the body of a function returns, in the page."""
        return self._post("execute/sync", script=script, args=list(arguments))

    def run_async(self, script, *arguments):
        """Likewise; what it hands to its last argument, a function."""
        return self._post("execute/async", script=script, args=list(arguments))

    def press(self, key):
        keys = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._post("actions", actions=[{"type": "key", "id": "keyboard", "actions": keys}])

    def _devtools(self, command, **parameters):
        return self._post("goog/cdp/execute", cmd=command, params=parameters)

    def scheme(self, name):
        self._devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def size(self, width, height, mobile=False):
        self._devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def outline(self):
        """What a screen reader is told, in order: (role, name), without what it passes over."""
        nodes = self._devtools("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def console(self):
        """What the browser wrote to its console since it was asked last."""
        return [entry["message"] for entry in self._post("se/log", type="browser")]

    def picture(self, path):
        """The whole page, as PNG."""
        import base64

        taken = self._devtools("Page.captureScreenshot", captureBeyondViewport=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(taken["data"]))
