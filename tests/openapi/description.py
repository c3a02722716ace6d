"""The description, and what can be said of it without a server."""

import copy
import json
import os
import re

import openapi_spec_validator
from jsonschema import Draft202012Validator

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
READING = ("get", "head", "options")
METHODS = (*READING, "post")
ROUTE = re.compile(r'\.route\(\s*"([^"]+)"')
GOLDEN = {"state": "State", "diag": "Diag", "watch": "WatchLine", "status": "Status"}  # by the beginning of the file's name
OPEN = {"OpenApi"}  # objects that may have more keys than are described


class Description:
    """src/server/openapi.json."""

    def __init__(self):
        with open(os.path.join(ROOT, "src/server/openapi.json"), encoding="utf-8") as file:
            self.document = json.load(file)
        self.paths = self.document["paths"]
        self.schemas = self.document["components"]["schemas"]

    def operations(self):
        """(path, method, operation) of each."""
        return [(path, method, item[method]) for path, item in self.paths.items() for method in METHODS if method in item]

    def readings(self):
        """The paths that everybody may ask."""
        return [path for path in self.paths if not path.startswith("/admin/")]

    def resolved(self, part):
        while "$ref" in part:
            found = self.document
            for key in part["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            part = found
        return part

    def filled(self, path, **values):
        """The path with the examples of its parameters, or with these values."""
        parameters = [self.resolved(part) for part in self.paths[path].get("parameters", [])]
        examples = {part["name"]: part["example"] for part in parameters if part["in"] == "path"}
        return path.format(**{**examples, **values})

    def problems(self, schema, value):
        """What is wrong with a value, by a schema or by the name of one."""
        schema = {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
        whole = {**schema, "components": self.document["components"]}
        errors = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(value)
        return [f"{error.json_path}: {error.message}" for error in errors]

    def demand(self, schema, value, what):
        problems = self.problems(schema, value)
        assert not problems, f"{what}: {problems[:5]}\n{json.dumps(value)[:2000]}"

    def content(self, path, method, status):
        """(media type, schema) of an answer; (None, None) if it has no body."""
        responses = self.paths[path][method]["responses"]
        assert str(status) in responses, f"{method.upper()} {path}: {status} is not described"
        for media, content in self.resolved(responses[str(status)]).get("content", {}).items():
            return media, content["schema"]
        return None, None


def parts(value):
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from parts(inner)


def valid(description):
    openapi_spec_validator.validate(copy.deepcopy(description.document))
    assert description.document["info"]["version"] == "0.0.0", "the server puts its own version in"
    names = [operation["operationId"] for _, _, operation in description.operations()]
    assert len(set(names)) == len(names), "two operations have one name"


def examples_are_valid(description):
    for name, schema in description.schemas.items():
        for example in schema.get("examples", []):
            description.demand(name, example, f"the example of {name}")
    for part in parts(description.document["paths"]):
        for media, content in part.get("content", {}).items():
            if "example" in content and media == "application/json":
                description.demand(content["schema"], content["example"], "an example of a body")


def objects_are_closed(description):
    """A key that is not described shall be noticed, and so shall one that is missing."""
    for name, schema in description.schemas.items():
        for part in parts(schema):
            if "properties" in part and name not in OPEN:
                assert part.get("additionalProperties") is False, f"{name}: an object that may have any key: {list(part['properties'])}"
                assert "required" in part, f"{name}: an object of which nothing is required: {list(part['properties'])}"


def everything_is_used(description):
    used = {part["$ref"] for part in parts(description.document) if "$ref" in part}
    for kind, components in description.document["components"].items():
        unused = [name for name in components if f"#/components/{kind}/{name}" not in used]
        assert kind == "securitySchemes" or not unused, f"nothing refers to these {kind}: {unused}"


def routes(*files):
    found = []
    for name in files:
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            found += ROUTE.findall(file.read())
    return found


def same_as_the_routes(description):
    """What is routed is described, and the other way round."""
    served = {route.rstrip("/") or "/" for route in routes("src/server/router.rs")}
    described, routed = set(description.paths), {*served, *routes("src/admin/router.rs")}
    assert routed == described, f"routed and not described: {sorted(routed - described)}; described and not routed: {sorted(described - routed)}"


def golden_documents_are_valid(description):
    documents = [name for name in sorted(os.listdir(os.path.join(ROOT, "tests/golden"))) if name.endswith("json")]
    for name in documents:
        schema = GOLDEN[re.split(r"[.-]", name)[0]]
        with open(os.path.join(ROOT, "tests/golden", name), encoding="utf-8") as file:
            text = file.read()
        for document in text.splitlines() if name.endswith(".ndjson") else [text]:
            description.demand(schema, json.loads(document), f"tests/golden/{name}")


def checks(description):
    each = {
        "the description is valid OpenAPI": valid,
        "its examples are valid": examples_are_valid,
        "its objects are closed": objects_are_closed,
        "all of its components are used": everything_is_used,
        "it has the routes that the server has": same_as_the_routes,
        "the golden documents are valid by it": golden_documents_are_valid,
    }
    return [(name, lambda check=check: check(description)) for name, check in each.items()]
