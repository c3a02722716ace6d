"""Nodes and a simulated cloud on loopback. Nothing is polled: a node's own log says what happened, and the reader notes when."""

import json
import os
import socket
import subprocess
import threading
import time
import urllib.request

ADDRESS = "203.0.113.7"
PATIENCE = 30  # seconds for anything to come to pass; generous, since it only ends a measurement that has failed


def free_ports(count):
    """Ports of the system's choice, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listening.getsockname()[1] for listening in sockets]
    for listening in sockets:
        listening.close()
    return ports


class Cloud:
    """DigitalOcean with one address."""

    def __init__(self, program):
        self.base = f"http://127.0.0.1:{free_ports(1)[0]}"
        listen = self.base.removeprefix("http://")
        arguments = ["--listen", listen, "--token", "secret", "--address", ADDRESS, "--droplets", "3", "--action-takes-ms", "10"]
        self.popen = subprocess.Popen([program, *arguments])
        self._wait(lambda: self._log() is not None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.popen.kill()
        self.popen.wait()

    def wait_for_holder(self):
        self._wait(lambda: self._log()["holder"])

    def _log(self):
        try:
            with urllib.request.urlopen(f"{self.base}/log", timeout=1) as answer:
                return json.load(answer)
        except OSError:
            return None

    @staticmethod
    def _wait(predicate):
        deadline = time.monotonic() + PATIENCE
        while not predicate():
            if time.monotonic() > deadline:
                raise SystemExit("the simulated cloud does not answer, or nobody takes the address")
            threading.Event().wait(0.05)


class Node:
    """A node of three. Its log is read by a thread, which notes the moment of each event."""

    def __init__(self, program, port, seeds, cloud, droplet, directory):
        config = os.path.join(directory, f"{port}.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[provider]\nkind = "digitalocean"\nbase_url = "{cloud.base}"\nmetadata_base = "{cloud.base}/node/{droplet}"\n')
            file.write(f'[[address]]\nid = "{ADDRESS}"\n')
        command = [program, "run", "--config", config, "--bind-interface", "127.0.0.1", "--bind-port", str(port)]
        command += ["--advertise-addr", f"127.0.0.1:{port}", "--seeds", seeds]
        environment = {"LES_LOG_FORMAT": "json", "DIGITALOCEAN_TOKEN": "secret"}
        self.port = port
        self._events = {}
        self._heard = threading.Condition()
        self.popen = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment)
        self.pid = self.popen.pid
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.popen.stderr:
            now = time.monotonic()
            event = json.loads(line).get("event")
            with self._heard:
                self._events.setdefault(event, now)
                self._heard.notify_all()

    def seen(self, event):
        """When it was first logged, or `None`."""
        with self._heard:
            return self._events.get(event)

    def wait_for(self, *events):
        """When the first of them was logged."""
        with self._heard:
            found = lambda: [self._events[event] for event in events if event in self._events]
            if not self._heard.wait_for(found, PATIENCE):
                raise SystemExit(f"127.0.0.1:{self.port}: none of {events} within {PATIENCE} s, only {sorted(map(str, self._events))}")
            return min(found())

    def kill(self):
        self.popen.kill()
        self.popen.wait()
