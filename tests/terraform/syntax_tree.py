"""What an expression's syntax tree (hcl.mjs) refers to and calls."""


def references(node, bound=frozenset()):
    """Each reference as a tuple of names: `aws_eip.this[0].id` is ("aws_eip", "this", "id"). `bound` are names that a `for` around it gives."""
    if node["type"] == "for":
        yield from _of_for(node, bound)
        return
    path = _path(node)
    if path:
        if path[0] not in bound:
            yield path
        yield from _in_indexes(node, bound)
        return
    for child in node["children"]:
        yield from references(child, bound)


def calls(node):
    """Each function call: (name, its arguments as nodes)."""
    if node["type"] == "function":
        yield node["meta"]["name"], node["children"]
    for child in node["children"]:
        yield from calls(child)


def literals(node):
    """Each text that is written out, also as a part of a template."""
    if node["type"] == "literalValue" and node["meta"]["type"] == "string":
        yield node["meta"]["value"]
    for child in node["children"]:
        yield from literals(child)


def _of_for(node, bound):
    collection, *rest = node["children"]
    yield from references(collection, bound)
    inner = bound | {node["meta"]["keyVar"], node["meta"]["valVar"]}
    for child in rest:
        yield from references(child, inner)


def _path(node):
    """The names of a traversal, also through an index or a splat; None if it does not start at a name."""
    if node["type"] == "scopeTraversal":
        return _names(node)
    if node["type"] in ("index", "relativeTraversal", "splat") and node["children"]:
        start = _path(node["children"][0])
        if start and node["type"] == "relativeTraversal":
            return start + _names(node)
        if start and node["type"] == "splat":
            return start + tuple(name for child in node["children"][1:] if child["type"] == "relativeTraversal" for name in _names(child))
        return start
    return None


def _names(node):
    return tuple(part["segment"] for part in node["meta"]["traversal"] if part["type"] == "nameTraversal")


def _in_indexes(node, bound):
    """References inside the brackets of a traversal that `_path` has taken."""
    if node["type"] == "scopeTraversal":
        return
    yield from _in_indexes(node["children"][0], bound)
    if node["type"] == "index":
        yield from references(node["children"][1], bound)
