"""Whether each reference leads somewhere, each module is called as it wants, and each thing declared is used."""

import objects
import syntax_tree

GIVEN = {"path": {"module", "root", "cwd"}, "terraform": {"workspace"}, "count": {"index"}, "each": {"key", "value"}}
# Written like references, but names of types, of the block's own arguments, or of providers.
NOT_REFERENCES = {("variable", "type"), ("lifecycle", "ignore_changes"), ("module", "providers")}


def references_of(hcl, module):
    """(expression, reference) of everything in the module that refers to something."""
    expressions = [one for one in module.expressions() if not _names_only(one)]
    hcl.ask_all("expression", [one.attribute.text + "\n" for one in expressions])
    for one in expressions:
        for path in syntax_tree.references(hcl.expression(one.attribute.text), {"self"}):
            if path[0] not in _iterators(one.chain):
                yield one, path


def _names_only(one):
    block = one.chain[-1] if one.chain else one.owner
    return (block.type, one.attribute.name) in NOT_REFERENCES or block.type == "required_providers" or one.attribute.name == "provider"


def _iterators(chain):
    """The names that `dynamic` blocks around an expression give, and what each goes through."""
    return {block.text("iterator") or block.labels[0]: block.text("for_each") for block in chain if block.type == "dynamic"}


def fields_of_elements(hcl, modules):
    """each.value.NAME, and the same of a `dynamic` block, of elements that have no such name."""
    for module in modules.values():
        for one in module.expressions():
            through = _iterators(one.chain) | ({"each": one.owner.text("for_each")} if "for_each" in one.owner.attributes else {})
            for path in syntax_tree.references(hcl.expression(one.attribute.text)) if through and not _names_only(one) else ():
                known = objects.of_each(hcl, module, through[path[0]]) if path[0] in through and path[1:2] == ("value",) and len(path) > 2 else None
                if known is not None and path[2] not in known:
                    yield f"{one.where()}: {'.'.join(path)}: the elements have no {path[2]}"


def dangling(hcl, modules, schemas):
    for module in modules.values():
        for one, path in references_of(hcl, module):
            problem = _problem(hcl, module, modules, schemas, one, path)
            if problem:
                yield f"{one.where()}: {'.'.join(path)}: {problem}"
    yield from fields_of_elements(hcl, modules)


def _problem(hcl, module, modules, schemas, one, path):
    root, *rest = path
    if root in GIVEN:
        return _given_problem(one, root, rest)
    if root == "var":
        return _field_problem(hcl, module, root, rest) if rest and rest[0] in module.variables else "no such variable"
    if root == "local":
        return _field_problem(hcl, module, root, rest) if rest and rest[0] in module.locals else "no such local value"
    if root == "module":
        return _output_problem(module, modules, rest)
    kind, rest = ("data", rest) if root == "data" else ("resource", list(path))
    declared = module.data if kind == "data" else module.resources
    if tuple(rest[:2]) not in declared:
        return f"no such {kind if kind == 'data' else 'resource, value or name'}"
    known = schemas.attributes(module, kind, rest[0])
    return None if len(rest) < 3 or known is None or rest[2] in known else f"{rest[0]} has no attribute {rest[2]}"


def _field_problem(hcl, module, root, rest):
    known = objects.fields(hcl, module, root, rest[0]) if len(rest) > 1 else None
    return None if known is None or rest[1] in known else f"{root}.{rest[0]} has no {rest[1]}"


def _given_problem(one, root, rest):
    if not rest or rest[0] not in GIVEN[root]:
        return f"{root} has no such value"
    needed = {"count": "count", "each": "for_each"}.get(root)
    return None if needed is None or needed in one.owner.attributes else f"its block has no {needed}"


def _output_problem(module, modules, rest):
    if not rest or rest[0] not in module.calls:
        return "no such module call"
    called = modules.get(module.called(module.calls[rest[0]][1]))
    if called and len(rest) > 1 and rest[1] not in called.outputs:
        return f"{called.name()} has no output {rest[1]}"
    return None


def calls(hcl, modules):
    """Module calls that do not fit what they call."""
    meta = {"source", "version", "count", "for_each", "depends_on", "providers"}
    for module in modules.values():
        for name, (path, block) in module.calls.items():
            where = f"{path}:{block.line}: module {name}"
            called = modules.get(module.called(block))
            if called is None:
                yield f"{where}: {block.text('source')} is not the relative path of a module here"
                continue
            given = block.attributes.keys() - meta
            yield from (f"{where}: {called.name()} has no variable {one}" for one in sorted(given - called.variables.keys()))
            required = {one for one, (_, variable) in called.variables.items() if "default" not in variable.attributes}
            yield from (f"{where}: {called.name()} needs {one}" for one in sorted(required - given))
            yield from (f"{where}: {problem}" for problem in objects.argument_problems(hcl, module, called, block))


def unused(hcl, modules):
    for module in modules.values():
        used = {path[:3] if path[0] == "data" else path[:2] for one, path in references_of(hcl, module) if one.owner.type != "variable"}
        for kind, root, declared in (("variable", "var", module.variables), ("local value", "local", module.locals)):
            yield from (f"{path}: {kind} {name} is not used" for name, (path, _) in declared.items() if (root, name) not in used)
        for names, (path, block) in module.data.items():
            if ("data", *names) not in used:
                yield f"{path}:{block.line}: data {'.'.join(names)} is not used"
        for name in module.required_providers().keys() - module.used_providers():
            yield f"{module.folder}: provider {name} is required and not used"
