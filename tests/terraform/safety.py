"""Nothing is open to the world unless the user says so, and no secret is written down."""

import fnmatch
import re
import subprocess

import syntax_tree

WORLD = ("0.0.0.0/0", "::/0")
OUTWARD = re.compile(r"egress|outbound|destination")
SECRET_NAME = re.compile(r"(^|_)(password|secret|secrets|token|private_key|api_key|access_key|secret_key)($|_)")
NOT_A_SECRET = re.compile(r"_(file|path|arn|id|name|ttl|parameter|parameter_name|parameter_arn|command|version)$|^http_tokens$|^metadata_http_tokens$")
SECRETS = {
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a DigitalOcean token": re.compile(r"\bdo[opr]_v1_[0-9a-f]{20,}"),
    "a GitHub token": re.compile(r"\b(gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,})"),
    "something that looks like a token": re.compile(
        r"(?<![A-Za-z0-9+/=_-])(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])(?![0-9a-f]+(?![A-Za-z0-9]))[A-Za-z0-9]{40,}(?![A-Za-z0-9+/=_-])"
    ),
}
LEFTOVERS = ("*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfplan", "*.pem", ".terraform", "crash.log")


def open_to_the_world(hcl, modules):
    """The world is only in what goes out; a variable's default has it nowhere, and its validation may, to forbid it."""
    for module in modules.values():
        for one in module.expressions():
            written = set(syntax_tree.literals(hcl.expression(one.attribute.text)))
            found = [text for text in written if text in WORLD]
            in_default = one.owner.type == "variable" and one.attribute.name in ("default", "type")
            if found and (in_default or not _may_name_the_world(one)):
                yield f"{one.where()}: {one.attribute.name} opens something to the world ({', '.join(sorted(found))})"


def _may_name_the_world(one):
    blocks = [one.owner, *one.chain]
    place = [one.attribute.name, *(name for block in blocks for name in (block.type, *block.labels))]
    return any(OUTWARD.search(name) for name in place) or any(block.type in ("validation", "precondition") for block in blocks)


def secrets(hcl, modules):
    for module in modules.values():
        for one in module.expressions():
            if _is_secret(one.attribute.name) and any(text.strip() for text in syntax_tree.literals(hcl.expression(one.attribute.text))):
                yield f"{one.where()}: {one.attribute.name} has a secret written down"
        for name, (path, block) in module.variables.items():
            if _is_secret(name):
                yield from (f"{path}:{block.line}: variable {name} {problem}" for problem in _secret_variable_problems(block))


def _secret_variable_problems(block):
    if block.text("sensitive") != "true":
        yield "is a secret and not sensitive"
    if block.text("default") not in ("", "null", '""', "{}", "[]"):
        yield "is a secret with a default"


def _is_secret(name):
    return bool(SECRET_NAME.search(name)) and not NOT_A_SECRET.search(name)


def secrets_in_files(tree):
    for path in _files(tree):
        if path.name != ".terraform.lock.hcl":
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from (f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {what}" for what, pattern in SECRETS.items() for hit in pattern.finditer(text))


def leftovers(tree):
    """What Terraform leaves in a folder where somebody has run it; states and plans have secrets in them."""
    for path in _files(tree):
        if any(fnmatch.fnmatch(part, pattern) for part in path.relative_to(tree).parts for pattern in LEFTOVERS):
            yield f"{path}: does not belong into the tree"


def _files(tree):
    """What git has or would add; everything, where there is no git. What is ignored is nobody's but the person's who made it."""
    command = ["git", "-C", tree, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    paths = [tree / name for name in listed.stdout.split("\0") if name] if listed.returncode == 0 else tree.rglob("*")
    return sorted(path for path in paths if path.is_file())
