#!/usr/bin/env python3
"""What a process costs and how quickly it is gone: cold starts, memory, and from SIGKILL to the FIN that its watchers see.

Three nodes and a simulated cloud on loopback. Prints a table for docs/what-happens-when.md; nothing is asserted.
"""

import argparse
import os
import signal
import socket
import statistics
import tempfile
import time

from nodes import ADDRESS, Cloud, Node, free_ports

WATCHERS = 4  # each is a socket to close


def start(options, cloud, ports, index, directory, *further):
    seeds = ",".join(f"127.0.0.1:{port}" for port in (*ports, *further))
    return Node(options.les, ports[index], seeds, cloud, index + 1, directory)


def cold_start(options, begin):
    """Seconds until somebody leads, and until all follow. `begin` starts the nodes and returns the moment from which to count."""
    with tempfile.TemporaryDirectory() as directory, Cloud(options.cloud) as cloud:
        ports, nodes = free_ports(3), []
        begin_one = lambda index, *further: nodes.append(start(options, cloud, ports, index, directory, *further))
        try:
            begun = begin(nodes, begin_one)
            all_know = max(node.wait_for("elected", "following") for node in nodes)
            leads = min(at for node in nodes if (at := node.seen("elected")))
            return leads - begun, all_know - begun
        finally:
            for node in nodes:
                node.kill()


def together(_, begin_one):
    begun = time.monotonic()
    for index in range(3):
        begin_one(index)
    return begun


def one_by_one(nodes, begin_one):
    """Each has taken its place before the next one starts. One alone does not lead: the second one's start counts."""
    begin_one(0)
    nodes[0].wait_for("joined")
    begun = time.monotonic()
    begin_one(1)
    nodes[1].wait_for("joined")
    begin_one(2)
    return begun


def with_a_silent_seed(nodes, begin_one):
    """A fourth seed takes connections and answers none: the join window is waited for."""
    silent = socket.create_server(("127.0.0.1", 0))
    begun = time.monotonic()
    for index in range(3):
        begin_one(index, silent.getsockname()[1])
    for node in nodes:
        node.wait_for("elected", "following")
    silent.close()
    return begun


def memory(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return {name: fields[name].split()[0] for name in ("VmRSS", "RssAnon", "VmHWM", "Threads")}


def watch(port):
    """A stream that has brought its first document."""
    stream = socket.create_connection(("127.0.0.1", port), timeout=10)
    stream.sendall(b"GET /watch HTTP/1.1\r\nhost: measure\r\n\r\n")
    read = b""
    while b'"members"' not in read:
        more = stream.recv(65536)
        if not more:
            raise SystemExit(f"GET /watch was answered with {read[:80]!r}")
        read += more
    return stream


def until_closed(stream, since):
    """How long after `since` the stream ends, and how."""
    while True:
        try:
            if not stream.recv(65536):
                return time.monotonic() - since, "FIN"
        except ConnectionResetError:
            return time.monotonic() - since, "RST"


def death(options, warm):
    """A leader with two followers and a few more watchers is killed; the last socket to close counts."""
    with tempfile.TemporaryDirectory() as directory, Cloud(options.cloud) as cloud:
        ports = free_ports(3)
        nodes = [start(options, cloud, ports, index, directory) for index in range(3)]
        try:
            for node in nodes:
                node.wait_for("elected", "following")
            leader = next(node for node in nodes if node.seen("elected"))
            cloud.wait_for_holder()
            sizes = (memory(leader.pid), [memory(node.pid) for node in nodes if node is not leader]) if warm else None
            streams = [watch(leader.port) for _ in range(WATCHERS)]
            since = time.monotonic()
            os.kill(leader.pid, signal.SIGKILL)
            ends = [until_closed(stream, since) for stream in streams]
            return max(ends), sizes
        finally:
            for node in nodes:
                node.kill()


def told(name, seconds):
    print(f"| {name} | {1000 * statistics.median(seconds):.1f} ms | {1000 * max(seconds):.1f} ms |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--les", required=True, help="the release binary")
    parser.add_argument("--cloud", required=True, help="the example simulated-cloud")
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    print(f"{options.times} times each, address {ADDRESS}\n\n| from ... to | p50 | max |\n| --- | --- | --- |")
    starts = (("three started together", together), ("one by one, from the start of the second", one_by_one))
    for name, begin in (*starts, ("three together, a fourth seed answers nothing", with_a_silent_seed)):
        taken = [cold_start(options, begin) for _ in range(options.times)]
        told(f"{name}: to a leader", [leads for leads, _ in taken])
        told("... until all three know it", [known for _, known in taken])
    deaths = [death(options, index == 0) for index in range(options.times)]
    told(f"SIGKILL of a leader to the last FIN at {WATCHERS} watchers", [seconds for (seconds, _), _ in deaths])
    kinds = [kind for (_, kind), _ in deaths]
    print("\nthe last stream ended by: " + ", ".join(f"{kind} {kinds.count(kind)}" for kind in sorted(set(kinds))))
    leader, followers = deaths[0][1]
    print(f"memory in KiB, a leader:    {leader}")
    for follower in followers:
        print(f"memory in KiB, a follower:  {follower}")


if __name__ == "__main__":
    main()
