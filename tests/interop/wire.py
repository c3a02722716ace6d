"""HTTP by hand, on loopback: what goes over the wire is what a transcript says, to the byte."""

import json
import random
import re
import socket
import threading
from dataclasses import dataclass

LONGEST_MESSAGE = 1 << 20  # bytes; nothing in this protocol comes near it


@dataclass
class Message:
    """A request or a response: its first line, its headers in order, its body."""

    start: str
    headers: list
    body: bytes

    def encode(self):
        head = "\r\n".join([self.start, *(f"{name}: {value}" for name, value in self.headers)])
        return head.encode() + b"\r\n\r\n" + self.body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def path(self):
        return self.start.split(" ")[1]

    @property
    def status(self):
        return int(self.start.split(" ")[1])


def receive(connection):
    """Reads one message: to its Content-Length, or to the end of the stream if it is a response without one."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk or len(data) > LONGEST_MESSAGE:
            raise ConnectionError("closed before the end of the headers")
        data += chunk
    head, body = data.split(b"\r\n\r\n", 1)
    start, *lines = head.decode("latin-1").split("\r\n")
    message = Message(start, [tuple(re.split(r":\s*", line, maxsplit=1)) for line in lines], body)
    length = message.header("content-length")
    ends_with_stream = length is None and start.startswith("HTTP/")
    while ends_with_stream or len(message.body) < int(length or 0):
        chunk = connection.recv(65536)
        if not chunk or len(message.body) > LONGEST_MESSAGE:
            break
        message.body += chunk
    return message


def split_address(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


def exchange(address, request, timeout):
    """One request on a connection of its own."""
    with socket.create_connection(split_address(address), timeout) as connection:
        connection.sendall(request.encode())
        return receive(connection)


def get(address, path, timeout=2.0):
    """A plain GET, for looking at a node."""
    return exchange(address, Message(f"GET {path} HTTP/1.1", [("Host", address), ("Connection", "close")], b""), timeout)


class Server:
    """Calls `answer(request) -> Message | None` for each request, a thread and a connection each; None closes without an answer."""

    def __init__(self, answer, port=0):
        self.answer = answer
        with FORKING:
            release(port)
            self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                response = self.answer(receive(connection))
                if response is not None:
                    connection.sendall(response.encode())
            except OSError:
                pass  # the caller went away, or what is behind a tap did

    def close(self):
        """From now on connections are refused."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def read_json(address, path):
    """The JSON of a 200; None if there is none."""
    try:
        response = get(address, path)
        return json.loads(response.body) if response.status == 200 else None
    except (OSError, ValueError):
        return None


# Below the ports that systems give to outgoing connections.
PORTS = range(10_240, 32_768)
_held = {}
# A child has copies of all sockets until it runs its program: while one is forked, a closed port is not free yet.
FORKING = threading.Lock()


def free_port():
    """A port of loopback that nobody else can take until `release`; connections to it are refused. Never the same one twice."""
    while True:
        port = random.choice(PORTS)
        if port in _held:
            continue
        holder = socket.socket()
        try:
            holder.bind(("127.0.0.1", port))  # without SO_REUSEADDR, so that it excludes everybody
        except OSError:
            holder.close()  # somebody else's
            continue
        _held[port] = holder
        return port


def release(port):
    """Just before a server of ours binds the port, and under the lock `FORKING`."""
    if port in _held:
        _held[port].close()
