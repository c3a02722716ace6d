"""Network namespaces that this run makes and removes. Nothing outside them is ever configured (but files of theirs in /etc/netns).

Their names are `les-PID-...`, PID being the process that made them: so runs side by side do not meet, and what a crashed run left is known by its
dead PID.
"""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

_OURS = re.compile(r"les-(\d+)-")
_RUNS = (b"netns/run.py", b"faults/run.py", b"machines/run.py")  # what makes namespaces
_MOUNTED = "/run/netns"
_ETC = "/etc/netns"  # `ip netns exec NAME` shows the files of /etc/netns/NAME in /etc
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_making = threading.Lock()
_closed = False


class Namespace:
    """One network namespace, with its loopback up."""

    def __init__(self, label):
        self.name = f"les-{os.getpid()}-{label}"
        with _making:
            if _closed:
                raise RuntimeError("this run is being stopped")
            tool("ip", "netns", "add", self.name)
        self.ip("link set lo up")

    def ip(self, *lines):
        """Runs `ip` with each of the lines, all or up to the first that fails."""
        tool("ip", "-n", self.name, "-batch", "-", stdin="\n".join(lines))

    def write_etc(self, name, text):
        """What runs here finds this file in /etc, instead of the machine's own."""
        directory = os.path.join(_ETC, self.name)
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *command, stdin=""):
        tool(*self.command(*command), stdin=stdin)

    def command(self, *command):
        """What to start to have this command run here. The process that is started becomes the command."""
        return ["ip", "netns", "exec", self.name, *command]

    @contextlib.contextmanager
    def entered(self):
        """Sockets that the calling thread makes meanwhile belong to this namespace."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            there = os.open(f"{_MOUNTED}/{self.name}", os.O_RDONLY)
            try:
                _enter(there)
            finally:
                os.close(there)
            try:
                yield
            finally:
                _enter(home)
        finally:
            os.close(home)


def tool(*command, stdin=""):
    """Runs a command to its end; if it fails, the error says what it printed."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}\n{stdin}")
    return done.stdout


def remove(name):
    """Ends what runs in a namespace and removes it."""
    for pid in tool("ip", "netns", "pids", name).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    shutil.rmtree(os.path.join(_ETC, name), ignore_errors=True)
    tool("ip", "netns", "delete", name)


def remove_when_stopped(title, then=lambda: None):
    """Ctrl-C, or the end of a CI run: nothing stays behind, and what is under way is not waited for. `then` removes what was made beside."""

    def stop(number, _):
        print(f"{title}: stopped", flush=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what tests say as their hosts vanish helps nobody
        _remove_own()
        then()
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _remove_own():
    """Removes everything of this process, and lets nothing new be made."""
    global _closed
    with _making:
        _closed = True
    for name, pid in _ours():
        if pid == os.getpid():
            _remove_if_there(name)


def remove_leftovers():
    """Removes what crashed runs left. A run that is still going on keeps its own."""
    for name, _ in _ours():
        if is_left(name):
            print(f"removing {name}, left by a run that is gone", flush=True)
            _remove_if_there(name)


def is_left(name):
    """Whether something of this name was left by a run that is gone. This process has made nothing yet."""
    match = _OURS.match(name)
    return match is not None and (int(match[1]) == os.getpid() or not _is_running(int(match[1])))


def _remove_if_there(name):
    """Somebody else may remove it too, and be quicker: a test's own end, or another run that starts at this moment."""
    try:
        remove(name)
    except RuntimeError:
        if os.path.exists(f"{_MOUNTED}/{name}"):
            raise


def _ours():
    names = os.listdir(_MOUNTED) if os.path.isdir(_MOUNTED) else []
    matches = [(name, _OURS.match(name)) for name in names]
    return [(name, int(match[1])) for name, match in matches if match]


def _is_running(pid):
    """Whether this process is such a run; its number may have been given to another one since."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as command:
            line = command.read()
            return any(run in line for run in _RUNS)
    except OSError:
        return False


def _enter(namespace):
    if _libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
