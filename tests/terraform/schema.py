"""Blocks and arguments against what the providers say of themselves (schemas/, made by extract.sh)."""

import json
import pathlib
import re

import versions

KINDS = {"resource": "resources", "data": "data"}
SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas"
META_ARGUMENTS = {"count", "for_each", "depends_on", "provider"}
LIFECYCLE = {"create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"}
CONDITIONS = {"precondition": {"condition", "error_message"}, "postcondition": {"condition", "error_message"}}
NAME = re.compile(r"[a-z_0-9]+")


class Schemas:
    def __init__(self, folder=SCHEMAS):
        self.extracts = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]

    def admitted(self, module, provider):
        """The extracts of those versions of a provider that the module takes; of all, if it takes none of them, which `versions` tells."""
        extracts, wanted = [one for one in self.extracts if one["provider"] == provider], versions.wanted(module, provider)
        return [one for one in extracts if one["provider_version"] is None or versions.admits(wanted, one["provider_version"])] or extracts

    def attributes(self, module, kind, type_):
        """Every name that a reference to such a thing may end in; None if the type was not extracted."""
        known = [extract[KINDS[kind]].get(type_) for extract in self.admitted(module, type_.split("_")[0])]
        return set.intersection(*({*one["arguments"], *one["blocks"], *one["computed"]} for one in known)) if all(known) and known else None


def problems(modules, schemas):
    for module in modules.values():
        for path, block in module.tops:
            if block.type in KINDS:
                yield from _of_type(module, schemas, path, block)
            elif block.type == "provider":
                for extract in schemas.admitted(module, block.labels[0]):
                    yield from in_block(block, extract["configuration"], path, f"{path}:{block.line}: provider {block.labels[0]}{_version(extract)}")


def _of_type(module, schemas, path, block):
    type_, name = block.labels
    provider = type_.split("_")[0]
    extracts = schemas.admitted(module, provider)
    for extract in extracts or [None]:
        known = extract and extract[KINDS[block.type]].get(type_)
        where = f"{path}:{block.line}: {type_}.{name}"
        if known:
            yield from in_block(block, _with_meta(known), path, where + _version(extract))
        elif provider not in versions.BUILT_IN:
            yield f"{where}: not extracted: add it to tests/terraform/types.json, and run tests/terraform/extract.sh"


def _version(extract):
    return f" ({extract['provider']} {extract['provider_version'] or 'by ' + extract['package'] + ' ' + extract['version']})"


def _with_meta(known):
    arguments = known["arguments"] | dict.fromkeys(META_ARGUMENTS, "any")
    return known | {"arguments": arguments, "of_a_type": {*known["arguments"], *known["blocks"]}}


def in_block(block, known, path, where):
    given = set()
    for attribute in block.attributes.values():
        given.add(attribute.name)
        place = f"{path}:{attribute.line}: {where.split(': ', 1)[1]}"
        if attribute.name in known["blocks"]:
            yield f"{place}: {attribute.name} is a block, not an argument"
        elif attribute.name not in known["arguments"]:
            yield f"{place}: no argument {attribute.name}{_nearly(attribute.name, known)}"
        else:
            yield from (f"{place}: {attribute.name} {problem}" for problem in _of_kind(attribute.text, known["arguments"][attribute.name]))
    for inner, name, body in _inner_blocks(block):
        given.add(name)
        place = f"{path}:{inner.line}: {where.split(': ', 1)[1]}"
        if name == "lifecycle" and "of_a_type" in known:
            yield from _in_lifecycle(inner, known["of_a_type"], path, place)
        elif name in known["arguments"]:
            yield f"{place}: {name} is an argument, not a block"
        elif name not in known["blocks"]:
            yield f"{place}: no block {name}{_nearly(name, known)}"
        else:
            yield from in_block(body, known["blocks"][name], path, f"{place}: {name}")
    yield from (f"{where}: needs {name}" for name in sorted(set(known["required"]) - given))
    yield from _too_many(block, known, where)


def _inner_blocks(block):
    """(the block, what it makes, where the arguments are): a `dynamic` makes the block that it names, from its `content`."""
    for inner in block.blocks:
        if inner.type == "dynamic":
            for content in inner.children("content"):
                yield inner, inner.labels[0], content
        else:
            yield inner, inner.type, inner


def _too_many(block, known, where):
    names = [inner.type for inner in block.blocks]
    for name, nested in known["blocks"].items():
        if nested.get("max") == 1 and names.count(name) > 1:
            yield f"{where}: more than one block {name}"


def _of_kind(text, kind):
    """A literal of the wrong kind. What an expression gives only a plan knows."""
    if kind == "simple" and text.startswith(("[", "{")) and not text.startswith(("[for", "{for")):
        yield "is a single value, not a list or an object"
    elif kind in ("list", "set", "map", "struct") and text.startswith('"'):
        yield f"is a {kind}, not a text"


def _in_lifecycle(block, known, path, place):
    for attribute in block.attributes.values():
        if attribute.name not in LIFECYCLE:
            yield f"{path}:{attribute.line}: lifecycle has no argument {attribute.name}"
        elif attribute.name == "ignore_changes" and attribute.text != "all":
            names = NAME.findall(re.sub(r"#.*", "", attribute.text))
            yield from (f"{path}:{attribute.line}: ignore_changes of {name}, which is no argument" for name in names if name not in known)
    for inner in block.blocks:
        missing_or_more = CONDITIONS.get(inner.type, set()) ^ inner.attributes.keys()
        if inner.type not in CONDITIONS or missing_or_more:
            yield f"{place}: {inner.type} in lifecycle: {', '.join(sorted(missing_or_more))}"


def _nearly(name, known):
    """A hint for the most frequent mistake: singular for plural."""
    names = [one for one in (*known["arguments"], *known["blocks"]) if one.rstrip("s") == name.rstrip("s")]
    return f" (there is {names[0]})" if names else ""
