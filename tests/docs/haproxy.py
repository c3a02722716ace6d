"""The recipe for HAProxy in docs/operations.md, with the real one: three nodes, a service on each, and who is asked follows the leader."""

import http.client
import os

import pages
from cluster import Programs
from machine import Machine
from process import Process
from stage import ThreeNodes
from waiting import holds_for, wait_until

PAGE = "docs/operations.md"
FILE = "haproxy.cfg"
SERVICE = "import http.server as h, sys\nclass S(h.BaseHTTPRequestHandler):\n def do_GET(s):\n  s.send_response(200); s.end_headers(); s.wfile.write(sys.argv[1].encode())\nh.HTTPServer((sys.argv[1], 8080), S).serve_forever()"


def configuration():
    found = [block.text for block in pages.read(PAGE).blocks if block.says.get("file") == FILE]
    assert len(found) == 1, f"{PAGE} has {len(found)} files {FILE}"
    return found[0]


def answered_by(host):
    """The node whose service answers a client of HAProxy; a number for a status that is not 200; None if nobody answers."""
    with host.entered():
        connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=5)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else answer.status
        except OSError:
            return None
        finally:
            connection.close()


def follows_the_leader(args):
    """HAProxy is on the hub. Killed, the leader is gone for the clients too; a follower is never asked."""
    machine = Machine(args.les, args.cloud)
    machine.write(FILE, configuration())
    path = os.path.join(machine.directory, FILE)
    with ThreeNodes(Programs(args.les, args.cloud), 1) as nodes:
        services = [Process(nodes.network.hosts[each], ["python3", "-c", SERVICE, nodes.network.peer_address(each)], {}) for each in range(3)]
        nodes.network.hub.ip("address add 10.0.0.100/24 dev peers")
        nodes.network.hub.run("haproxy", "-c", "-f", path)
        proxy = Process(nodes.network.hub, ["haproxy", "-db", "-f", path], {})
        try:
            asked = lambda: answered_by(nodes.network.hub)
            story = lambda: f"{asked()} answers\n{proxy.output()}\n{nodes.story()}"
            # As the page says, every server is up for HAProxy until it was asked once.
            wait_until(story, lambda: all(f"Server leader/node{each} is DOWN" in proxy.output() for each in (2, 3)))
            holds_for(2, lambda: _is("10.0.0.1", asked(), story))
            nodes.nodes[0].kill()
            wait_until(story, lambda: asked() == "10.0.0.2")
            holds_for(2, lambda: _is("10.0.0.2", asked(), story))
            nodes.nodes[0] = nodes.start_node(0)
            wait_until(story, lambda: nodes.agreed() == 1)
            holds_for(2, lambda: _is("10.0.0.2", asked(), story))
        finally:
            for process in [proxy, *services]:
                process.kill()


def _is(expected, found, story):
    assert found == expected, f"{expected} was expected: {story()}"
