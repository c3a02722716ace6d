"""Schemas from a `@pulumi/*` package, which is generated from a Terraform provider, with names changed.

`userData` is `user_data` again, and a list of objects, which Pulumi calls by the plural, is a block by the singular: `rules` is `rule`.
Lists of plain values keep their names, which Hetzner Cloud
has in the plural; what is only computed is kept by both names."""

import re

COMMON = ["provider.d.ts", "types/input.d.ts"]
PROPERTY = re.compile(r"^    (?:readonly )?(\w+)(\??): (.*?);\n(?=    (?:/\*\*|readonly|\w+\??:)|\})", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"^ +/\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)


def paths(provider_name, kind, type_):
    return [f"{_camel(provider_name, kind, type_)}.d.ts"]


def _camel(provider_name, kind, type_):
    first, *rest = type_.removeprefix(f"{provider_name}_").split("_")
    camel = first + "".join(word.capitalize() for word in rest)
    return f"get{camel[0].upper()}{camel[1:]}" if kind == "data" else camel


def provider(files):
    return _block(files, files["provider.d.ts"], "ProviderArgs")


def schema(files, provider_name, kind, type_):
    camel = _camel(provider_name, kind, type_)
    name, text = camel[0].upper() + camel[1:], files[f"{camel}.d.ts"]
    found = _block(files, text, f"{name}Args")
    told = _properties(text, f"interface {name}Result" if kind == "data" else f"declare class {name} ")
    names = {name for property_, _, type_text in told for name in (_snake(property_), _terraform_name(property_, type_text))}
    return found | {"computed": sorted((names | {"id"}) - found["arguments"].keys() - found["blocks"].keys())}


def _block(files, text, interface):
    found = {"required": [], "arguments": {}, "blocks": {}}
    for property_, optional, type_ in _properties(text, f"interface {interface} "):
        name = _terraform_name(property_, type_)
        struct = re.search(r"inputs\.(\w+)", type_)
        if struct:
            found["blocks"][name] = _block(files, files["types/input.d.ts"], struct[1]) | ({} if _is_list(type_) else {"max": 1})
        else:
            found["arguments"][name] = "map" if "[key: string]" in type_ else "list" if _is_list(type_) else "simple"
        if not optional:
            found["required"].append(name)
    return found


def _properties(text, head):
    """(name, "?" if optional, type) of each property of the interface or class; none if the package has no such interface."""
    start = text.find(f"export {head}")
    if start < 0:
        return []
    return PROPERTY.findall(COMMENT.sub("", text[start : text.index("\n}\n", start) + 3]))


def _is_list(type_):
    return "[]" in type_


def _terraform_name(property_, type_):
    name = _snake(property_)
    return name.removesuffix("s") if _is_list(type_) and re.search(r"(in|out)puts\.", type_) else name


def _snake(property_):
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), property_)
