"""The tables of variables and outputs in a module's README: all of them, no other ones, and types and defaults as they are."""

import re

HEADING = re.compile(r"^(#+)\s+(.*)$")
RULE = re.compile(r"^\|[\s:|-]+$")
TITLES = {"variables": re.compile(r"\b(variables|inputs)\b", re.IGNORECASE), "outputs": re.compile(r"\boutputs\b", re.IGNORECASE)}


def problems(modules):
    for module in modules.values():
        path = module.folder / "README.md"
        if not path.is_file():
            continue  # `layout.files` says so
        tables = _tables(path.read_text(encoding="utf-8"))
        for heading, declared in (("variables", module.variables), ("outputs", module.outputs)):
            told = [row[0] for row in tables[heading]]
            yield from (f"{path}: the table of {heading} does not have {name}" for name in sorted(declared.keys() - set(told)))
            yield from (f"{path}: the table of {heading} has {name}, which is not there" for name in sorted(set(told) - declared.keys()))
            yield from (f"{path}: the table of {heading} has {name} twice" for name in sorted({one for one in told if told.count(one) > 1}))
        for name, cells in tables["variables"]:
            if name in module.variables:
                block = module.variables[name][1]
                yield from (f"{path}: the {what} of {name} is {wanted}, not {said}" for what, wanted, said in _differences(block, cells))


def _differences(block, cells):
    """cells: {title of the column: what the README has there}."""
    default = _squeezed(block.text("default")) or "required"
    if cells.get("default", default) != default:
        yield "default", default, cells["default"]
    type_ = _squeezed(block.text("type"))
    said = cells.get("type", type_)
    # An object may be told by its names alone.
    if said != type_ and not (said.startswith("object(") and type_.startswith("object(") and _names(said) == _names(type_)):
        yield "type", type_, said


def _names(type_):
    return re.findall(r"(\w+) =", type_) or re.findall(r"\w+(?=\s*[,}])", type_)


def _squeezed(text):
    return re.sub(r"\s+", " ", text).strip()


def _tables(text):
    """{"variables" or "outputs": (first cell, {title: cell}) of the rows below a heading that says so, or below a smaller one under it}."""
    tables, under, depth, titles = {"variables": [], "outputs": []}, None, 0, []
    for line in text.splitlines():
        heading = HEADING.match(line)
        if heading:
            said = [kind for kind, words in TITLES.items() if words.search(heading[2])]
            if said or len(heading[1]) <= depth:
                under, depth = (said or [None])[0], len(heading[1])
        elif under and RULE.match(line):
            titles = [title.lower() for title in tables[under].pop()[1].values()]  # what is above the line is the table's head
        elif under and line.startswith("|"):
            cells = [_squeezed(cell.replace("\\|", "|")).strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            tables[under].append((cells[0], dict(zip(titles or range(len(cells)), cells, strict=False))))
        elif not line.startswith("|"):
            titles = []
    return tables
