"""Starts Keystone and Neutron on free loopback ports, makes a small project in them, and prints one line of JSON about it.

Ends, with both, when its standard input ends, so that they never outlive the test that started them. What they log goes to
standard error; their own logs and databases are in a folder that is removed at the end.

    .venv/bin/python serve.py
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request

import services

# Seconds until both answer: five on an idle machine. This only ends a start that has failed.
START_DEADLINE = 120


def wait_for(url, children):
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        for child in children:
            if os.waitpid(child, os.WNOHANG)[0]:
                raise SystemExit("a service ended: its own words are above")
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url} did not answer in {START_DEADLINE} s")


def run(folder, children):
    identity, identity_port = services.listener()
    network, network_port = services.listener()
    urls = (f"http://127.0.0.1:{identity_port}/v3", f"http://127.0.0.1:{network_port}")
    children.append(services.start(services.keystone, folder, identity, *urls))
    children.append(services.start(services.neutron, folder, network, *urls))
    for url in urls:
        wait_for(url, children)
    import cloud

    print(json.dumps(cloud.Cloud(*urls).make()), flush=True)
    sys.stdin.read()


def main():
    folder = tempfile.mkdtemp(prefix="les-openstack-")
    children = []
    try:
        run(folder, children)
    except SystemExit:
        for name in ["keystone.log", "neutron.log"]:
            path = os.path.join(folder, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as log:
                    sys.stderr.write(log.read()[-20_000:])
        raise
    finally:
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
