"""The machine that a page is read on: namespaces of its own (run.sh and `alone` make them), files of its own over the real ones, and the programs on its path."""

import os
import subprocess
import sys
import tempfile

from pages import ROOT

OVERLAID = ("/etc", "/var/lib")  # what a page writes there is gone with the page
LINKED = ("Makefile", "Cargo.toml", "README.md", "deploy", "docs", "providers", "src", "terraform", "tests")  # the reader stands in the repository

# `cargo run` and `cargo build` would compile; what they would start is there already.
CARGO = """#!/bin/bash
case "$1" in
  build) exit 0 ;;
  run) [[ "$*" == *"--example simulated-cloud -- "* ]] && while [[ $1 != -- ]]; do shift; done && shift && exec simulated-cloud "$@" ;;
esac
echo "the book's cargo does not do this: $*" >&2
exit 101
"""
MAKE = """#!/bin/bash
exec {make} CARGO=: LES={les} "$@"
"""


def alone(arguments):
    """This program again, with these arguments, on a machine of its own that ends with it. Raises with what it said if it fails."""
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, os.path.abspath(sys.argv[0]), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stdout)
    return done.stdout


def _do(*command):
    subprocess.run(command, check=True, capture_output=True, text=True)


class Machine:
    """Of the process that calls this, which has been started by `alone`."""

    def __init__(self, les, cloud):
        self._keep_files()
        self._connect()
        self.directory = os.path.join(self._root, "les")
        self._programs = os.path.join(self._root, "bin")
        os.makedirs(self.directory)
        os.makedirs(self._programs)
        for name in LINKED:
            os.symlink(os.path.join(ROOT, name), os.path.join(self.directory, name))
        os.symlink(les, os.path.join(self._programs, "les"))
        os.symlink(cloud, os.path.join(self._programs, "simulated-cloud"))
        self._program("cargo", CARGO)
        self._program("make", MAKE.format(make="/usr/bin/make", les=les))
        self._program("sudo", '#!/bin/bash\nexec "$@"\n')

    def _keep_files(self):
        """The repository is only read; /run is empty, /etc and /var/lib keep nothing of what is written."""
        _do("mount", "--bind", ROOT, ROOT)
        _do("mount", "-o", "remount,ro,bind", ROOT)
        self._root = tempfile.mkdtemp(prefix="les-docs-")
        _do("mount", "-t", "tmpfs", "les-docs", self._root)
        for place in OVERLAID:
            upper, work = (os.path.join(self._root, kind + place.replace("/", "-")) for kind in ("upper", "work"))
            os.makedirs(upper)
            os.makedirs(work)
            _do("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={place},upperdir={upper},workdir={work}", place)
        _do("mount", "-t", "tmpfs", "les-docs", "/run")
        for place in ("/etc/les", "/run/les", "/var/lib/les"):
            os.makedirs(place, exist_ok=True)

    def _connect(self):
        """Loopback, and an eth0 that leads nowhere."""
        _do("ip", "link", "set", "lo", "up")
        _do("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "nowhere")
        _do("ip", "link", "set", "eth0", "up")

    def _program(self, name, text):
        path = os.path.join(self._programs, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def environment(self, **more):
        """No proxies, no LES_ variables of the person's own."""
        path = f"{self._programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "HOME": self.directory, "LANG": "C.UTF-8", "TERM": "dumb", "COLUMNS": "160", **more}

    def write(self, path, text):
        """A file of the page's, relative to where the reader stands."""
        path = os.path.join(self.directory, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
