"""Makes schemas/ from the providers' typed packages; see extract.sh.

A schema, and each block in one, is {"required": names, "arguments": {name: kind}, "blocks": {name: {..., "max": 1 or absent}}, "computed": names}.
Kinds: simple (a string, number or bool), list, set, map, struct (an object), or any where the package does not tell."""

import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import from_cdktf
import from_pulumi

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE / "schemas"


def packed(package, version, folder):
    """Downloads the package; its archive, and the checksum that npm verified."""
    command = ["npm", "pack", "--json", "--loglevel=error", f"{package}@{version}"]
    (told,) = json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)
    return tarfile.open(pathlib.Path(folder) / told["filename"]), told["integrity"]


class Reader:
    """The text files of an archive. One pass keeps the wanted ones: an archive of 8000 files has no index."""

    def __init__(self, archive, wanted):
        self.files = {}
        for member in archive:
            path = member.name.removeprefix("package/")
            if path in wanted:
                self.files[path] = archive.extractfile(member).read().decode("utf-8")
        missing = wanted - self.files.keys()
        if missing:
            sys.exit(f"extract: the package has no {', '.join(sorted(missing))}")

    def __getitem__(self, path):
        return self.files[path]


def extract(name, wanted):
    provider = wanted["provider"]
    source = from_pulumi if wanted["package"].startswith("@pulumi/") else from_cdktf
    kinds = {"resources": wanted["resources"], "data": wanted["data"]}
    with tempfile.TemporaryDirectory() as folder:
        archive, integrity = packed(wanted["package"], wanted["version"], folder)
        paths = {path for kind, types in kinds.items() for type_ in types for path in source.paths(provider, kind, type_)}
        files = Reader(archive, paths | set(source.COMMON) | {"LICENSE", "package.json"})
    found = {kind: {type_: source.schema(files, provider, kind, type_) for type_ in sorted(types)} for kind, types in kinds.items()}
    about = {key: wanted[key] for key in ("provider", "package", "version", "licence")}
    about |= {"integrity": integrity, "provider_version": provider_version(files), "configuration": source.provider(files)}
    (SCHEMAS / f"{name}.json").write_text(json.dumps(about | found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (SCHEMAS / f"LICENSE.{provider}").write_text(files["LICENSE"], encoding="utf-8")
    print(f"{name}: {sum(map(len, kinds.values()))} types of {wanted['package']} {wanted['version']}, provider {about['provider_version']}")


def provider_version(files):
    """Of the Terraform provider that the package was made from; None if the package does not say, as Pulumi's do not."""
    return json.loads(files["package.json"]).get("cdktf", {}).get("provider", {}).get("version")


def wanted_types():
    """types.json; what is `like` another entry has all of it but what it says itself."""
    types = json.loads((HERE / "types.json").read_text(encoding="utf-8"))
    return {name: types.get(wanted.get("like"), {}) | wanted for name, wanted in types.items()}


def main():
    types = wanted_types()
    unknown = set(sys.argv[1:]) - types.keys()
    if unknown:
        sys.exit(f"extract: {', '.join(unknown)} is not in types.json")
    SCHEMAS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or types:
        extract(name, types[name])


if __name__ == "__main__":
    main()
