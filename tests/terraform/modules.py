"""The modules of a tree: what each declares, and each expression in it with the place it has."""

import dataclasses
import pathlib

import scanner


LABELS = {"variable": 1, "output": 1, "module": 1, "provider": 1, "resource": 2, "data": 2}


@dataclasses.dataclass
class Expression:
    """An attribute of some block of a module. `owner` is the block at the top of the file, `chain` the blocks between, the closest last."""

    file: pathlib.Path
    owner: scanner.Block
    chain: list
    attribute: scanner.Attribute

    def where(self):
        return f"{self.file}:{self.attribute.line}"


class Module:
    """The *.tf files of one folder, all of which parse."""

    def __init__(self, tree, folder):
        self.tree, self.folder = tree, folder
        self.files = {path.name: scanner.scan(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.tf"))}
        tops = [(folder / name, block) for name, file in self.files.items() for block in file.blocks]
        self.tops = [(path, block) for path, block in tops if len(block.labels) == LABELS.get(block.type, 0)]
        self.malformed = [top for top in tops if top not in self.tops]
        self.variables = self._named("variable")
        self.outputs = self._named("output")
        self.calls = self._named("module")
        self.resources = self._typed("resource")
        self.data = self._typed("data")
        self.locals = {name: (path, block) for path, block in self.tops if block.type == "locals" for name in block.attributes}

    def _named(self, type_):
        return {block.labels[0]: (path, block) for path, block in self.tops if block.type == type_}

    def _typed(self, type_):
        return {tuple(block.labels): (path, block) for path, block in self.tops if block.type == type_}

    def name(self):
        return str(self.folder.relative_to(self.tree)) if self.folder != self.tree else "the root module"

    def expressions(self):
        for path, owner in self.tops:
            yield from _expressions(path, owner, owner, [])

    def required_providers(self):
        """The attribute of each provider, by name."""
        blocks = [inner for _, top in self.tops if top.type == "terraform" for inner in top.children("required_providers")]
        return {name: attribute for block in blocks for name, attribute in block.attributes.items()}

    def used_providers(self):
        """The names of providers of the module's own blocks."""
        typed = {type_.split("_")[0] for type_, _ in self.resources.keys() | self.data.keys()}
        return typed | {block.labels[0] for _, block in self.tops if block.type == "provider"}

    def called(self, block):
        """The folder that a module call's relative `source` names; None for any other source."""
        source = block.text("source").strip('"')
        return (self.folder / source).resolve() if source.startswith((".", "..")) else None


def _expressions(path, owner, block, chain):
    for attribute in block.attributes.values():
        yield Expression(path, owner, chain, attribute)
    for inner in block.blocks:
        yield from _expressions(path, owner, inner, [*chain, inner])


def folders(tree):
    return sorted({path.parent for path in tree.rglob("*.tf") if ".terraform" not in path.parts})


def load(tree):
    """{folder: module}."""
    return {folder: Module(tree, folder) for folder in folders(tree)}
