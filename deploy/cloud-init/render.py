#!/usr/bin/env python3
"""Prints the user-data for the first boot of a les node. README.md beside it has complete commands for each cloud.

Standard library only. The same input gives the same output, to the byte.
"""

import argparse
import base64
import hashlib
import ipaddress
import pathlib
import re
import shlex
import sys
import urllib.parse
import zlib

try:
    import tomllib
except ImportError:  # before Python 3.11: the file is not read here, and `les check` on the machine says what is wrong with it
    tomllib = None

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATE = HERE / "user-data.yaml"
SCRIPTS = {"first_boot": HERE / "first-boot.sh", "first_boot_lib": HERE / "first-boot-lib.sh"}
LARGEST = 16 * 1024  # bytes; EC2's limit, the smallest of all clouds
LARGEST_INPUT = 1024 * 1024  # bytes of les.toml or les.env; a slip such as --config PACKAGE is said clearly
PLACEHOLDER = re.compile(r"\$\{([a-z_]+)\}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


class Wrong(Exception):
    """The input cannot be used; the text says why, and what to do."""


def package_url(text):
    try:
        url = urllib.parse.urlsplit(text)
    except ValueError as error:
        raise Wrong(f"--package-url: {error}") from error
    if re.search(r"[\s\x00-\x1f\x7f]", text) or len(text) > 2048:
        raise Wrong("--package-url: white space in it, or more than 2048 characters: percent-encode it")
    if url.scheme == "file":
        if url.netloc or not url.path.startswith("/") or re.search(r"[%?#]", text):
            raise Wrong("--package-url: a file URL is file:///PATH, where PATH is on the new machine and taken literally")
    elif url.scheme not in ("http", "https") or not url.hostname:
        raise Wrong(f"--package-url: {text!r} is no http, https or file URL")
    return text


def package_sha256(text, copy):
    if text is not None:
        if not re.fullmatch(r"[0-9A-Fa-f]{64}", text):
            raise Wrong(f"--package-sha256: {text!r} is not 64 hex digits: take the first word that `sha256sum FILE` prints")
        return text.lower()
    digest = hashlib.sha256()
    try:
        with open(copy, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                digest.update(chunk)
    except OSError as error:
        raise Wrong(f"--package: {error}") from error
    return digest.hexdigest()


def read(option, path):
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_INPUT + 1)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{option}: {path}: {error}") from error
    if len(content) > LARGEST_INPUT or "\0" in text:
        raise Wrong(f"{option}: {path} is no text file of at most 1 MiB")
    return content, text


def config(path):
    content, text = read("--config", path)
    if tomllib:
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Wrong(f"--config: {path} is not TOML: {error}") from error
    return content


def environment(path):
    if path is None:
        return b""
    content, text = read("--env", path)
    for number, line in enumerate(text.split("\n"), 1):
        name, equals, _ = line.partition("=")
        if line.strip() and not line.lstrip().startswith(("#", ";")) and not (equals and VARIABLE.fullmatch(name)):
            # not the line itself: it may hold a secret
            raise Wrong(f"--env: {path}: line {number} is not NAME=value, as systemd reads it: no `export`, no spaces around `=`")
    return content


def credential(text):
    if text is None:
        return "", ""
    name, equals, command = text.partition("=")
    if not equals or not VARIABLE.fullmatch(name):
        raise Wrong("--credential: not NAME=COMMAND, where NAME is the variable that les reads, such as HCLOUD_TOKEN")
    if not command.strip() or "\0" in command:
        raise Wrong(f"--credential: no command after {name}=, which prints the secret")
    return name, command


def floating_address(text):
    if "/" in text:
        raise Wrong(f"--floating-address: {text} has a prefix: write {text.split('/')[0]} (every node holds the address alone, as /32 or /128)")
    try:
        if "%" in text:
            raise ValueError(f"{text!r} has a scope")
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise Wrong(f"--floating-address: {error}") from error


def address_device(text):
    if text and not re.fullmatch(r"[A-Za-z0-9._-]{1,15}", text):
        raise Wrong(f"--address-device: {text!r} is not the name of a network interface, such as eth0")
    return text or ""


def patience(text):
    if not re.fullmatch(r"[0-9]{2,4}", text) or not 30 <= int(text) <= 3600:
        raise Wrong(f"--patience: {text!r} is not 30 to 3600 seconds")
    return str(int(text))


def settings(options):
    """What first-boot.sh sources: shell assignments, safely quoted."""
    name, command = credential(options.credential)
    values = {
        "PACKAGE_URL": package_url(options.package_url),
        "PACKAGE_SHA256": package_sha256(options.package_sha256, options.package),
        "CREDENTIAL_NAME": name,
        "CREDENTIAL_COMMAND": command,
        "FLOATING_ADDRESSES": " ".join(dict.fromkeys(map(floating_address, options.floating_address))),
        "ADDRESS_DEVICE": address_device(options.address_device),
        "PATIENCE": patience(options.patience),
    }
    return "".join(f"{key}={shlex.quote(value)}\n" for key, value in values.items()).encode()


def packed(content):
    """gzip, then base64. By zlib, whose gzip header has no time stamp in any version of Python: the output must not change by itself."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return base64.b64encode(packer.compress(content) + packer.flush()).decode()


def render(options):
    values = {
        "les_toml": config(options.config),
        "les_env": environment(options.env),
        "first_boot_conf": settings(options),
        **{name: path.read_bytes() for name, path in SCRIPTS.items()},
    }
    rendered = PLACEHOLDER.sub(lambda match: packed(values[match[1]]), TEMPLATE.read_text(encoding="utf-8"))
    size = len(rendered.encode())
    if size > LARGEST:
        raise Wrong(f"the user-data has {size} bytes, and EC2 takes {LARGEST}: shorten --config (comments, too), --env or --credential")
    return rendered


def parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0], allow_abbrev=False)
    add = parser.add_argument
    add("--package-url", required=True, metavar="URL", help="where the new machine fetches the package: .deb, .rpm, else the bare program")
    checksum = parser.add_mutually_exclusive_group(required=True)
    checksum.add_argument("--package-sha256", metavar="SUM", help="its SHA-256, 64 hex digits")
    checksum.add_argument("--package", metavar="FILE", help="a copy of it here: its sum is computed")
    add("--config", required=True, metavar="FILE", help="les.toml")
    add("--env", metavar="FILE", help="environment of les: NAME=value lines (anything on the machine can read user-data: see README.md)")
    add("--credential", metavar="NAME=COMMAND", help="a command of the new machine that prints the secret NAME")
    add("--floating-address", action="append", default=[], metavar="ADDRESS", help="an address that the machine itself must hold; repeat it")
    add("--address-device", metavar="NAME", help="... on this interface (default: lo)")
    add("--patience", default="600", metavar="SECONDS", help="bound on the whole first boot, 30 to 3600 (default: %(default)s)")
    return parser


def main(arguments=None):
    options = parser()
    parsed = options.parse_args(arguments)
    try:
        sys.stdout.write(render(parsed))
    except Wrong as wrong:
        options.error(str(wrong))  # exit code 2


if __name__ == "__main__":
    main()
