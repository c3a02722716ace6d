"""Providers and versions: required where they are used, and in a range that has the version whose schema we checked against."""

import operator
import re

FIELD = re.compile(r'\b(source|version)\s*=\s*"([^"]*)"')
COMPARISON = re.compile(r"^(>=|<=|!=|~>|=|>|<)?\s*(\d+(?:\.\d+)*)$")
COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq, "!=": operator.ne}
BUILT_IN = {"terraform"}  # terraform_data and the like need no provider
SOURCES = {"aws": "hashicorp/aws", "digitalocean": "digitalocean/digitalocean", "hcloud": "hetznercloud/hcloud"}


def wanted(module, name):
    """The version of a provider that the module asks for; an empty string if it does not ask."""
    attribute = module.required_providers().get(name)
    return dict(FIELD.findall(attribute.text)).get("version", "") if attribute else ""


def problems(modules, schemas):
    for module in modules.values():
        if not any("required_version" in block.attributes for _, block in module.tops if block.type == "terraform"):
            yield f"{module.folder}: no required_version"
        required = module.required_providers()
        for name in sorted({type_.split("_")[0] for type_, _ in module.resources.keys() | module.data.keys()} - required.keys() - BUILT_IN):
            yield f"{module.folder}: provider {name} is used and not in required_providers"
        for name, attribute in required.items():
            yield from (f"{module.folder}: provider {name}: {problem}" for problem in _requirement_problems(name, attribute.text, schemas))


def _requirement_problems(name, text, schemas):
    fields = dict(FIELD.findall(text))
    source, version = fields.get("source", ""), fields.get("version", "")
    if source != SOURCES.get(name, source) or not source:
        yield f"source is {source or 'missing'}, not {SOURCES.get(name, 'given')}"
    if not version:
        yield "no version"
    checked = [extract["provider_version"] or version for extract in schemas.extracts if extract["provider"] == name]
    if version and checked and not any(one == version or admits(version, one) for one in checked):
        yield f"{version} leaves out {' and '.join(checked)}, of which we have schemas (tests/terraform/types.json)"


def admits(constraint, version):
    """Whether Terraform would take the version."""
    return all(_meets(part.strip(), version) for part in constraint.split(","))


def _meets(part, version):
    found = COMPARISON.match(part)
    if not found:
        return False
    wanted, got = _numbers(found[2]), _numbers(version)
    if found[1] != "~>":
        return COMPARE[found[1] or "="](_padded(got), _padded(wanted))
    return _padded(got) >= _padded(wanted) and got[: len(wanted) - 1] == wanted[:-1]


def _numbers(version):
    return [int(number) for number in version.split(".")]


def _padded(numbers):
    return numbers + [0] * (3 - len(numbers))
