"""House rules for a module: its files, and what says what its variables and outputs are."""

import re

FILES = ("main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md")
HOME = {"variable": "variables.tf", "output": "outputs.tf", "terraform": "versions.tf"}


def files(modules):
    for module in modules.values():
        yield from (f"{module.folder}: no {name}" for name in FILES if not (module.folder / name).is_file())
        for path, block in module.tops:
            if block.type in HOME and path.name != HOME[block.type]:
                yield f"{path}:{block.line}: {block.type} {' '.join(block.labels)} belongs into {HOME[block.type]}"


def variables(modules):
    for module in modules.values():
        for name, (path, block) in module.variables.items():
            for wanted in ("type", "description"):
                if len(block.text(wanted)) < 4:
                    yield f"{path}:{block.line}: variable {name} has no {wanted}"
            if block.text("type") != "bool" and not block.children("validation"):
                yield f"{path}:{block.line}: variable {name} has no validation"
            for validation in block.children("validation"):
                if f"var.{name}" not in validation.text("condition"):
                    yield f"{path}:{validation.line}: the validation of {name} does not look at it"


def outputs(modules):
    for module in modules.values():
        for name, (path, block) in module.outputs.items():
            if len(block.text("description")) < 4:
                yield f"{path}:{block.line}: output {name} has no description"


def names(modules):
    """Underscores only, and nothing declared twice."""
    for module in modules.values():
        seen = set()
        for path, block in module.tops:
            for label in block.labels:
                if not re.fullmatch(r"[a-z][a-z0-9_]*", label):
                    yield f"{path}:{block.line}: {label}: lower case and underscores"
            key = (block.type, *block.labels)
            if block.labels and block.type != "provider" and key in seen:
                yield f"{path}:{block.line}: {' '.join(key)} is declared twice"
            seen.add(key)
