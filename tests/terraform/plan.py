"""What Terraform would say at the first plan: of values that need themselves, that nobody can know yet, or that may not be shown."""

import dependencies


def cycles(hcl, modules):
    for root in dependencies.roots(modules):
        graph = dependencies.Graph(hcl, modules, root)
        yield from (f"{root.folder}: {' -> '.join(map(dependencies.name, cycle))}" for cycle in _cycles(graph))


def _cycles(graph):
    """One cycle for each place where a walk meets itself."""
    done = set()
    for start in sorted(graph.needs):
        way, stack = [start], [graph.of(start)]
        while way and start not in done:
            following = next((node for node in stack[-1] if node not in done), None)
            if following is None:
                done.add(way.pop())
                stack.pop()
            elif following in way:
                yield [*way[way.index(following) :], following]
                done.add(following)
            else:
                way.append(following)
                stack.append(graph.of(following))


def unknown_counts(hcl, modules):
    """for_each and count must be known before anything is made; else the first apply needs -target."""
    for root in dependencies.roots(modules):
        graph = dependencies.Graph(hcl, modules, root)
        for node in sorted(graph.needs):
            if node[-1] in dependencies.COUNTS and len(node) == 3:
                for made in sorted(_made(graph, node)):
                    yield f"{graph.where[node]}: {dependencies.name(node)} needs {dependencies.name(made)}, which is known only after an apply"


def _made(graph, node, seen=None):
    """The attributes of resources, which no argument in the configuration gives, that the node needs."""
    seen = set() if seen is None else seen
    for needed in graph.of(node):
        if needed in seen or needed[-1] in dependencies.COUNTS:
            continue
        seen.add(needed)
        if needed[1] in ("var", "local", "output") or needed[1].startswith("data."):
            yield from _made(graph, needed, seen)
        elif len(needed) == 3 and not _is_given(graph, needed):
            yield needed


def _is_given(graph, node):
    path, whole, attribute = node
    block = graph.modules_at[path].resources.get(tuple(whole.split(".")))
    return block is not None and attribute in block[1].attributes


def shown_secrets(hcl, modules):
    """Outputs of a root module that a sensitive variable gets into, through whatever values and modules."""
    for root in dependencies.roots(modules):
        graph = dependencies.Graph(hcl, modules, root)
        for output, (path, block) in root.outputs.items():
            if block.text("sensitive") != "true":
                for secret in sorted(_secrets(graph, ((), "output", output), set())):
                    yield f"{path}:{block.line}: output {output} shows {dependencies.name(secret)}, and is not sensitive"
        for node in sorted(graph.needs):
            if node[-1] in dependencies.COUNTS and len(node) == 3:
                for secret in sorted(_secrets(graph, node, set())):
                    yield f"{graph.where[node]}: {dependencies.name(node)} shows {dependencies.name(secret)}, which is sensitive"


def _secrets(graph, node, seen):
    """The sensitive variables and outputs that a value is made from. A resource's attribute does not show what the resource was given."""
    for needed in graph.of(node):
        if needed in seen or needed[1] not in ("var", "local", "output"):
            continue
        seen.add(needed)
        path, kind, name = needed
        module = graph.modules_at.get(path)
        declared = module and {"var": module.variables, "output": module.outputs}.get(kind, {}).get(name)
        if declared and declared[1].text("sensitive") == "true":
            yield needed
        else:
            yield from _secrets(graph, needed, seen)
