"""The file system that every machine starts from: Debian 12 as in a cloud's image, made once and kept in target/machines."""

import fcntl
import glob
import hashlib
import os
import re
import shutil
import subprocess

SUITE = "bookworm"
PACKAGES = "systemd,systemd-sysv,dbus,iproute2,ca-certificates,cloud-init,curl,procps,rpm"
SOURCES = "/etc/apt/sources.list.d/debian.sources"
MIRROR = "http://deb.debian.org/debian"
METADATA = "169.254.169.254"  # where every machine finds the metadata service, as in the clouds
CLOUD_INIT = f"""\
# The user-data is at the metadata service; the network is there before the machine is.
datasource_list: [NoCloud]
datasource: {{NoCloud: {{seedfrom: "http://{METADATA}/seed/"}}}}
network: {{config: disabled}}
# Without these it fails by itself: there are neither locales nor a Secure Shell.
locale: false
ssh_genkeytypes: []
"""


def base(target):
    """The directory; made now if there is none that this very file would make. A minute then, and Debian's packages are fetched."""
    os.makedirs(target, exist_ok=True)
    with open(__file__, "rb") as recipe:
        made_by = hashlib.sha256(recipe.read()).hexdigest()[:12]
    directory = os.path.join(os.path.abspath(target), f"base-{made_by}")
    with open(os.path.join(target, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # runs side by side make one between them
        if not os.path.isdir(directory):
            _remove_others(target)
            _make(directory)
    return directory


def _make(directory):
    """Under another name until it is whole: what was interrupted is never taken for a root."""
    print(f"making {directory}: {PACKAGES}", flush=True)
    unfinished = f"{directory}.new"
    # In a mount namespace of its own: what it mounts in there and does not get rid of goes with it.
    mmdebstrap = ["unshare", "--mount", "mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", f"--include={PACKAGES}", SUITE, unfinished, _mirror()]
    done = subprocess.run(mmdebstrap, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(mmdebstrap)}: exit code {done.returncode}\n{done.stderr}")
    _prepare(unfinished)
    os.rename(unfinished, directory)


def _prepare(root):
    """What makes an image of an installation: nothing in it that each machine must have for itself."""
    for name in ("etc/hostname", "etc/resolv.conf"):
        if os.path.lexists(os.path.join(root, name)):
            os.remove(os.path.join(root, name))
    _write(root, "etc/machine-id", "")  # empty: systemd makes one at the first start
    _write(root, "etc/cloud/cloud.cfg.d/99-machines.cfg", CLOUD_INIT)


def _write(root, name, text):
    with open(os.path.join(root, name), "w", encoding="ascii") as file:
        file.write(text)


def _mirror():
    """Where this machine's own packages come from: it may be nearer than Debian's."""
    try:
        with open(SOURCES, encoding="ascii") as file:
            found = re.search(r"^URIs:\s*(\S+)", file.read(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else MIRROR


def _remove_others(target):
    """Those of older recipes, and what was interrupted; but not under the feet of another run."""
    with open("/proc/mounts", encoding="utf-8") as file:
        mounts = file.read()
    for other in glob.glob(os.path.join(os.path.abspath(target), "base-*")):
        if other not in mounts:
            shutil.rmtree(other)
