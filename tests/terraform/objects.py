"""The names in objects: those of a variable's type, and of a local value that is written out as an object."""


def fields(hcl, module, root, name):
    """The names that var.NAME or local.NAME has; None if it is not an object whose names are written out."""
    if root == "var":
        node = _type(hcl, module, name)
        return set(_names(node)) if node else None
    node = hcl.expression(module.locals[name][1].text(name))
    return set(_names(node)) if node["type"] == "object" and not _is_computed(node) else None


def of_each(hcl, module, text):
    """The names that all elements of a for_each have; None if they are not objects whose names are written out."""
    elements = _elements(hcl, module, hcl.expression(text)) or [None]
    if any(node is None or node["type"] != "object" or _is_computed(node) for node in elements):
        return None
    return set.intersection(*(set(_names(node)) for node in elements))


def _elements(hcl, module, node):
    """The nodes of the values: of a list or object that is written out, of a `for`, or of a local value that is one of these."""
    root, _, name = node.get("meta", {}).get("value", "").partition(".")
    if node["type"] == "scopeTraversal" and root == "local" and name in module.locals:
        return _elements(hcl, module, hcl.expression(module.locals[name][1].text(name)))
    if node["type"] == "for":
        return [child for child in node["children"] if child.get("meta", {}).get("value") == node["meta"]["valueExpression"]][-1:]
    return {"tuple": node["children"], "object": node["children"][1::2]}.get(node["type"])


def argument_problems(hcl, module, called, block):
    """An object that is written out as an argument of a module call has the names of the variable's type."""
    for argument in block.attributes.values():
        given, wanted = hcl.expression(argument.text), called.variables.get(argument.name) and _type(hcl, called, argument.name)
        if given["type"] == "object" and not _is_computed(given) and wanted:
            names, types = set(_names(given)), wanted["meta"]["items"]
            yield from (f"{argument.name} has {name}, which its type has not" for name in sorted(names - set(_names(wanted))))
            needed = {key.strip('"') for key, text in types.items() if not text.startswith("optional(")}
            yield from (f"{argument.name} lacks {name}" for name in sorted(needed - names))


def _type(hcl, module, name):
    """The object in `object({ ... })`; None for every other type."""
    node = hcl.expression(module.variables[name][1].text("type") or "any")
    is_object = node["type"] == "function" and node["meta"]["name"] == "object" and node["children"][0]["type"] == "object"
    return node["children"][0] if is_object else None


def _names(node):
    return [key.strip('"') for key in node["meta"]["items"]]


def _is_computed(node):
    """Whether some name is an expression, as in { (local.key) = 1 }."""
    return any(key.startswith("(") or "${" in key for key in node["meta"]["items"])
