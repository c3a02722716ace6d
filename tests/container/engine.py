"""Podman and buildah with a store of their own, which is gone when the run ends."""

import json
import os
import subprocess
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

# runc: crun of Debian 12 refuses the hybrid cgroups of some machines. vfs: works on any file system, also on an overlay.
# The limits: podman's own are higher than a machine that is itself confined may set.
_CONTAINERS = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=512:512"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "runc"
tmp_dir = "{directory}/tmp"
"""
_STORAGE = """
[storage]
driver = "vfs"
graphroot = "{directory}/images"
runroot = "{directory}/run"
"""


class Engine:
    """All of its containers are dead and gone when the `with` block ends."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="les-container-")
        self.directory = self._directory.name
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.directory, "CI": os.environ.get("CI", "")}
        for variable, text in [("CONTAINERS_CONF", _CONTAINERS), ("CONTAINERS_STORAGE_CONF", _STORAGE)]:
            path = os.path.join(self.directory, f"{variable.lower()}.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.format(directory=self.directory))
            self.environment[variable] = path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove_all()
        # Their layers are mounts where the driver wants it so.
        self.tool("podman", "system", "reset", "--force")
        self._directory.cleanup()

    def remove_all(self):
        self.tool("podman", "rm", "--all", "--force", "--time", "0")

    def file(self, name):
        return os.path.join(self.directory, name)

    def tool(self, *command, check=True, extra=None, seconds=120):
        """Runs a command of this store's to its end, in the project's directory, and returns what it printed."""
        environment = {**self.environment, **(extra or {})}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done if not check else done.stdout

    def build(self, target, program, tag, *options):
        """Packs a program that is built already, as the release does."""
        self.tool("deploy/container/build.sh", target, "--program", os.path.abspath(program), "--tag", tag, *options)

    def image(self, tag):
        """What the image says of itself."""
        return json.loads(self.tool("podman", "image", "inspect", tag))[0]

    def container(self, name):
        """What the engine says of a container."""
        return json.loads(self.tool("podman", "inspect", "--type", "container", name))[0]

    def logs(self, name):
        done = self.tool("podman", "logs", name, check=False)
        return done.stdout + done.stderr
