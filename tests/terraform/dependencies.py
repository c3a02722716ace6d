"""What needs what, by single values and through module calls, as Terraform orders it: two modules may use each other.

A node is (path of module calls, kind, name), such as ((), "var", "name"), (("nodes",), "aws_eip.this") or (("nodes",), "data.aws_ami.this").
A resource's attribute, its for_each or count, and those of a module call are nodes of their own."""

import references

COUNTS = ("count", "for_each")


def roots(modules):
    """Modules that no other one here calls: what a person applies."""
    called = {module.called(block) for module in modules.values() for _, block in module.calls.values()}
    return [module for module in modules.values() if module.folder not in called]


def name(node):
    path, *rest = node
    return ".".join([*(f"module.{call}" for call in path), *rest])


class Graph:
    """`needs` is {node: the nodes that it needs}; `modules_at` and `where` say which module a path is, and where a node is written."""

    def __init__(self, hcl, modules, root):
        self.hcl, self.modules = hcl, modules
        self.needs, self.modules_at, self.where = {}, {}, {}
        self._add(root, ())

    def _add(self, module, path):
        self.modules_at[path] = module
        for one, reference in references.references_of(self.hcl, module):
            if one.owner.type == "variable":
                continue  # a validation looks at its own variable
            node = self._node_of(path, one)
            if node:
                self.where[node] = one.where()
                self._edges(node, self._needed(module, path, reference))
        for call, (_, block) in module.calls.items():
            inner = self.modules.get(module.called(block))
            if inner and len(path) < len(self.modules):  # else a module calls itself
                self._add(inner, (*path, call))

    def _edges(self, node, needed):
        self.needs.setdefault(node, set()).update(needed)
        path, *rest = node
        if len(rest) == 2 and rest[1] in COUNTS and rest[0] != "call":
            self.needs.setdefault((path, rest[0]), set()).add(node)

    def _node_of(self, path, one):
        """What the expression is for."""
        owner, argument = one.owner, one.attribute.name
        if owner.type == "locals":
            return path, "local", argument
        if owner.type == "output":
            return path, "output", *owner.labels
        if owner.type == "module":
            inner = (*path, *owner.labels)
            return (inner, "call", argument) if argument in (*COUNTS, "depends_on") else (inner, "var", argument)
        if owner.type not in ("resource", "data"):
            return None
        whole = ("data." if owner.type == "data" else "") + ".".join(owner.labels)
        return (path, whole, argument) if argument in COUNTS and not one.chain else (path, whole)

    def _needed(self, module, path, reference):
        root, *rest = reference
        if root in ("var", "local"):
            return [(path, root, *rest[:1])]
        if root == "module" and rest:
            inner = self.modules.get(module.called(module.calls[rest[0]][1])) if rest[0] in module.calls else None
            return [((*path, rest[0]), "output", output) for output in rest[1:2] or (inner.outputs if inner else [])]
        names = list(rest if root == "data" else reference)
        if len(names) < 2:
            return []
        whole = ("data." if root == "data" else "") + ".".join(names[:2])
        if len(names) == 2:
            return [(path, whole)]
        self.needs.setdefault((path, whole, names[2]), set()).add((path, whole))
        return [(path, whole, names[2])]

    def of(self, node):
        """What a node needs; of something in a called module, also what the call needs."""
        path, *rest = node
        calls = [(path, "call", argument) for argument in (*COUNTS, "depends_on")] if "." in rest[0] else []
        return sorted(self.needs.get(node, set()).union(one for one in calls if one in self.needs))
