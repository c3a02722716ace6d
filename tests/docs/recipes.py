"""Files that the book shows: each is held against what it is for."""

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib

import haproxy
import machine
import pages

TESTS = os.path.join(pages.ROOT, "tests")
KUBERNETES = ["1.25", "1.30", "1.37"]  # as tests/container
PRESET_LANGUAGE = ("providers/rest/presets/WRITING.md", "providers/rest/presets/README.md")  # their TOML is a preset's, not a node's
HERE = {"haproxy": haproxy.follows_the_leader}
CREDENTIAL = re.compile(r"^([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def blocks(language):
    return [block for page in pages.book() for block in page.blocks if block.language == language]


def skipped(what, why):
    print(f"*** SKIPPED: {what}: {why}", file=sys.stderr)
    assert not os.environ.get("CI"), why


def toml_is_a_nodes(les):
    """`les check` takes each as a configuration. The cloud is not asked: there is none at that address."""
    found = [block for block in blocks("toml") if block.page not in PRESET_LANGUAGE]
    assert len(found) > 10, found
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "les.toml")
        for block in found:
            kind = tomllib.loads(block.text).get("provider", {}).get("kind", _kind_of_page(block.page))
            with open(path, "w", encoding="utf-8") as file:
                file.write(block.text + "\n")
            if "/" in kind:
                continue  # a file that the reader has written
            said = _checked(les, path, {"LES_PROVIDER__KIND": kind, **_credentials(kind)})
            if "was built without it" in said:
                skipped(f"{block.place}, a configuration for AWS", "this les was built without AWS")
                continue
            assert re.search(r"^configuration +valid$", said, re.MULTILINE), f"{block.place}\n{said}"


def _kind_of_page(page):
    """What a part of a configuration is about that does not say it."""
    name, _ = os.path.splitext(os.path.basename(page))
    return name if os.path.dirname(page) == "providers/rest/presets" else "digitalocean"


def _credentials(kind):
    """What the preset's page says to put into the environment."""
    if kind == "aws":
        return {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}
    names = set(CREDENTIAL.findall(pages.read(f"providers/rest/presets/{kind}.md").text)) if kind != "none" else set()
    return {"OS_AUTH_URL": "https://127.0.0.1:1/v3", **dict.fromkeys(names, "secret")}


def _checked(les, path, credentials):
    nowhere = {"LES_PROVIDER__BASE_URL": "http://127.0.0.1:1", "LES_PROVIDER__METADATA_BASE": "http://127.0.0.1:1", "LES_NODE__ADVERTISE_ADDR": "10.0.0.1:4000"}
    done = subprocess.run([les, "check", "--config", path], env={**nowhere, **credentials}, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


def credentials_are_the_presets(les):
    """Every variable that a preset's page tells a reader to set is one that the preset reads."""
    for page in pages.book():
        name, _ = os.path.splitext(os.path.basename(page.path))
        if os.path.dirname(page.path) != "providers/rest/presets" or page.path in PRESET_LANGUAGE:
            continue
        said = subprocess.run([les, "preset", "show", name], capture_output=True, text=True, check=True).stdout
        told = {variable for block in page.blocks if block.language == "sh" for variable in CREDENTIAL.findall(block.text)}
        assert told and all(f'"{variable}"' in said for variable in told), f"{page.path} names {told}"


def probes_are_kubernetes(les):
    """The parts of a container that the book shows, put into a pod."""
    validate = os.path.join(TESTS, "container", ".venv", "bin", "kubernetes-validate")
    if not os.path.exists(validate):
        return skipped("Kubernetes' schemas of the book's probes", "tests/setup.sh could not make tests/container/.venv")
    found = [block for block in blocks("yaml") if "Probe:" in block.text]
    assert found, "the book shows no probes"
    for block in found:
        lines = "\n".join(f"      {line}" for line in block.text.splitlines())
        pod = f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: les\nspec:\n  containers:\n    - name: les\n      image: les\n{lines}\n"
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            for text, right in ((pod, True), (pod.replace("httpGet:", "httpGte:"), False)):
                file.seek(0)
                file.truncate()
                file.write(text)
                file.flush()
                for version in KUBERNETES:
                    done = subprocess.run([validate, "--strict", "--kubernetes-version", version, file.name], capture_output=True, text=True)
                    assert (done.returncode == 0) == right, f"{block.place} {version}\n{done.stdout}{done.stderr}"


def hcl_is_terraform(les):
    """HashiCorp's parser, its canonical form, and the arguments that the AWS provider knows."""
    if not os.path.isdir(os.path.join(TESTS, "terraform", "node_modules", "@cdktf")):
        return skipped("Terraform in the book", "the HCL parser is not installed (make setup)")
    sys.path.append(os.path.join(TESTS, "terraform"))
    import hcl

    found = blocks("hcl")
    assert found, "the book shows no Terraform"
    with hcl.Hcl() as parser:
        for block in found:
            parsed, formed = parser.ask("parse", block.text + "\n"), parser.ask("format", block.text + "\n")
            assert "error" not in parsed, f"{block.place}: {parsed['error']}"
            assert formed["value"].strip() == block.text.strip(), f"{block.place}: terraform fmt would write\n{formed['value']}"
            for problem in _unknown(parsed["value"]):
                raise AssertionError(f"{block.place}: {problem}")


def _unknown(parsed):
    with open(os.path.join(TESTS, "terraform", "schemas", "aws.json"), encoding="utf-8") as file:
        types = json.load(file)["resources"]
    for type_, named in parsed.get("resource", {}).items():
        known = {*types[type_]["arguments"], *types[type_]["blocks"]}
        for name, bodies in named.items():
            yield from (f"{type_}.{name} has no {argument}" for body in bodies for argument in body if argument not in known)
            for body in bodies:
                for check in body.get("health_check", []):
                    inner = types[type_]["blocks"]["health_check"]
                    yield from (f"health_check has no {argument}" for argument in check if argument not in json.dumps(inner))


def checks(args):
    yield "files: TOML is what a node takes", lambda: toml_is_a_nodes(args.les)
    yield "files: the presets' pages name the presets' variables", lambda: credentials_are_the_presets(args.les)
    yield "files: probes, by Kubernetes' schemas", lambda: probes_are_kubernetes(args.les)
    yield "files: Terraform, by HashiCorp's parser and the provider's schema", lambda: hcl_is_terraform(args.les)
    for name in HERE:
        yield f"recipe: {name}", lambda name=name: machine.alone(["--recipe", name, "--les", args.les, "--cloud", args.cloud])
