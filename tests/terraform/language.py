"""The blocks of Terraform itself: variable, output, validation and the like, which no provider's schema has."""

import schema

CHECK = {"required": ["condition", "error_message"], "arguments": {"condition": "any", "error_message": "any"}, "blocks": {}}


def _block(required=(), arguments=(), blocks=None, most=None):
    known = {"required": list(required), "arguments": dict.fromkeys((*required, *arguments), "any"), "blocks": blocks or {}}
    return known | ({"max": most} if most else {})


PROVIDERS = _block()  # any name is an argument
BLOCKS = {
    "variable": _block([], ["type", "description", "default", "sensitive", "nullable", "ephemeral"], {"validation": CHECK}),
    "output": _block(["value"], ["description", "sensitive", "ephemeral", "depends_on"], {"precondition": CHECK}),
    "terraform": _block([], ["required_version"], {"required_providers": PROVIDERS}),
    "moved": _block(["from", "to"]),
    "import": _block(["to", "id"], ["for_each", "provider"]),
}
ANY = {"locals", "module", "provider", "resource", "data"}  # other checks know what may be in them


def problems(modules):
    for module in modules.values():
        yield from (f"{path}:{block.line}: {block.type}: {len(block.labels)} labels" for path, block in module.malformed)
        for path, block in module.tops:
            where = f"{path}:{block.line}: {' '.join([block.type, *block.labels])}"
            if block.type not in BLOCKS and block.type not in ANY:
                yield f"{where}: no such block"
            elif block.type in BLOCKS:
                yield from (problem for problem in schema.in_block(block, BLOCKS[block.type], path, where) if "required_providers: no argument" not in problem)
            elif block.type in ("locals", "module") and block.blocks:
                yield f"{where}: has no blocks"
            yield from _dynamics(path, block)


def _dynamics(path, block):
    for inner in block.walk():
        if inner.type == "dynamic" and (inner.attributes.keys() - {"for_each", "iterator", "labels"} or "for_each" not in inner.attributes):
            yield f"{path}:{inner.line}: dynamic {' '.join(inner.labels)}: for_each, iterator and labels"
        if inner.type == "dynamic" and [one.type for one in inner.blocks] != ["content"]:
            yield f"{path}:{inner.line}: dynamic {' '.join(inner.labels)}: one content"
