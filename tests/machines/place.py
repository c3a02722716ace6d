"""What a machine needs of ours: a disk over the common root, and control groups. Named les-PID-..., so that what a crashed run left is known."""

import contextlib
import os
import subprocess

import namespaces
from waiting import wait_until

DISKS = "/run/les-machines"
_OF_NSPAWN = "/run/systemd/nspawn/propagate"  # it makes a directory here for each machine, and leaves it
_V1_THAT_NEED_SETTINGS = ("cpuset",)  # a new group of these takes no process until it has settings; no systemd uses them


class Disk:
    """A root directory of its own, as large as it says: a tmpfs over the common root, which is only read. It outlives power cuts."""

    def __init__(self, name, base, megabytes):
        self.directory = os.path.join(DISKS, name)
        self.root = os.path.join(self.directory, "root")
        os.makedirs(self.directory)
        namespaces.tool("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", name, self.directory)
        upper, work = (os.path.join(self.directory, part) for part in ("upper", "work"))
        for part in (upper, work, self.root):
            os.mkdir(part)
        # xino is not possible over a tmpfs here, and the kernel would say so each time.
        options = f"lowerdir={base},upperdir={upper},workdir={work},xino=off"
        namespaces.tool("mount", "-t", "overlay", "-o", options, name, self.root)

    def remove(self):
        _remove_disk(self.directory)


class Groups:
    """A group in every hierarchy. Two systemds in one group would take each other's services for their own."""

    def __init__(self, name):
        self.paths = [os.path.join(mount, name) for mount in _hierarchies()]
        for path in self.paths:
            os.makedirs(path, exist_ok=True)

    def command(self, *command):
        """What to start to have this command run in them."""
        enter = 'for group in $GROUPS_OF_MACHINE; do echo $$ >"$group/cgroup.procs"; done; unset GROUPS_OF_MACHINE; exec "$@"'
        return ["env", f"GROUPS_OF_MACHINE={' '.join(self.paths)}", "sh", "-c", enter, "sh", *command]

    def remove(self):
        for path in self.paths:
            wait_until(f"{path} can be removed", lambda path=path: _removed(path))


def remove_leftovers():
    """Removes what crashed runs left, after their namespaces: with these all processes end."""
    for path in _made():
        if namespaces.is_left(os.path.basename(path)):
            _remove(path)


def remove_own():
    """Removes everything of this process."""
    for path in _made():
        if os.path.basename(path).startswith(f"les-{os.getpid()}-"):
            with contextlib.suppress(Exception):  # a run that is stopped removes what it can, the next one the rest
                _remove(path)


def _made():
    return [entry.path for place in (DISKS, *_hierarchies()) if os.path.isdir(place) for entry in os.scandir(place) if entry.name.startswith("les-")]


def _remove(path):
    if path.startswith(DISKS):
        _remove_disk(path)
    else:
        wait_until(f"{path} can be removed", lambda: _removed(path))


def _remove_disk(directory):
    for mounted in (os.path.join(directory, "root"), directory):
        wait_until(f"{mounted} can be unmounted", lambda mounted=mounted: _unmounted(mounted))
    for empty in (os.path.join(_OF_NSPAWN, os.path.basename(directory)), directory):
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(empty)


def _unmounted(path):
    """It is busy as long as a killed machine's last process is not quite gone."""
    return not os.path.ismount(path) or subprocess.run(["umount", path], stderr=subprocess.DEVNULL).returncode == 0


def _removed(group):
    """Groups go from the inside out, each when its last process is gone."""
    for path, _, _ in os.walk(group, topdown=False):
        try:
            os.rmdir(path)
        except FileNotFoundError:
            pass
        except OSError:
            return False
    return True


def _hierarchies():
    with open("/proc/mounts", encoding="utf-8") as file:
        mounts = [line.split() for line in file]
    groups = [mount for mount in mounts if mount[2] in ("cgroup", "cgroup2")]
    return [where for _, where, _, options, *_ in groups if not set(options.split(",")).intersection(_V1_THAT_NEED_SETTINGS)]
