"""Starts Keystone and Neutron on free loopback ports, makes a small project in them, and prints one line of JSON about it.

Then it obeys the orders on its standard input, one a line, and answers each with the port that has the floating IP (JSON):

    holder             nothing more
    give [me|other]    moves it by hand; without a name, to nobody
    revoke             every token so far is refused from now on
    delete CREDENTIAL  deletes an application credential

Ends, with both services, when its standard input ends, so that they never outlive the test that started it. Logs and databases
are in a folder that is removed at the end; a start that fails shows the logs.

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
    from cloud import Cloud

    cloud = Cloud(*urls)
    print(json.dumps(cloud.make()), flush=True)
    for line in sys.stdin:
        print(json.dumps(obey(cloud, folder, *line.split())), flush=True)


def obey(cloud, folder, order, name=None):
    if order == "revoke":
        services.replace_keys(folder)
        cloud.renew()
    elif order == "give":
        cloud.give(cloud.made[name]["port"] if name else None)
    elif order == "delete":
        cloud.delete_credential(name)
    elif order != "holder":
        raise SystemExit(f"{order}: no such order")
    return cloud.holder()


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
