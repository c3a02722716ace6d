"""The terminal of a reader: one bash, which keeps its directory, its variables and its jobs from command to command."""

import os
import re
import select
import signal
import subprocess
import time

PATIENCE = 120  # seconds for one command; generous, since it only ends a test that has failed
_END = "\x1e"
_JOBS = re.compile(r"^(\[\d+\][-+ ]|bash: line \d+: +\d+ (Killed|Terminated|Done|Hangup|Interrupt))")  # what a shell tells of its jobs


class Shell:
    def __init__(self, directory, environment, prefix=()):
        self.code = 0
        command = [*prefix, "bash", "--noprofile", "--norc"]
        self._process = subprocess.Popen(
            command, cwd=directory, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        self._type("set -m")  # %1 is a job, as on a terminal

    def _type(self, text):
        self._process.stdin.write((text + "\n").encode())
        self._process.stdin.flush()

    def run(self, text):
        """What a command prints, as lines; `code` is its exit code."""
        self._type(f"(exit {self.code})\n{{ {text}\n}} </dev/null\nprintf '\\n{_END}%d{_END}\\n' \"$?\"")
        said, deadline = b"", time.monotonic() + PATIENCE
        while said.count(_END.encode()) < 2:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                raise AssertionError(f"{'the shell ended' if ready else f'not within {PATIENCE} s'}: {text}\n{said.decode(errors='replace')}")
            said += piece
        text, code, _ = said.decode(errors="replace").split(_END)
        self.code = int(code)
        lines = text.removesuffix("\n").splitlines()
        return [line for line in lines if not _JOBS.match(line)]

    def close(self):
        self._process.stdin.close()
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        self._process.stdout.close()
