#!/usr/bin/env python3
"""A stand-in for a reference node (protosam/les), written from its observed behaviour: same flags, same wire, same rules, same weaknesses.

It is what our nodes are tested with where the real one is not at hand; test_peer.py holds it against transcripts of the real one. Where
the real one would raise and lose its loop, this one prints `RAISED` and loses its loop.

    python3 tests/interop/peer.py --bind-port P --advertise-addr 127.0.0.1:P --seeds A,B,C --loop-rate 1 [--fault NAME] [--start-time T]

--fault makes it answer /state as in states.py (`malformed` ones), or: drip (a byte a second), zombie (answers and never asks), mute
(accepts and never answers).
"""

import argparse
import datetime
import http.client
import http.server
import json
import sys
import threading
import time

import states

SERVER = "Werkzeug/3.1.9 Python/3.11.7"
CLIENT_HEADERS = {"User-Agent": "python-requests/2.34.2", "Accept-Encoding": "gzip, deflate", "Accept": "*/*", "Connection": "keep-alive"}
PING_TIMEOUT, STATE_TIMEOUT = 1, 3  # seconds for each read, not for the whole exchange


class Peer:
    """What a node knows, and what it does with it."""

    def __init__(self, me, seeds, loop_rate, start_time):
        self.me, self.seeds, self.loop_rate, self.start_time = me, seeds, loop_rate, start_time
        self.leader = False
        self.known = [me]  # itself first, always
        self.reports = {}  # address -> last state heard; its own only once somebody has asked for it
        self.lock = threading.RLock()

    def report(self):
        """What it says of itself. Being asked is what makes it count itself."""
        with self.lock:
            state = {"members": list(self.known), "leader": self.leader, "start_time": self.start_time}
            self.reports[self.me] = dict(state)
            return state

    def diagnosis(self):
        state = self.report()
        return {"state": state, "member_states": dict(self.reports)}

    def introduce(self, address):
        """Any HTTP answer within the time is enough to be known."""
        if address in self.known:
            return
        try:
            fetch(address, "/ping", PING_TIMEOUT)
        except OSError:
            return
        with self.lock:
            if address not in self.known:
                self.known.append(address)
                say(f"known: {address}")

    def forget(self, address):
        with self.lock:
            self.reports.pop(address, None)
            if address in self.known:
                self.known.remove(address)
                say(f"forgotten: {address}")

    def ask(self, address):
        """Asks one node for its state: a failed exchange forgets it, a senseless answer raises, as in the reference."""
        if address == self.me:
            return
        try:
            status, body = fetch(address, f"/state/{self.me}", STATE_TIMEOUT)
        except OSError:
            self.forget(address)
            return
        if status != 200:
            self.forget(address)
            return
        state = json.loads(body)
        with self.lock:
            self.reports[address] = state
        for other in state["members"]:
            self.introduce(other)

    def elect(self):
        """The lowest start time leads; this node only when everybody whose state it has says so, or when nobody else is known."""
        if self.leader is False and len(self.reports) <= 1:
            return
        senior, earliest = self.me, self.start_time
        for address, state in self.reports.items():
            if state["start_time"] < earliest:
                senior, earliest = address, state["start_time"]
        if senior == self.me and len(self.known) > 1:
            others = [state["leader"] for address, state in self.reports.items() if address != self.me]
            if any(leader != self.me for leader in others):
                return
        if senior != self.leader:
            self.leader = senior
            say(f"leader: {senior}")

    def run(self):
        """The loop. Whatever `elect` raises ends it, and the node goes on answering: a zombie."""
        while True:
            with self.lock:
                known = list(self.known)
            targets = [seed for seed in self.seeds if seed not in known] + known
            threads = [threading.Thread(target=guarded, args=[self.ask, target], daemon=True) for target in targets]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if not guarded(self.elect):
                return
            time.sleep(self.loop_rate)


def guarded(action, *arguments):
    """Runs it; True unless it raised, which is said in a way that a test can look for."""
    try:
        action(*arguments)
        return True
    except Exception as error:  # whatever the reference would die of
        say(f"RAISED {type(error).__name__}: {error}")
        return False


def fetch(address, path, timeout):
    """Status and body, over a connection of its own. Raises OSError if there is no answer. Redirects are not followed (the reference does)."""
    connection = None
    try:
        connection = http.client.HTTPConnection(address, timeout=timeout)
        connection.request("GET", path, headers=CLIENT_HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(error) from error
    finally:
        if connection:
            connection.close()


def say(text):
    print(f"{datetime.datetime.now():%H:%M:%S.%f} {text}", file=sys.stderr, flush=True)


def handler(peer, fault):
    """The HTTP side: HTTP/1.1, a thread a connection, closed after each answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = SERVER, ""

        def version_string(self):
            return SERVER

        def do_GET(self):
            if fault:
                say(f"asked: {self.path}")  # so that a test can see that it was
            path = self.path.split("?")[0].strip("/")
            first, _, rest = path.partition("/")
            if fault == "mute":
                time.sleep(3600)
            if first == "ping" and not rest:
                self.reply("OK")
            elif first == "diag" and not rest:
                self.reply(json.dumps(peer.diagnosis(), indent=2) + "\n")
            elif first == "state" and "/" not in rest:
                self.state(rest)
            else:
                self.reply("<!doctype html>\n<title>404 Not Found</title>\n", 404)

        def state(self, caller):
            if caller:
                peer.introduce(caller)
            document = peer.report()
            if fault == "drip":
                states.drip(self.connection, 3600)
            elif fault in states.BAD:
                self.wfile.write(states.BAD[fault](**document).encode())
            else:
                self.reply(json.dumps(document))

        def reply(self, text, status=200):
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_):
            pass

    return Handler


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # callers may go away in the middle


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bind-interface", default="0.0.0.0")
    parser.add_argument("--bind-port", type=int, default=4000)
    parser.add_argument("--advertise-addr", required=True)
    parser.add_argument("--seeds", required=True)
    parser.add_argument("--loop-rate", type=int, default=5)
    parser.add_argument("--fault", choices=["drip", "mute", "zombie", *states.BAD])
    parser.add_argument("--start-time", type=float, default=time.time())
    args = parser.parse_args()
    peer = Peer(args.advertise_addr, args.seeds.split(","), args.loop_rate, args.start_time)
    listener = Listener((args.bind_interface, args.bind_port), handler(peer, args.fault))
    say("listening")
    if args.fault != "zombie":
        threading.Thread(target=peer.run, daemon=True).start()
    listener.serve_forever()


if __name__ == "__main__":
    main()
