"""A Debian 12 machine: a systemd of its own, in a network namespace that was there before and stays when its power is cut."""

import os
import shlex
import signal
import subprocess
import tempfile

from place import Disk, Groups
from waiting import SECONDS, wait_until

DISK = 1024  # megabytes; it takes memory only for what is written
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"}
_POWER_OFF = signal.SIGRTMIN + 4  # what systemd as PID 1 takes for `systemctl poweroff`


class Failed(AssertionError):
    """A command in a machine ended as it should not."""


class Machine:
    """It is off until it is booted. All of it is gone after `remove`."""

    def __init__(self, base, host, hostname, disk=DISK):
        self.host, self.hostname = host, hostname
        self.log = tempfile.TemporaryFile()  # the console, of all its lives
        self.groups, self.disk, self.nspawn, self.systemd = None, None, None, None
        try:
            self.groups = Groups(host.name)
            self.disk = Disk(host.name, base, disk)
        except BaseException:
            self.remove()
            raise

    # Power.

    def boot(self):
        """On, and ready for work: everything that starts at boot has started, or has failed."""
        self.power_on()
        wait_until(lambda: f"{self.hostname} is up\n{self.output()}", self.is_up)

    def power_on(self):
        """On; what it does from here on is to be seen."""
        nspawn = ["systemd-nspawn", "--quiet", "-D", self.disk.root, "--boot", "--register=no", "--keep-unit", f"--machine={self.host.name}"]
        nspawn += [f"--hostname={self.hostname}", f"--network-namespace-path=/run/netns/{self.host.name}", "--console=read-only"]
        # It may set addresses: the namespace is its own. nspawn gives that right only where it made the namespace.
        nspawn += ["--capability=CAP_NET_ADMIN", "--resolv-conf=off", "--timezone=off", "--link-journal=no"]
        environment = {"PATH": os.environ["PATH"]}
        self.nspawn = subprocess.Popen(self.groups.command(*nspawn), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment)
        wait_until(lambda: f"{self.hostname} has a systemd\n{self.output()}", self._find_systemd)

    def is_up(self):
        code, state = self.run("systemctl", "is-system-running", check=False)
        return code == 0 or state.strip() == "degraded"

    def alive(self):
        return self.nspawn is not None and self.nspawn.poll() is None

    def power_cut(self):
        """Every process is gone at once and had no time for anything. The disk stays as it is."""
        if self.alive():
            for pid in filter(None, (self.systemd, self.nspawn.pid)):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass  # it followed the other one
            self.nspawn.wait()

    kill = power_cut  # as the other programs on hosts

    def shut_down(self):
        """As an administrator does it: everything is stopped first."""
        os.kill(self.systemd, _POWER_OFF)
        self.nspawn.wait(SECONDS)

    def remove(self):
        self.power_cut()
        for part in filter(None, (self.disk, self.groups)):
            part.remove()

    # What is done inside.

    def run(self, *command, check=True, stdin="", environment=None):
        """Runs a command as root to its end, and returns what it printed; without `check`: its exit code and that."""
        inside = ["nsenter", "-t", str(self.systemd), "-a", *command]
        variables = {**_ENVIRONMENT, **(environment or {})}
        done = subprocess.run(inside, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=SECONDS, env=variables)
        if not check:
            return done.returncode, done.stdout
        if done.returncode != 0:
            raise Failed(f"{self.hostname}: {shlex.join(command)}: exit code {done.returncode}\n{done.stdout}")
        return done.stdout

    def write(self, path, text, mode=0o644):
        """A file of root's; its directory is made."""
        there = self._path(path)
        os.makedirs(os.path.dirname(there), exist_ok=True)
        with open(os.open(there, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(there, mode)

    def read(self, path):
        with open(self._path(path), encoding="utf-8", errors="replace") as file:
            return file.read()

    def exists(self, path):
        return os.path.lexists(self._path(path))

    def bring(self, file, directory="/root"):
        """Copies a file of ours into it, and says where it is."""
        there = os.path.join(directory, os.path.basename(file))
        with open(file, "rb") as source:
            self.write(there, source.read())
        return there

    def journal(self, unit):
        """What the unit said and what systemd said of it, in all lives of the machine."""
        return self.run("journalctl", "--no-pager", "--quiet", "--output=short-precise", f"--unit={unit}", check=False)[1]

    def property(self, name, unit="les.service"):
        """What systemd knows of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def output(self):
        """What was on its console, in all its lives."""
        everything = os.pread(self.log.fileno(), os.fstat(self.log.fileno()).st_size, 0)
        return everything.decode(errors="replace").replace("\r", "")

    def _path(self, path):
        """While it runs, as it sees it: /run and /tmp are not on its disk."""
        root = f"/proc/{self.systemd}/root" if self.alive() else self.disk.root
        return os.path.join(root, path.lstrip("/"))

    def _find_systemd(self):
        """The process that is number 1 in there: a child of systemd-nspawn."""
        if not self.alive():
            raise AssertionError(f"{self.hostname} did not start\n{self.output()}")
        self.systemd = None
        with open(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children", encoding="ascii") as file:
            children = file.read().split()
        for child in children:
            if _number_inside(child) == "1" and _name(child) == "systemd":
                self.systemd = int(child)
        return self.systemd


def _number_inside(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            numbers = [line.split() for line in file if line.startswith("NSpid:")]
        return numbers[0][-1] if numbers and len(numbers[0]) > 2 else None
    except OSError:
        return None  # it is gone


def _name(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return None
