"""Schemas from a `@cdktf/provider-*` package, which is generated from what the provider says of itself.

The JavaScript of a type names each argument as Terraform does, and says whether it is a block (`synthesizeHclAttributes` of the type,
`...ToHclTerraform` of each block). The type declarations say which are required, and comments which are computed."""

import re

COMMON = ["lib/provider/index.js", "lib/provider/index.d.ts"]
ENTRY = re.compile(r'^ +(\w+): \{\n +value: (.*),\n +isBlock: (true|false),\n +type: "(\w+)",', re.MULTILINE)
STRUCT = re.compile(r"(\w+)ToHclTerraform")
DECLARED = re.compile(r"#(\w+) \w+#\1\}(?:(?!\*/).)*\*/\s+readonly \w+(\??):", re.DOTALL)
COMPUTED = re.compile(r"// (\w+) - computed: true, optional: false")
CDKTF_OWN = {"string", "number", "boolean", "cdktf.string", "cdktf.number", "cdktf.boolean"}


def paths(provider, kind, type_):
    folder = _folder(provider, kind, type_)
    return [f"lib/{folder}/index.js", f"lib/{folder}/index.d.ts"]


def _folder(provider, kind, type_):
    dashed = type_.replace("_", "-")
    return f"data-{dashed}" if kind == "data" else dashed.removeprefix(f"{provider}-")


def provider(files):
    return _Source(files["lib/provider/index.js"], files["lib/provider/index.d.ts"]).top()


def schema(files, provider_name, kind, type_):
    script, declarations = (files[path] for path in paths(provider_name, kind, type_))
    if f'tfResourceType = "{type_}"' not in script:
        raise ValueError(f"the package's folder for {type_} has another type")
    return _Source(script, declarations).top()


class _Source:
    """The two files of one type."""

    def __init__(self, script, declarations):
        self.script, self.declarations = script, declarations

    def top(self):
        main = re.search(r"^class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider)", self.script, re.MULTILINE)
        body = self.script[main.start() :]
        found = self._entries(body[body.index("synthesizeHclAttributes()") :], f"{main[1]}Config")
        settable = found["arguments"].keys() | found["blocks"].keys()
        return found | {"computed": sorted((set(COMPUTED.findall(body)) | {"id"}) - settable)}

    def _block(self, name):
        """name: of the function's struct, as in `launchTemplatePlacement`."""
        start = self.script.index(f"function {name}ToHclTerraform(struct)")
        return self._entries(self.script[start : self.script.index("\n}\n", start)], name[0].upper() + name[1:])

    def _entries(self, text, interface):
        found = {"required": self._required(interface), "arguments": {}, "blocks": {}}
        for name, value, is_block, kind in ENTRY.findall(text):
            if is_block == "true":
                struct = next(name for name in STRUCT.findall(value) if name not in CDKTF_OWN)
                found["blocks"][name] = self._block(struct) | ({} if "listMapperHcl" in value else {"max": 1})
            else:
                found["arguments"][name] = kind
        return found

    def _required(self, interface):
        start = re.search(rf"export interface {interface} ", self.declarations)
        body = self.declarations[start.start() : self.declarations.index("\n}\n", start.start())]
        return sorted(name for name, optional in DECLARED.findall(body) if not optional)
