"""Programs on hosts."""

import os
import signal
import subprocess
import tempfile


class Process:
    """A program on a host. Its output goes to a file, to be shown if a test fails."""

    def __init__(self, host, command, environment, stdin=subprocess.DEVNULL):
        self.log = tempfile.NamedTemporaryFile(prefix="les-hosts-", suffix=".log")
        clean = {"PATH": os.environ["PATH"], **environment}  # no proxies, no LES_ variables of the person's own
        self.popen = subprocess.Popen(host.command(*command), stdin=stdin, stdout=self.log, stderr=self.log, env=clean)

    def alive(self):
        return self.popen.poll() is None

    def signal(self, number):
        self.popen.send_signal(number)

    def kill(self):
        """SIGKILL, and gone when this returns."""
        if self.alive():
            self.signal(signal.SIGKILL)
        self.popen.wait()

    def output(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()
