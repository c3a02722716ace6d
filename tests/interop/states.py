"""What a node may answer to `GET /state`, good and bad: each bad one is a failure of the reference (reference-protocol F11 to F14)."""

import json
import time

from wire import Message

HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Connection", "close")]


def response(body, status="200 OK"):
    data = body if isinstance(body, bytes) else body.encode()
    return Message(f"HTTP/1.1 {status}", [*HEADERS, ("Content-Length", str(len(data)))], data)


def state(members, leader, start_time):
    return response(json.dumps({"members": members, "leader": leader, "start_time": start_time}))


def without(key):
    def answer(members, leader, start_time):
        document = {"members": members, "leader": leader, "start_time": start_time}
        del document[key]
        return response(json.dumps(document))

    return answer


# name -> how it answers, given what it would truthfully say
BAD = {
    "only-members": lambda members, leader, start_time: response('{"members": []}'),
    "no-start-time": without("start_time"),
    "no-leader": without("leader"),
    "no-members": without("members"),
    "array": lambda members, leader, start_time: response("[]"),
    "null-start-time": lambda members, leader, start_time: state(members, leader, None),
    "text-start-time": lambda members, leader, start_time: state(members, leader, "soon"),
    "true-start-time": lambda members, leader, start_time: state(members, members[0], True),
    "rogue-senior": lambda members, leader, start_time: state(members, leader, 0),
    "infinite-senior": lambda members, leader, start_time: response('{"members": [], "leader": false, "start_time": -Infinity}'),
    "members-not-text": lambda members, leader, start_time: state([*members, 7, None], leader, start_time),
    "not-json": lambda members, leader, start_time: response("<p>hello</p>"),
    "empty": lambda members, leader, start_time: response(""),
    "deep": lambda members, leader, start_time: response('{"members": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    "huge": lambda members, leader, start_time: state(members + [f"127.0.0.1:{port}" for port in range(1, 60_000)], leader, start_time),
    "server-error": lambda members, leader, start_time: response("no", "500 INTERNAL SERVER ERROR"),
    "redirect": lambda members, leader, start_time: Message("HTTP/1.1 302 FOUND", [("Location", "http://127.0.0.1:9/state"), ("Content-Length", "0")], b""),
}


def drip(connection, seconds):
    """One byte a second, for ever or until the caller has had enough."""
    deadline = time.monotonic() + seconds
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    while time.monotonic() < deadline:
        connection.sendall(b" ")
        time.sleep(1)
