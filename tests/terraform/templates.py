"""What functions are called, and whether the files that they read are there, and have what they need."""

import os.path
import pathlib

import syntax_tree

READS = {"file", "filebase64", "filemd5", "filesha256", "filebase64sha256", "templatefile"}
# Of Terraform 1.9, which terraform/ asks for; without those that read the clock or a random source, after which no two plans are the same.
KNOWN = READS | set(
    """abs ceil floor log max min parseint pow signum chomp endswith format formatlist indent join lower regex regexall replace split
    startswith strcontains strrev substr title trim trimprefix trimsuffix trimspace upper alltrue anytrue chunklist coalesce coalescelist
    compact concat contains distinct element flatten index keys length lookup matchkeys merge one range reverse setintersection setproduct
    setsubtract setunion slice sort sum transpose values zipmap base64decode base64encode base64gzip csvdecode jsondecode jsonencode
    textdecodebase64 textencodebase64 urlencode yamldecode yamlencode abspath basename dirname pathexpand fileexists fileset formatdate
    timeadd timecmp base64sha256 base64sha512 md5 sha1 sha256 sha512 uuidv5 cidrhost cidrnetmask cidrsubnet cidrsubnets can issensitive
    nonsensitive sensitive tobool tolist tomap tonumber toset tostring try""".split()
)
TYPES = {"object", "list", "map", "set", "tuple", "optional"}


def problems(hcl, modules):
    for module in modules.values():
        for one in module.expressions():
            for name, arguments in syntax_tree.calls(hcl.expression(one.attribute.text)):
                if name not in KNOWN and not (name in TYPES and one.attribute.name == "type"):
                    yield f"{one.where()}: {name}() is not a function that a plan can rely on"
                elif name in READS:
                    yield from (f"{one.where()}: {problem}" for problem in _read_problems(hcl, module, name, arguments))


def _read_problems(hcl, module, name, arguments):
    path = _text(hcl, module, arguments[0])
    if path is None:
        yield f"{name}() of a path that is not written out"
    elif not os.path.isfile(path):
        yield f"{os.path.normpath(path)} does not exist"
    elif name == "templatefile":
        yield from _template_problems(hcl, module, pathlib.Path(os.path.normpath(path)), arguments[1])


def _text(hcl, module, node):
    """What an expression of texts, ${path.module} and local values comes to; None if there is more in it."""
    if node["type"] == "literalValue":
        return node["meta"]["value"]
    if node["type"] in ("template", "templateWrap"):
        parts = [_text(hcl, module, child) for child in node["children"]]
        return None if None in parts else "".join(parts)
    if node["type"] == "scopeTraversal" and node["meta"]["value"] in ("path.module", "path.root"):
        return str(module.folder)
    return _through_local(hcl, module, node, _text)


def _through_local(hcl, module, node, what):
    """`what` of the expression of the local value that the node refers to; None if it refers to no such value."""
    root, _, name = node["meta"].get("value", "").partition(".")
    if node["type"] != "scopeTraversal" or root != "local" or name not in module.locals:
        return None
    return what(hcl, module, hcl.expression(module.locals[name][1].text(name)))


def _template_problems(hcl, module, path, values):
    end = "END_OF_TEMPLATE"
    reply = hcl.ask("expression", f"<<{end}\n{path.read_text(encoding='utf-8')}\n{end}\n")
    if "error" in reply:
        yield f"{path} is not a template: {reply['error'][-300:]}"
        return
    needed = {reference[0] for reference in syntax_tree.references(reply["value"])}
    given = _keys(hcl, module, values)
    if given is None:
        yield f"{path} gets values whose names are not written out"
        return
    yield from (f"{path} needs {name}" for name in sorted(needed - given))
    yield from (f"{path} does not use {name}" for name in sorted(given - needed))


def _keys(hcl, module, node):
    """The names in an object, a local value that is one, or a merge() of such; None if they are not written out."""
    if node["type"] == "object":
        return {key.strip('"') for key in node["meta"]["items"]}
    if node["type"] == "function" and node["meta"]["name"] == "merge":
        parts = [_keys(hcl, module, child) for child in node["children"]]
        return None if None in parts else set().union(*parts)
    return _through_local(hcl, module, node, _keys)
