"""A proxy that has a node under a prefix, as a cluster's dashboard may: `/some/where/live` is the node's `/live`."""

import socket
import threading

PREFIX = "/some/where"


class Prefixed:
    """Listens until the `with` block ends. One request a connection, as the nodes have it."""

    def __init__(self, node):
        self.node = node.rsplit(":", 1)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}{PREFIX}/"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._forward, args=[connection], daemon=True).start()

    def _forward(self, connection):
        with connection:
            try:
                head = self._head(connection)
                method, path, _ = head.split(b"\r\n", 1)[0].split(b" ")
                if not path.startswith(f"{PREFIX}/".encode()):
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                stripped = path[len(PREFIX) :]
                with socket.create_connection((self.node[0], int(self.node[1])), timeout=60) as node:
                    node.sendall(head.replace(b"%s %s " % (method, path), b"%s %s " % (method, stripped), 1))
                    while chunk := node.recv(65536):
                        connection.sendall(chunk)
            except (OSError, ValueError):
                pass  # one of the two went away

    @staticmethod
    def _head(connection):
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(65536)
            if not chunk:
                raise ConnectionError("closed before the end of the headers")
            data += chunk
        return data
