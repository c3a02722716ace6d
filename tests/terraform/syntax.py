"""Whether HashiCorp's parser takes each file, and whether the file is written as its formatter writes it."""

import difflib

import modules
import scanner


def tf_files(tree):
    return [path for folder in modules.folders(tree) for path in sorted(folder.glob("*.tf"))]


def parse(hcl, tree):
    texts = {path: path.read_text(encoding="utf-8") for path in tf_files(tree)}
    hcl.ask_all("parse", texts.values())
    for path, text in texts.items():
        reply = hcl.ask("parse", text)
        if "error" in reply:
            yield f"{path}: {reply['error']}"
        elif not _same(reply["value"], _skeleton(scanner.scan(text))):
            yield f"{path}: our own reading of the file (scanner.py) is not the parser's"


def form(hcl, tree):
    texts = {path: path.read_text(encoding="utf-8") for path in tf_files(tree)}
    hcl.ask_all("format", texts.values())
    for path, text in texts.items():
        if "error" in hcl.ask("parse", text):
            continue  # `parse` says so
        # The formatter answers with a line end more than it was given.
        wanted = hcl.ask("format", text).get("value", "").rstrip("\n") + "\n"
        if text != wanted:
            lines = difflib.unified_diff(text.splitlines(), wanted.splitlines(), "as it is", "as terraform fmt has it", lineterm="", n=0)
            yield f"{path}: not in canonical form\n" + "\n".join(f"        {line}" for line in lines)


def _skeleton(block):
    """The block as the parser's JSON has it, without values."""
    found = dict.fromkeys(block.attributes)
    for inner in block.blocks:
        place = found
        for label in [inner.type, *inner.labels][:-1]:
            place = place.setdefault(label, {})
        place.setdefault([inner.type, *inner.labels][-1], []).append(_skeleton(inner))
    return found


def _same(parsed, ours):
    if ours is None:
        return True
    if isinstance(ours, list):
        return isinstance(parsed, list) and len(parsed) == len(ours) and all(map(_same, parsed, ours))
    return isinstance(parsed, dict) and parsed.keys() == ours.keys() and all(_same(parsed[key], value) for key, value in ours.items())
