#!/usr/bin/env python3
"""Records what a reference node says and asks, for peer.py and replay.py to be held against.

    python3 tests/interop/record.py PATH/les-example.py [--python PYTHON] [--out FOLDER] [--only SCENARIO]

PYTHON needs flask and requests (a virtual environment outside this tree). Every node advertises the address of a tap: a small proxy that
writes down each exchange and passes it on unchanged. Addresses are written as {A}, {B}; S is a scripted node of ours.
"""

import argparse
import json
import os
import re
import sys
import threading
import time

import scenarios
import transcript
import wire
from processes import Cluster, wait_until

SCRIPTED = {"S", "H"}  # nodes of ours in a scenario
VARIABLE_HEADERS = {"host", "date", "content-length"}


class Recorder:
    """The events of one scenario, in order."""

    def __init__(self, command, frozen_command):
        self.command, self.frozen_command = command, frozen_command
        self.began, self.began_at = time.monotonic(), time.time()
        self.lock = threading.Lock()
        self.events, self.names, self.nodes = [], {}, {}
        self.headers = {"request_headers": None, "response_headers": None}

    def add(self, **event):
        with self.lock:
            self.events.append({"t": round(time.monotonic() - self.began, 3), **event})

    def template(self, text):
        for address in sorted(self.names, key=len, reverse=True):
            text = text.replace(address, "{" + self.names[address] + "}")
        return text

    def exchange(self, to, request, response):
        """Writes down one exchange; the headers, which never vary, once per file."""
        caller = re.fullmatch(r"/state/(.+?)/?", request.path)
        event = {"to": to, "get": self.template(request.path)}
        if caller:
            event["from"] = self.names.get(caller.group(1), caller.group(1))
        if response is None:
            self.add(**event, closed=True)
            return
        if to not in SCRIPTED:
            self.keep_headers("response_headers", response)
        if caller:
            self.keep_headers("request_headers", request)
        self.add(**event, status=response.status, body=self.template(response.body.decode()))

    def keep_headers(self, which, message):
        headers = [[name, None if name.lower() in VARIABLE_HEADERS else value] for name, value in message.headers]
        if self.headers[which] not in (None, headers):
            raise RuntimeError(f"{which} vary: {headers}")
        self.headers[which] = self.headers[which] or headers

    def name(self, node, address):
        self.names[address] = node

    def outcome(self):
        """What each live node says at the end (asked behind its tap), and what it raised."""
        for name, (node, tap, backend) in self.nodes.items():
            raised = re.findall(r"(?:^|RAISED )(?:\w+\.)*(\w+Error)\b", node.output(), re.MULTILINE)
            event = {"ends": name, "alive": node.process.poll() is None, "raised": sorted(set(raised))}
            if event["alive"]:
                event["diag"] = self.template(wire.get(backend, "/diag/", 10).body.decode())
            self.add(**event)

    def write(self, folder, scenario):
        head = {"scenario": scenario.__name__.replace("_", "-"), "about": " ".join(scenario.__doc__.split()), "loop_rate": 1, "began_at": self.began_at, **self.headers}
        with open(os.path.join(folder, f"{head['scenario']}.ndjson"), "w", encoding="utf-8") as out:
            for line in [head, *self.events]:
                out.write(json.dumps(line) + "\n")


class Tap:
    """Stands where a node says it is, writes down what passes, and passes it on."""

    def __init__(self, recorder, name, backend, port):
        self.recorder, self.name, self.backend = recorder, name, backend
        self.server = wire.Server(self.answer, port)

    def answer(self, request):
        try:
            response = wire.exchange(self.backend, request, 10)
        except OSError:
            response = None
        self.recorder.exchange(self.name, request, response)
        return response


class Stage:
    """What a scenario may do."""

    def __init__(self, recorder, cluster):
        self.recorder, self.cluster, self.addresses = recorder, cluster, {}

    def address(self, name, host="127.0.0.1"):
        """The address of a node, from before it starts."""
        if name not in self.addresses:
            self.addresses[name] = f"{host}:{wire.free_port()}"
            self.recorder.name(name, self.addresses[name])
        return self.addresses[name]

    def start(self, name, seeds, frozen=False):
        address = self.address(name)
        backend = f"127.0.0.1:{wire.free_port()}"
        command = self.recorder.frozen_command if frozen else self.recorder.command
        self.recorder.add(start=name)
        node = self.cluster.start(command, address, seeds, wire.split_address(backend)[1])
        wait_until(f"{name} listens", lambda: listens(backend), 60)
        tap = Tap(self.recorder, name, backend, wire.split_address(address)[1])
        self.recorder.nodes[name] = (node, tap, backend)

    def kill(self, name):
        node, tap, _ = self.recorder.nodes[name]
        node.kill()
        tap.server.close()
        self.recorder.add(kill=name)

    def script(self, name, answer):
        """A node of ours: `answer(path)` says what it answers."""
        def recorded(request):
            response = answer(request.path)
            self.recorder.exchange(name, request, response)
            return response

        return wire.Server(recorded, wire.split_address(self.address(name))[1])

    def ask(self, name, path):
        """One request as a passer-by, through the tap."""
        return wire.get(self.recorder.nodes[name][1].server.address, path, 10)

    def watch(self, seconds):
        time.sleep(seconds)


def listens(address):
    try:
        return wire.get(address, "/ping").status == 200
    except OSError:
        return False


def record(scenario, program, folder):
    """Puts `program` (a command) through one scenario and writes the transcript into the folder. Returns how many events it has."""
    # Two nodes with one start time need a clock that stands still.
    frozen = """if True:
        import os, runpy, sys, time
        time.time = lambda: 1800000000.25
        del sys.argv[0]
        sys.path[0] = os.path.dirname(sys.argv[0])
        runpy.run_path(sys.argv[0], run_name="__main__")"""
    recorder = Recorder(program, [program[0], "-c", frozen, *program[1:]])
    with Cluster() as cluster:
        try:
            scenario(Stage(recorder, cluster))
            recorder.outcome()
        except Exception as error:
            raise AssertionError(f"{error}\n{cluster.logs()}") from error
    recorder.write(folder, scenario)
    return len(recorder.events)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--out", default=transcript.FOLDER)
    parser.add_argument("--only", default="", help="the scenarios whose names begin so")
    args = parser.parse_args()
    for scenario in scenarios.ALL:
        if scenario.__name__.startswith(args.only):
            print(scenario.__name__, record(scenario, [args.python, args.reference], args.out), "events", flush=True)


if __name__ == "__main__":
    main()
