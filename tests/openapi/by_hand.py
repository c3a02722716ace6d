"""Every path, asked by hand: with a slash, without a body, by wrong methods, without the token; and the streams, of which only the beginning can be read."""

import contextlib
import json
import socket

import wire
from description import METHODS, READING
from loopback import ADDRESS
from nodes import TOKEN
from waiting import wait_until

ALLOWED = {"GET", "HEAD", "OPTIONS"}
STREAMS = ("/live", "/watch", "/watch/{addr}")
UNKNOWN = ["/nothing", "/health", "/health/nothing", "/health/address", "/status/nothing", "/admin", "/admin/nothing", "/live/now", "/index.html", "/%2e%2e", "/favicon.ico"]
BAD_LIMITS = ["0", "1001", "-1", "", "many", "1.5", "99999999999999999999", "1&limit=2"]
TIMEOUT = 5.0
MOST_STREAMS = 300  # more than there are places


def asked(name, method, path, headers=(), body=b""):
    """One exchange; all that comes until the server closes, which it does by itself."""
    length = [("Content-Length", str(len(body)))] if body else []
    request = wire.Message(f"{method} {path} HTTP/1.1", [("Host", name), *headers, *length], body)
    with socket.create_connection(wire.split_address(name), TIMEOUT) as connection:
        connection.sendall(request.encode())
        answer = wire.receive(connection)
        assert connection.recv(1) == b"", f"{method} {path}: more than one answer"
        return answer


def methods(answer):
    return {each.strip() for each in (answer.header("allow") or "").split(",")}


def expected(condition, what, answer):
    assert condition, f"{what}: {answer.start}, {answer.headers}, {answer.body[:500]}"


def fits(description, path, method, answer, what):
    """Status, media type, headers and body are as described."""
    media, schema = description.content(path, method, answer.status)
    given = (answer.header("content-type") or "").replace(" ", "").removesuffix(";charset=utf-8")
    if media:
        expected(given == media.replace(" ", ""), f"{what} is not {media}", answer)
        text = answer.body.decode()
        description.demand(schema, json.loads(text) if media == "application/json" else text, what)
    else:
        expected(not answer.body, f"{what} has a body", answer)


class ByHand:
    """What is asked of one node."""

    def __init__(self, description, name):
        self.description, self.name = description, name

    def every_path(self):
        """All methods, with a slash at the end and without: the same status, and what is described."""
        for path in self.description.readings():
            filled = self.description.filled(path)
            statuses = set()
            for method in READING:
                if method == "get" and path in STREAMS:
                    continue
                for form in {filled, filled.rstrip("/") + "/"}:
                    answer = asked(self.name, method.upper(), form)
                    fits(self.description, path, method, answer, f"{method.upper()} {form}")
                    statuses.add(answer.status)
                    if method == "options":
                        expected(answer.header("allow") == "GET, HEAD, OPTIONS", f"OPTIONS {form}", answer)
                    if "/health" in path or path in ("/leader", "/follower"):
                        expected(answer.header("cache-control") == "no-store", f"{method.upper()} {form} may be cached", answer)
            assert len(statuses) == 1, f"{path}: {statuses}"

    def wrong_methods(self):
        for path in self.description.readings():
            for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
                answer = asked(self.name, method, self.description.filled(path))
                expected(answer.status == 405 and methods(answer) == ALLOWED and not answer.body, f"{method} {path}", answer)

    def unknown_paths(self):
        for path in UNKNOWN:
            for method in ("GET", "HEAD", "OPTIONS", "POST"):
                answer = asked(self.name, method, path)
                expected(answer.status == 404 and not answer.body, f"{method} {path}", answer)

    def unknown_addresses(self):
        for path in ("/why/{id}", "/health/address/{id}"):
            for value in ("203.0.113.8", "nothing", "%00", "%ff", "a%2Fb", "203.0.113.7%20", "x" * 4000):
                filled = self.description.filled(path, id=value)
                answer = asked(self.name, "GET", filled)
                fits(self.description, path, "get", answer, f"GET {filled[:80]}")
                expected(answer.status == 404, f"GET {filled[:80]}", answer)

    def limits(self):
        for limit in BAD_LIMITS:
            answer = asked(self.name, "GET", f"/events?limit={limit}")
            fits(self.description, "/events", "get", answer, f"limit={limit}")
            expected(answer.status == 400 and not json.loads(answer.body)["ok"], f"limit={limit}", answer)
        everything = json.loads(asked(self.name, "GET", "/events?limit=1000").body)
        for limit in (1, 2):
            some = json.loads(asked(self.name, "GET", f"/events?limit={limit}").body)
            assert len(some["events"]) == limit, f"limit={limit}: {some}"
        assert everything["kept"], "there is a state directory"

    def itself(self):
        """It serves this description, with its own version in it, which its other pages say as well."""
        served = json.loads(asked(self.name, "GET", "/openapi.json").body)
        version = served["info"].pop("version")
        written = json.loads(json.dumps(self.description.document))
        written["info"].pop("version")
        assert served == written, "it serves another description"
        status, diag = (json.loads(asked(self.name, "GET", path).body) for path in ("/status", "/diag"))
        assert {status["version"], diag["les"]["version"]} == {version}, f"{version}, {status['version']}, {diag['les']['version']}"

    def without_token(self):
        for path, method, _ in self.description.operations():
            if path.startswith("/admin/"):
                for headers in ([], [("Authorization", "Bearer wrong-token-of-the-test")], [("Authorization", f"Basic {TOKEN}")]):
                    answer = asked(self.name, method.upper(), path, headers, b"{}" if method == "post" else b"")
                    fits(self.description, path, method, answer, f"{method.upper()} {path} without the token")
                    expected(answer.status == 401 and answer.header("www-authenticate") == "Bearer", f"{method.upper()} {path} without the token", answer)

    def with_token(self):
        for path, method, _ in self.description.operations():
            if path.startswith("/admin/") and method != "post":
                answer = asked(self.name, method.upper(), path, [("Authorization", f"Bearer {TOKEN}")])
                fits(self.description, path, method, answer, f"{method.upper()} {path}")

    def methods_of_orders(self):
        """Whatever the status of OPTIONS is, it says which methods there are."""
        for path, item in self.description.paths.items():
            if path.startswith("/admin/"):
                answer = asked(self.name, "OPTIONS", path, [("Authorization", f"Bearer {TOKEN}")])
                described = {method.upper() for method in METHODS if method in item}
                expected(described <= methods(answer) <= described | {"OPTIONS"} and not answer.body, f"OPTIONS {path}", answer)

    def events_of_live(self):
        """Two of `/live`: the second one comes within a second, though nothing changes."""
        head, body = beginning(self.name, "/live", b"\n\n", 2)
        assert head.status == 200 and head.header("content-type") == "text/event-stream", head
        for event in body.decode().split("\n\n")[:2]:
            lines = dict(line.split(": ", 1) for line in event.splitlines() if not line.startswith(":"))
            assert lines.keys() == {"event", "data"} and lines["event"] == "status", event
            self.description.demand("Status", json.loads(lines["data"]), "the data of /live")

    def lines_of_watch(self):
        for path in ("/watch", "/watch/", "/watch/192.0.2.2:4000", "/watch/what-is-no-address/"):
            head, body = beginning(self.name, path, b"\n", 2)
            assert head.status == 200 and head.header("content-type") == "application/x-ndjson", head
            first, second = body.decode().splitlines()[:2]
            self.description.demand("State", json.loads(first), f"the first line of {path}")
            self.description.demand("WatchLine", json.loads(second), f"the second line of {path}")


def beginning(name, path, end, count):
    """The head of an endless answer, and its body up to the `count`th `end`."""
    with socket.create_connection(wire.split_address(name), TIMEOUT) as connection:
        connection.sendall(wire.Message(f"GET {path} HTTP/1.1", [("Host", name)], b"").encode())
        data = b""
        while data.partition(b"\r\n\r\n")[2].count(end) < count:
            chunk = connection.recv(65536)
            assert chunk, f"{path} has ended: {data[-500:]}"
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        if ("transfer-encoding", "chunked") in [(key.lower(), value) for key, value in headers]:
            body = b"".join(part for part in body.split(b"\r\n")[1::2])
        return wire.Message(start, headers, b""), body


def no_place_is_left(description, name):
    """Streams have so many places: then they are refused, as described, until one is given back."""
    for path in ("/live", "/watch"):
        with contextlib.ExitStack() as streams:
            for _ in range(MOST_STREAMS):
                connection = streams.enter_context(socket.create_connection(wire.split_address(name), TIMEOUT))
                if not is_granted(connection, name, path):
                    break
            refused = wire.receive(connection)
            expected(refused.status == 503, f"GET {path}, {MOST_STREAMS} times", refused)
            fits(description, path, "get", refused, f"GET {path} without a place")
        wait_until(f"there are places at {path} again", lambda: is_granted_anew(name, path))


def is_granted(connection, name, path):
    """Asks, and looks at the status without taking it."""
    connection.sendall(wire.Message(f"GET {path} HTTP/1.1", [("Host", name)], b"").encode())
    return connection.recv(12, socket.MSG_PEEK | socket.MSG_WAITALL).endswith(b" 200")


def is_granted_anew(name, path):
    with socket.create_connection(wire.split_address(name), TIMEOUT) as connection:
        return is_granted(connection, name, path)


def on_the_socket(description, path_of_socket):
    """The same orders without a token, for a process of this machine."""
    for path, method, _ in description.operations():
        if path.startswith("/admin/") and method != "post":
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(TIMEOUT)
                connection.connect(path_of_socket)
                connection.sendall(wire.Message(f"{method.upper()} {path} HTTP/1.1", [("Host", "les")], b"").encode())
                fits(description, path, method, wire.receive(connection), f"{method.upper()} {path} on the socket")


def who_is_what(nodes):
    """The status is the answer: 200 on the leader, or on the others."""
    leader, *followers = nodes.names
    checks = {"/leader": True, f"/health/address/{ADDRESS}": True, "/follower": False}
    for path, on_leader in checks.items():
        for name in nodes.names:
            code = 200 if (name == leader) == on_leader else 503
            wait_until(f"GET {path} is {code} on {'the leader' if name == leader else 'a follower'}", lambda: asked(name, "GET", path).status == code)
    for name in nodes.names:
        wait_until(f"{name} is ready", lambda: asked(name, "GET", "/health/ready").status == 200)
    assert followers, "a cluster"


def no_token_no_orders(description, name):
    """Where no token is configured, `/admin` is as unknown as anything."""
    for path, method, _ in description.operations():
        if path.startswith("/admin/"):
            for headers in ([], [("Authorization", f"Bearer {TOKEN}")]):
                answer = asked(name, method.upper(), path, headers)
                expected(answer.status == 404 and not answer.body, f"{method.upper()} {path}", answer)


def checks(description, nodes):
    leader, follower, without = nodes.names
    found = [("who leads says so, and so do the others", lambda: who_is_what(nodes))]
    for who, name in (("the leader", leader), ("a follower", follower)):
        node = ByHand(description, name)
        asks = {
            "every path answers as described": node.every_path,
            "wrong methods are refused": node.wrong_methods,
            "unknown paths are unknown": node.unknown_paths,
            "unknown addresses are unknown": node.unknown_addresses,
            "limits of events": node.limits,
            "it serves its description": node.itself,
            "orders need the token": node.without_token,
            "what orders may read": node.with_token,
            "which orders there are": node.methods_of_orders,
            "the beginning of /live": node.events_of_live,
            "the beginning of /watch": node.lines_of_watch,
        }
        found += [(f"{who}: {what}", ask) for what, ask in asks.items()]
    found.append(("a node without a token: no orders", lambda: no_token_no_orders(description, without)))
    found.append(("a node without a token: orders on the socket", lambda: on_the_socket(description, nodes.socket(without))))
    found.append(("no place is left for a stream", lambda: no_place_is_left(description, without)))
    return [*found, ("nobody has noticed", nodes.live)]
