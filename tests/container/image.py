"""What is in the image, and what is not."""

import functools
import json
import os
import subprocess

from engine import ROOT

LARGEST = 40 * 1024 * 1024  # bytes; a program with AWS's SDK is 19 MB, and a base image would be twice this
FILES = {
    "/etc/group",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/ssl/certs/ca-certificates.crt",
    "/les",
}
USER = 65532


class Image:
    """The image, unpacked beside the engine's own copy."""

    def __init__(self, engine, tag):
        self.engine, self.tag = engine, tag

    @functools.cached_property
    def said(self):
        return self.engine.image(self.tag)

    @property
    def config(self):
        return self.said["Config"]

    def unpacked(self):
        """A directory with the root of a container of it."""
        root = self.engine.file("unpacked")
        if not os.path.isdir(root):
            os.mkdir(root)
            name = self.engine.tool("podman", "create", self.tag).strip()
            archive = self.engine.file("unpacked.tar")
            self.engine.tool("podman", "export", "--output", archive, name)
            self.engine.tool("podman", "rm", name)
            subprocess.run(["tar", "--extract", "--same-owner", "--same-permissions", "--file", archive, "--directory", root], check=True)
        return root

    def holds_one_program_and_no_shell(self):
        root = self.unpacked()
        found = {
            os.path.join("/", os.path.relpath(os.path.join(folder, name), root))
            for folder, _, names in os.walk(root)
            for name in names
        }
        # Podman lays these for every container, whatever the image is.
        found -= {path for path in found if path.split("/")[1] in ("dev", "proc", "sys", "run")}
        assert found - {"/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/etc/mtab"} == FILES, found
        programs = [path for path in found if os.access(root + path, os.X_OK) and os.stat(root + path).st_mode & 0o111]
        assert programs == ["/les"], programs

    def is_small(self):
        size = self.said["Size"]
        print(f"    the image: {size / 1e6:.1f} MB", flush=True)
        assert size < LARGEST, size

    def belongs_to_nobody(self):
        """Nothing that the program may write but its state, and no program that gives rights away."""
        root = self.unpacked()
        for folder, folders, names in os.walk(root):
            for name in [*folders, *names]:
                path = os.path.join(folder, name)
                about = os.lstat(path)
                owner = USER if path == f"{root}/var/lib/les" else 0
                assert (about.st_uid, about.st_gid) == (owner, owner), f"{path}: {about.st_uid}:{about.st_gid}"
                assert not about.st_mode & 0o6022, f"{path}: {about.st_mode:o}"
        assert os.stat(f"{root}/var/lib/les").st_mode & 0o777 == 0o700

    def says_how_to_run_it(self):
        assert self.config["User"] == f"{USER}:{USER}", "a number: Kubernetes cannot see from a name that it is not root"
        assert self.config["Entrypoint"] == ["/les"] and self.config["Cmd"] == ["run"], self.config
        assert "LES_NODE__STATE_DIR=/var/lib/les" in self.config["Env"], self.config["Env"]
        assert not self.config.get("ExposedPorts"), "a published port hides a crash"
        labels = {label: value for label, value in self.config["Labels"].items() if label.startswith("org.opencontainers.image.")}
        assert {label.rpartition(".")[2] for label in labels} == {"title", "description", "licenses", "version", "revision", "source"}
        assert labels["org.opencontainers.image.version"] == "1.2.3", labels

    def is_asked_for_its_health(self):
        check = self.said["HealthcheckConfig" if "HealthcheckConfig" in self.said else "Healthcheck"]
        assert check["Test"] == ["CMD", "/les", "health"], check

    def is_the_same_again(self):
        """Nothing in it says when or where it was packed. (Buildah of Debian 12 writes the name of its builder beside it; no container sees that.)"""
        again = f"{self.tag}-again"
        self.engine.build("les", f"{self.unpacked()}/les", again, *options(self.engine))
        said = self.engine.image(again)
        assert (said["RootFS"], said["Config"]) == (self.said["RootFS"], self.config), said


def options(engine):
    """How the image under test is built."""
    return ["--version", "1.2.3", "--revision", "abc", "--source", "https://example.org/les", "--ca", engine.file("ca-bundle.crt")]


def a_program_that_needs_a_loader_is_refused(engine):
    """It would fail at its first start, with nothing but "no such file"."""
    done = engine.tool("deploy/container/build.sh", "les", "--program", "/bin/true", "--tag", "localhost/les:dynamic", check=False)
    assert done.returncode == 1 and "is not static" in done.stderr, done.stderr


def a_program_of_another_machine_is_refused(engine, les):
    other = "arm64" if os.uname().machine == "x86_64" else "amd64"
    done = engine.tool("deploy/container/build.sh", "les", "--program", les, "--tag", "localhost/les:other", "--arch", other, check=False)
    assert done.returncode == 1 and f"is not for {other}" in done.stderr, done.stderr


def one_image_for_two_machines(engine, les):
    """As the release makes it. The second program is the first with another machine in its header: nothing runs it."""
    machines = {"amd64": 62, "arm64": 183}  # e_machine of ELF
    with open(les, "rb") as file:
        program = bytearray(file.read())
    options = []
    for arch, number in machines.items():
        program[18:20] = number.to_bytes(2, "little")
        path = engine.file(f"les-{arch}")
        with open(path, "wb") as file:
            file.write(program)
        options += [f"--{arch}", path]
    written = engine.file("both")
    engine.tool("deploy/container/manifest.sh", "--tag", "localhost/both", "--to", f"dir:{written}", *options)
    with open(f"{written}/manifest.json", encoding="utf-8") as file:
        found = {each["platform"]["architecture"] for each in json.load(file)["manifests"]}
    assert found == set(machines), found


def the_compiler_is_the_pinned_one():
    with open(f"{ROOT}/rust-toolchain.toml", encoding="utf-8") as file:
        pinned = next(line.split('"')[1] for line in file if line.startswith("channel"))
    with open(f"{ROOT}/deploy/container/Dockerfile", encoding="utf-8") as file:
        assert f"rust:{pinned}-" in file.read(), f"RUST_IMAGE of the Dockerfile, and {pinned} of rust-toolchain.toml"


def checks(engine, tag, les):
    image = Image(engine, tag)
    return [
        ("image: one program, no shell", image.holds_one_program_and_no_shell),
        ("image: small", image.is_small),
        ("image: only the state is the node's own", image.belongs_to_nobody),
        ("image: user, entry point, labels", image.says_how_to_run_it),
        ("image: health check", image.is_asked_for_its_health),
        ("image: the same input is the same image", image.is_the_same_again),
        ("image: a program that needs a loader is refused", lambda: a_program_that_needs_a_loader_is_refused(engine)),
        ("image: a program of another machine is refused", lambda: a_program_of_another_machine_is_refused(engine, les)),
        ("image: one for two machines", lambda: one_image_for_two_machines(engine, les)),
        ("image: the compiler is the pinned one", the_compiler_is_the_pinned_one),
    ]
