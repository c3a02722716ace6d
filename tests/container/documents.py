"""The files that others run: held against linters and schemas, and against each other. The tools are in .venv, pinned by requirements.txt."""

import glob
import os
import re
import subprocess
import sys
import tempfile

from engine import ROOT

KUBERNETES = ["1.25", "1.30", "1.37"]  # the oldest and the newest that the package knows, and one between
CONTAINER = "deploy/container"
DAEMONSET = "deploy/kubernetes/daemonset.yaml"
TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".venv", "bin")
WORKFLOWS = sorted(glob.glob(".github/workflows/*.yml", root_dir=ROOT))


def tools_are_there():
    return os.path.realpath(sys.prefix) == os.path.realpath(os.path.dirname(TOOLS)) and os.path.exists(f"{TOOLS}/actionlint")


def tool(name, *arguments, check=True, **options):
    done = subprocess.run([f"{TOOLS}/{name}", *arguments], cwd=ROOT, capture_output=True, text=True, **options)
    assert not check or done.returncode == 0, f"{name} {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done


def documents(path):
    import yaml  # of .venv

    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def dockerfile():
    tool("hadolint", "--failure-threshold", "info", f"{CONTAINER}/Dockerfile")


def compose():
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", f"{CONTAINER}/compose.yaml")


def kubernetes():
    for version in KUBERNETES:
        tool("kubernetes-validate", "--strict", "--kubernetes-version", version, DAEMONSET)


def kubernetes_would_see_a_mistake():
    """A misspelled key is what `kubectl apply` would say nothing of on some versions."""
    with open(os.path.join(ROOT, DAEMONSET), encoding="utf-8") as file, tempfile.NamedTemporaryFile("w", suffix=".yaml") as wrong:
        wrong.write(file.read().replace("hostNetwork:", "hostNetwrok:"))
        wrong.flush()
        assert tool("kubernetes-validate", "--strict", wrong.name, check=False).returncode != 0


def parts_of_the_daemonset():
    """By kind, and the only container."""
    kinds = {document["kind"]: document for document in documents(DAEMONSET)}
    return kinds, kinds["DaemonSet"]["spec"]["template"]["spec"]["containers"][0]


def daemonset_belongs_together():
    kinds, container = parts_of_the_daemonset()
    spec, service = kinds["DaemonSet"]["spec"], kinds["Service"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels == service["selector"], "who is found is who runs"
    meta = kinds["Service"]["metadata"]
    found = f"dns:{meta['name']}.{meta['namespace']}.svc.cluster.local"
    assert found in kinds["ConfigMap"]["data"]["les.toml"], "discovery asks for this service"
    assert service["ports"][0]["port"] == container["ports"][0]["containerPort"] == container["ports"][0]["hostPort"] == 4000
    user = spec["template"]["spec"]["securityContext"]
    with open(os.path.join(ROOT, CONTAINER, "Dockerfile"), encoding="utf-8") as file:
        assert f"USER {user['runAsUser']}:{user['runAsGroup']}\n" in file.read(), "the image's user"


def daemonset_configures_a_node(les):
    """The ConfigMap, the arguments and the environment are what the program accepts; no cloud is asked."""
    kinds, container = parts_of_the_daemonset()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "les.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(kinds["ConfigMap"]["data"]["les.toml"])
        assert container["args"] == ["run", "--config", "/etc/les/les.toml"], container["args"]
        environment = {"LES_PROVIDER__BASE_URL": "http://127.0.0.1:1", "LES_PROVIDER__TARGET": "1"}
        for variable in container["env"]:
            value = variable.get("value", "10.0.0.1" if "fieldRef" in variable.get("valueFrom", {}) else "secret")
            environment[variable["name"]] = value.replace("$(HOST_IP)", environment.get("HOST_IP", ""))
        done = subprocess.run([les, "check", "--config", path], env=environment, capture_output=True, text=True, timeout=60)
        said = done.stdout + done.stderr
        assert re.search(r"^configuration +valid$", said, re.M) and re.search(r"^this node +10\.0\.0\.1:4000$", said, re.M), said
        assert re.search(r"^credentials +from DIGITALOCEAN_TOKEN$", said, re.M), said


def workflows():
    assert WORKFLOWS
    tool("actionlint", *WORKFLOWS)  # it calls shellcheck for the scripts inside
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        tool("check-jsonschema", "--builtin-schema", schema, *WORKFLOWS)


def workflows_take_nothing_that_may_change():
    """A tag of an action is whatever its owner says today; what has a token of ours is named by its commit."""
    for path in WORKFLOWS:
        (workflow,) = documents(path)
        assert workflow["permissions"] == {}, f"{path}: jobs ask for what they need"
        for name, job in workflow["jobs"].items():
            assert "permissions" in job, f"{path}: {name}"
            for step in job["steps"]:
                used = step.get("uses")
                assert used is None or re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", used), f"{path}: {name}: {used}"
                # What the event says may be anybody's text: it reaches a script by its environment only.
                assert "${{" not in step.get("run", ""), f"{path}: {name}: {step}"
            image = job.get("container", "")
            assert not image or "@sha256:" in image, f"{path}: {name}: {image}"


def release_notes():
    """The tag, the manifest, the lock file and the changelog say the same, or nothing is released."""

    def notes(tag, version="1.2.3", lock="1.2.3", changelog="## [Unreleased]\n\n## [1.2.3] - 2026-01-02\n\n- This.\n\n## [1.2.2] - 2026-01-01\n\n- That.\n"):
        with tempfile.TemporaryDirectory() as tree:
            texts = {
                "Cargo.toml": f'[workspace.package]\nversion = "{version}"\n[dependencies]\nother = "9"\n',
                "Cargo.lock": f'[[package]]\nname = "les"\nversion = "{lock}"\n',
                "CHANGELOG.md": changelog,
            }
            for name, text in texts.items():
                with open(os.path.join(tree, name), "w", encoding="utf-8") as file:
                    file.write(text)
            script = os.path.join(ROOT, ".github/workflows/notes.sh")
            return subprocess.run([script, tag], env={**os.environ, "LES_TREE": tree}, capture_output=True, text=True)

    right = notes("v1.2.3")
    assert (right.returncode, right.stdout.strip()) == (0, "- This."), right
    for wrong, said in [
        (notes("1.2.3"), "is no tag of a release"),
        (notes("v1.2.4"), "Cargo.toml is at 1.2.3"),
        (notes("v1.2.3", lock="1.2.2"), "Cargo.lock has les 1.2.2"),
        (notes("v1.2.3", changelog="## [Unreleased]\n\n- This.\n"), "has no section"),
        (notes("v1.2.3", changelog="## [1.2.3]\n\n- This.\n"), "has no section"),
        (notes("v1.2.3", changelog="## [1.2.3] - 2026-01-02\n\n## [1.2.2] - 2026-01-01\n\n- That.\n"), "says nothing"),
    ]:
        assert wrong.returncode == 1 and said in wrong.stderr and not wrong.stdout, wrong


def checks(les):
    return [
        ("documents: hadolint reads the Dockerfile", dockerfile),
        ("documents: compose.yaml and the schema of Compose", compose),
        (f"documents: the DaemonSet and the schemas of Kubernetes {', '.join(KUBERNETES)}", kubernetes),
        ("documents: the schemas would see a mistake", kubernetes_would_see_a_mistake),
        ("documents: the DaemonSet's parts belong together", daemonset_belongs_together),
        ("documents: the DaemonSet's configuration is a node's", lambda: daemonset_configures_a_node(les)),
        ("documents: actionlint and the schema of workflows", workflows),
        ("documents: workflows take nothing that may change", workflows_take_nothing_that_may_change),
        ("documents: release notes, and what is not released", release_notes),
    ]
