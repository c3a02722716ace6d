"""The clouds' metadata service, for machines that know nothing yet: it tells who asks by the address that the question comes from.

It also serves files, such as a package: a machine's first boot needs a place to fetch it from.
"""

import http.server
import threading

from root import METADATA

PORT = 80


class Metadata:
    """Of droplets `1` to `size`. It answers on every address of the hub until it is stopped."""

    def __init__(self, hub, sources):
        self.sources = sources  # a machine's address to its droplet
        self.seeds = {}  # droplet to the user-data of its first boot
        self.files = {}  # name to bytes
        self.refusals = {}  # name to how many times more it is refused
        self.asked = []  # (droplet, path, answer's code), in order
        with hub.entered():
            self.server = http.server.ThreadingHTTPServer(("0.0.0.0", PORT), type("Bound", (_Handler,), {"metadata": self}))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def url(self, name):
        """Where machines fetch this file."""
        return f"http://{METADATA}/files/{name}"

    def answers(self, name):
        """With which codes a file was answered so far."""
        return [code for _, path, code in self.asked if path == f"/files/{name}"]

    def answer(self, source, path):
        """(code, body) for whoever asks from there."""
        droplet = self.sources.get(source)
        code, body = self._found(droplet, path)
        self.asked.append((droplet, path, code))
        return code, body

    def _found(self, droplet, path):
        if path.startswith("/files/"):
            return self._file(path.removeprefix("/files/"))
        texts = {
            "/metadata/v1/id": f"{droplet}",
            "/seed/meta-data": f"instance-id: droplet-{droplet}\nlocal-hostname: n{droplet}\n",
            "/seed/vendor-data": "",
            "/seed/user-data": self.seeds.get(droplet),
        }
        text = texts.get(path) if droplet else None
        return (404, b"") if text is None else (200, text.encode())

    def _file(self, name):
        if self.refusals.get(name, 0) > 0:
            self.refusals[name] -= 1
            return 503, b"come back later\n"
        return (200, self.files[name]) if name in self.files else (404, b"")


class _Handler(http.server.BaseHTTPRequestHandler):
    metadata = None

    def do_GET(self):
        code, body = self.metadata.answer(self.client_address[0], self.path.split("?")[0])
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """What was asked is in `asked`."""
