"""A certificate authority of this run's own, and TLS before a server that has none."""

import contextlib
import os
import socket
import socketserver
import ssl
import subprocess
import threading

SYSTEM = "/etc/ssl/certs/ca-certificates.crt"


def certificates(directory):
    """A bundle to put into the image (this machine's authorities, and one more), and a certificate of that one for localhost."""
    key, certificate, ca_key, ca = (os.path.join(directory, name) for name in ("key.pem", "cert.pem", "ca-key.pem", "ca.pem"))
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-x509", "-days", "2"]
    quiet = {"check": True, "capture_output": True}
    subprocess.run([*new, "-subj", "/CN=les tests", "-keyout", ca_key, "-out", ca, "-addext", "keyUsage=keyCertSign"], **quiet)
    signed = ["-CA", ca, "-CAkey", ca_key, "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run([*new, "-subj", "/CN=localhost", "-keyout", key, "-out", certificate, *signed], **quiet)
    bundle = os.path.join(directory, "ca-bundle.crt")
    with open(bundle, "wb") as written:
        for path in (SYSTEM, ca):
            with open(path, "rb") as file:
                written.write(file.read())
    return key, certificate


class _Front(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextlib.contextmanager
def front(listen, upstream, key, certificate):
    """Answers at `listen` by TLS, and passes all of it on to `upstream`."""
    # Made when it is entered, so that a list of the checks needs no certificate.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            # A client that does not believe the certificate hangs up: it is the client that says so.
            with contextlib.suppress(OSError):
                near = context.wrap_socket(self.request, server_side=True)
                far = socket.create_connection(upstream)
                back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
                back.start()
                _pass_on(near, far)
                back.join()

    server = _Front(listen, Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pass_on(source, target):
    with contextlib.suppress(OSError):
        while taken := source.recv(65536):
            target.sendall(taken)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
