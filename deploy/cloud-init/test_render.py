"""render.py, and what first-boot.sh does without systemd: python3 -m unittest discover deploy/cloud-init"""

import base64
import contextlib
import gzip
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import render

SUM = hashlib.sha256(b"package").hexdigest()
CONFIG = '# für alle: "$HOME" ${x} %{y} \'z\'\n[node]\nadvertise_addr = "auto"\n'
FILES = {
    "/etc/les/les.toml": "0644",
    "/etc/les/les.env": "0600",
    "/etc/les/first-boot.conf": "0600",
    "/usr/local/lib/les/first-boot": "0755",
    "/usr/local/lib/les/first-boot-lib.sh": "0644",
}
ENTRY = re.compile(r'  - path: (\S+)\n    owner: root:root\n    permissions: "(\d+)"\n    encoding: gz\+b64\n    content: "([A-Za-z0-9+/=]+)"\n')

TERRAFORM = pathlib.Path(__file__).resolve().parents[2] / "terraform" / "modules" / "user-data" / "main.tf"


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.file("les.toml", CONFIG)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def output(self, *options, url="https://example.org/les.deb", checksum=("--package-sha256", SUM), config=None):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            render.main(["--package-url", url, *checksum, "--config", config or self.config, *options])
        return out.getvalue()

    def entries(self, *options, **others):
        found = ENTRY.findall(self.output(*options, **others))
        return {path: (mode, gzip.decompress(base64.b64decode(content, validate=True))) for path, mode, content in found}

    def sourced(self, *names, options=(), **others):
        """The values of the settings, as bash sees them."""
        settings = self.file("first-boot.conf", self.entries(*options, **others)["/etc/les/first-boot.conf"][1])
        script = '. "$1"; shift; for name; do printf "%s\\0" "${!name}"; done'
        done = subprocess.run(["bash", "-euc", script, "-", settings, *names], check=True, capture_output=True, timeout=20)
        return done.stdout.decode().split("\0")[:-1]

    def refused(self, message, *options, **others):
        err = io.StringIO()
        with contextlib.redirect_stderr(err), self.assertRaises(SystemExit) as stopped:
            self.output(*options, **others)
        self.assertEqual(stopped.exception.code, 2)
        self.assertIn(message, err.getvalue())


class Rendering(Folder):
    def test_every_file_comes_out_as_it_went_in(self):
        env = "# Grüße\nHCLOUD_TOKEN='a b$c\"d'\n"
        entries = self.entries("--env", self.file("les.env", env))
        self.assertEqual({path: mode for path, (mode, _) in entries.items()}, FILES)
        self.assertEqual(entries["/etc/les/les.toml"][1].decode(), CONFIG)
        self.assertEqual(entries["/etc/les/les.env"][1].decode(), env)
        self.assertEqual(entries["/usr/local/lib/les/first-boot"][1], (render.HERE / "first-boot.sh").read_bytes())
        self.assertEqual(entries["/usr/local/lib/les/first-boot-lib.sh"][1], (render.HERE / "first-boot-lib.sh").read_bytes())

    def test_the_environment_may_be_left_out(self):
        self.assertEqual(self.entries()["/etc/les/les.env"], ("0600", b""))

    def test_the_template_has_the_known_placeholders_and_nothing_else_for_terraform(self):
        template = render.TEMPLATE.read_text()
        names = ["les_toml", "les_env", "first_boot_conf", "first_boot", "first_boot_lib"]
        self.assertEqual(render.PLACEHOLDER.findall(template), names)
        self.assertEqual(template.count("$"), len(names))
        self.assertNotIn("%{", template)
        self.assertTrue(template.startswith("#cloud-config\n"))

    def test_the_script_is_the_last_and_only_command(self):
        self.assertTrue(self.output().endswith("\nruncmd:\n  - [/usr/local/lib/les/first-boot]\n"))

    def test_values_survive_the_shell(self):
        for command in ["echo 'a' \"b\" $HOME `id` \\ !", "printf '%s'\nid\t", "écho ☃ ${x} %{y}", "-n"]:
            with self.subTest(command=command):
                self.assertEqual(self.sourced("CREDENTIAL_NAME", "CREDENTIAL_COMMAND", options=["--credential", f"HCLOUD_TOKEN={command}"]), ["HCLOUD_TOKEN", command])
        url = "https://example.org/les.deb?a=$(id)&b='c'"
        self.assertEqual(self.sourced("PACKAGE_URL", url=url), [url])

    def test_settings_without_options(self):
        names = ["PACKAGE_SHA256", "CREDENTIAL_NAME", "CREDENTIAL_COMMAND", "FLOATING_ADDRESSES", "ADDRESS_DEVICE", "PATIENCE"]
        self.assertEqual(self.sourced(*names), [SUM, "", "", "", "", "600"])

    def test_addresses_and_device(self):
        options = ["--floating-address", "203.0.113.7", "--floating-address", "2001:DB8:0::7", "--floating-address", "203.0.113.7", "--address-device", "eth0"]
        self.assertEqual(self.sourced("FLOATING_ADDRESSES", "ADDRESS_DEVICE", options=options), ["203.0.113.7 2001:db8::7", "eth0"])

    def test_the_sum_of_a_copy(self):
        self.assertEqual(self.sourced("PACKAGE_SHA256", checksum=["--package", self.file("les.deb", "package")]), [SUM])

    def test_the_same_input_gives_the_same_bytes(self):
        self.assertEqual(self.output(), self.output())
        header = base64.b64decode(ENTRY.findall(self.output())[0][2])[:8]
        self.assertEqual(header[4:8], bytes(4), "no time stamp")

    def test_refusals(self):
        self.refused("write 203.0.113.7 ", "--floating-address", "203.0.113.7/32")
        self.refused("does not appear to be an IPv4 or IPv6 address", "--floating-address", "example.org")
        self.refused("has a scope", "--floating-address", "fe80::1%eth0")
        self.refused("64 hex digits", checksum=["--package-sha256", SUM[:-1]])
        self.refused("No such file", checksum=["--package", str(self.folder / "none")])
        self.refused("not allowed with", checksum=["--package-sha256", SUM, "--package", self.config])
        self.refused("is required", checksum=[])
        for url in ["ftp://example.org/les.deb", "les.deb", "https:///les.deb"]:
            self.refused("no http, https or file URL", url=url)
        self.refused("white space", url="https://example.org/l es.deb")
        self.refused("file:///PATH", url="file://host/les.deb")
        self.refused("30 to 3600", "--patience", "29")
        self.refused("30 to 3600", "--patience", "3601")
        self.refused("network interface", "--address-device", "eth0; id")
        self.refused("not NAME=COMMAND", "--credential", "cat /secret")
        self.refused("no command after HCLOUD_TOKEN=", "--credential", "HCLOUD_TOKEN= ")
        self.refused("No such file", config=str(self.folder / "none"))
        self.refused("--config", config=self.file("binary", b"\xff\xfe"))

    def test_a_bad_line_of_the_environment_is_named_and_not_shown(self):
        path = self.file("les.env", "A=1\nexport B=hush\n")
        err = io.StringIO()
        with contextlib.redirect_stderr(err), self.assertRaises(SystemExit):
            self.output("--env", path)
        self.assertIn("line 2 is not NAME=value", err.getvalue())
        self.assertNotIn("hush", err.getvalue())

    @unittest.skipUnless(render.tomllib, "Python 3.11 reads TOML")
    def test_a_configuration_that_is_no_toml_is_refused(self):
        self.refused("is not TOML", config=self.file("bad.toml", "[node\n"))

    def test_more_than_ec2_takes_is_refused(self):
        noise = base64.b64encode(b"".join(hashlib.sha256(bytes([n])).digest() for n in range(256))).decode()
        self.refused("and EC2 takes 16384", config=self.file("large.toml", f"# {noise}\n"))

    def test_the_configuration_with_every_key_fits(self):
        whole = render.HERE.parent / "les.toml"
        self.assertLessEqual(len(self.output(config=str(whole)).encode()), render.LARGEST)


class Terraform(Folder):
    """terraform/modules/user-data says the same in another language. With a terraform program, tests/machines boots machines with it."""

    def test_it_writes_the_same_settings_in_the_same_order(self):
        rendered = self.rendered_settings()
        declared = re.findall(r'\{ name = "([A-Z0-9_]+)"', TERRAFORM.read_text(encoding="utf-8"))
        self.assertEqual(declared, rendered)

    def rendered_settings(self):
        options = ["--package-url", "https://example.org/les.deb", "--package-sha256", SUM, "--config", self.config]
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            render.main(options)
        contents = {path: content for path, _, content in ENTRY.findall(output.getvalue())}
        conf = gzip.decompress(base64.b64decode(contents["/etc/les/first-boot.conf"])).decode()
        return re.findall(r"^([A-Z0-9_]+)=", conf, re.MULTILINE)
