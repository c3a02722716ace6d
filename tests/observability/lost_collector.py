"""A collector of traces that refuses, or takes and never answers: nothing waits for it."""

import signal
import socket
import subprocess

import wire
from nodes import Cluster
from waiting import wait_until

BRIEFLY = 5  # seconds that an exit may take: less than any time-out of an exporter
FEW = 5  # lines about the collector in a life
WORDS = ("otlp", "opentelemetry", "collector", "traces", "spans", "export")


def takes_over_and_exits(programs, endpoint):
    with Cluster(programs, {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}) as cluster:
        old = cluster.settled()
        cluster.nodes[old].kill()
        new = cluster.nodes[cluster.settled()]
        wait_until("the takeover is counted", lambda: new.value("les_takeover_seconds_count", phase="total") == 1)
        taken = new.value("les_takeover_seconds_sum", phase="total")
        assert taken < BRIEFLY, f"the takeover took {taken} s: it waited for the collector"
        for node in sorted(cluster.live(), key=lambda node: node.leads()):
            node.signal(signal.SIGTERM)
            try:
                node.popen.wait(BRIEFLY)
            except subprocess.TimeoutExpired:
                raise AssertionError(f"{node.address} has not ended within {BRIEFLY} s of SIGTERM") from None
            assert node.popen.returncode == 0, f"{node.address} ends with {node.popen.returncode}"
            lines = node.log_lines(*WORDS)
            assert len(lines) <= FEW, f"{len(lines)} lines about a collector that is away: {lines[:FEW]}"


def refusing(programs):
    takes_over_and_exits(programs, f"http://127.0.0.1:{wire.free_port()}")


def mute(programs):
    """Connections are taken by the kernel and by nobody else."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        takes_over_and_exits(programs, f"http://127.0.0.1:{listener.getsockname()[1]}")


def checks(programs):
    return [
        ("the collector refuses: takeover and exit are quick", lambda: refusing(programs)),
        ("the collector is mute: takeover and exit are quick", lambda: mute(programs)),
    ]
