"""The parts of first-boot.sh that need no systemd: its functions, sourced by bash, with every path in a scratch folder."""

import functools
import hashlib
import http.server
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = b"package" * 500
SUM = hashlib.sha256(PACKAGE).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()
# No console, and a clock that only `sleep` moves.
PRELUDE = """
. "$1"
shift
CONSOLE="" STATE=$1/state CREDSTORE=$1/credstore SETTINGS=$1/first-boot.conf CONFIG=$1/les.toml ENVIRONMENT=$1/les.env
NOW=1000
uptime_seconds() { printf '%s\\n' "$NOW"; }
sleep() { NOW=$((NOW + $1)); }
set_deadline 60
trap 'unexpected $? "$LINENO" "$BASH_COMMAND"' ERR
"""


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "state").mkdir()
        (self.folder / "credstore").mkdir()
        (self.folder / "les.toml").write_text("[node]\n")

    def run_bash(self, script, status=0):
        command = ["bash", "-c", PRELUDE + script, "first-boot", str(HERE / "first-boot.sh"), str(self.folder)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def read_settings(self, script="", status=0, **changes):
        values = {"PACKAGE_URL": "https://example.org/les.deb", "PACKAGE_SHA256": SUM, **changes}
        (self.folder / "first-boot.conf").write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
        return self.run_bash(f"read_settings\n{script}", status)


class Settings(Folder):
    def test_each_wrong_one_is_named_with_status_64(self):
        for message, changes in {
            "PACKAGE_URL is not": {"PACKAGE_URL": "ftp://example.org/les"},
            "PACKAGE_SHA256 is not": {"PACKAGE_SHA256": SUM[1:]},
            "PATIENCE is '29'": {"PATIENCE": "29"},
            "PATIENCE is '3601'": {"PATIENCE": "3601"},
            "PATIENCE is 'a[0]'": {"PATIENCE": "a[0]"},
            "need each other": {"CREDENTIAL_NAME": "HCLOUD_TOKEN"},
            "CREDENTIAL_NAME is not": {"CREDENTIAL_NAME": "../x", "CREDENTIAL_COMMAND": "true"},
            "ADDRESS_DEVICE is not": {"ADDRESS_DEVICE": "eth0 x"},
            "no address without a prefix": {"FLOATING_ADDRESSES": "203.0.113.7 203.0.113.8/32"},
        }.items():
            with self.subTest(message=message):
                last = self.read_settings(status=64, **changes).splitlines()[-1]
                self.assertRegex(last, "^les first-boot: FAILED at settings: .* What to do: ")
                self.assertIn(message, last)

    def test_a_missing_file_is_named(self):
        self.assertIn("first-boot.conf is missing", self.run_bash("read_settings", 64))

    def test_the_kind_is_the_end_of_the_path_and_secrets_of_a_url_are_not_shown(self):
        show = 'echo "$KIND $SHOWN_URL"'
        for url, shown in {
            "https://u:pw@example.org/a/les.deb?sig=x.rpm": "deb https://example.org/a/les.deb",
            "http://example.org:81/les.rpm#x": "rpm http://example.org:81/les.rpm",
            "file:///root/les": "bare file:///root/les",
        }.items():
            self.assertEqual(self.read_settings(show, PACKAGE_URL=url), f"{shown}\n")

    def test_addresses_are_split(self):
        self.assertEqual(self.read_settings('printf "%s," "${ADDRESSES[@]}"', FLOATING_ADDRESSES=" 203.0.113.7  2001:db8::7 "), "203.0.113.7,2001:db8::7,")

    def test_the_port(self):
        self.assertEqual(self.run_bash("port"), "4000\n")
        (self.folder / "les.toml").write_text("[node]\n# bind_port = 1\n  bind_port = 4001 # here\n")
        self.assertEqual(self.run_bash("port"), "4001\n")
        (self.folder / "les.env").write_text("A=1\nLES_NODE__BIND_PORT='4002'\n")
        self.assertEqual(self.run_bash("port"), "4002\n")


class Time(Folder):
    def test_it_is_tried_until_the_time_is_over_and_the_last_line_says_why(self):
        for pause, last in [(5, 1055), (50, 1056)]:
            script = f'PAUSE={pause} STEP=download; no() {{ WHY="no answer"$\'\\n\'"more $NOW"; return 1; }}; keep_trying "look" no'
            said = self.run_bash(script, 1).splitlines()
            self.assertEqual(said[:2], ["les first-boot: more 1000", "les first-boot: download: no answer; trying again for 60 s"])
            self.assertEqual(said[-2], f"les first-boot: more {last}")
            self.assertRegex(said[-1], "^les first-boot: FAILED at download: no answer. What to do: look")

    def test_it_ends_with_the_first_success(self):
        self.assertEqual(self.run_bash("yes() { ((NOW >= 1010)); }; WHY=x; keep_trying look yes; echo $NOW").splitlines()[-1], "1010")

    def test_bounds(self):
        self.assertEqual(self.run_bash("at_most 30; at_most 300; NOW=2000; at_most 300"), "30\n60\n1\n")

    def test_an_unexpected_failure_names_the_step(self):
        said = self.run_bash("step start x; inner() { local a; a=$(false); }; inner; echo not here", 1).splitlines()
        self.assertRegex(said[-1], r"^les first-boot: FAILED at start: line \d+ ended with status 1: .*false")
        self.assertEqual(len(said), 2)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class Download(Folder):
    def setUp(self):
        super().setUp()
        www = self.folder / "www"
        www.mkdir()
        (www / "les").write_bytes(PACKAGE)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(www)))
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        self.base = f"http://127.0.0.1:{server.server_port}"

    def fetch(self, path="/les", before="", checksum=SUM, url=None):
        url = url or f"{self.base}{path}"
        out = self.run_bash(f"{before}\nPACKAGE_URL='{url}' SHOWN_URL=SHOWN PACKAGE_SHA256={checksum}\nif fetch \"$STATE/got\"; then echo yes; else echo \"no: $WHY\"; fi")
        return out.rstrip("\n")

    def only(self, tool):
        """A PATH on which there is no other way to fetch than this."""
        folder = self.folder / f"only-{tool}"
        folder.mkdir()
        for name in ["timeout", "sha256sum", "stat", "rm", "cp", "tail", "tr", tool]:
            (folder / name).symlink_to(shutil.which(name))
        return f"export no_proxy='*'; PATH={folder}; hash -r"

    def test_each_tool_fetches_and_says_why_not(self):
        tools = [tool for tool in ["curl", "wget", "python3"] if shutil.which(tool)]
        self.assertTrue(tools)
        for tool in tools:
            with self.subTest(tool=tool):
                before = self.only(tool)
                self.assertEqual(self.fetch(before=before), "yes")
                self.assertEqual((self.folder / "state/got").read_bytes(), PACKAGE)
                failure = self.fetch("/none?sig=hush", before=before)
                self.assertRegex(failure, "^no: cannot fetch SHOWN: .*404")
                self.assertNotIn("hush", failure)
                self.assertRegex(self.fetch(before=f"{before}; BIGGEST_KIB=2"), "^no: cannot fetch SHOWN: ")

    def test_a_file(self):
        self.assertEqual(self.fetch(url=f"file://{self.folder}/www/les"), "yes")
        self.assertIn("No such file", self.fetch(url="file:///nonexistent"))

    def test_a_wrong_sum_says_both_and_waits_longer_each_time(self):
        self.assertRegex(self.fetch(checksum=OTHER), rf"^no: .*\(3500 bytes\) has SHA-256 {SUM}, and {OTHER} was expected$")
        twice = f"PACKAGE_URL={self.base}/les SHOWN_URL=x PACKAGE_SHA256={OTHER}; for n in 1 2 3; do fetch \"$STATE/got\" || echo $PAUSE; done"
        self.assertEqual(self.run_bash(twice), "5\n10\n15\n")

    def test_no_tool(self):
        self.assertIn("no curl, wget or python3", self.fetch(before=self.only("true")))

    def test_installed_means_this_sum_and_this_program(self):
        program = self.folder / "les"
        program.write_bytes(b"program")
        look = 'systemctl() { :; }; PACKAGE_SHA256=$(cat "$STATE/installed"); if is_installed; then echo yes; else echo no; fi'
        (self.folder / "state/installed").write_text(f"{SUM}\n")
        (self.folder / "state/program").write_text(f"{hashlib.sha256(b'program').hexdigest()}  {program}\n")
        self.assertEqual(self.run_bash(look), "yes\n")
        self.assertEqual(self.run_bash(look.replace("if is", f"PACKAGE_SHA256={OTHER}; if is")), "no\n")
        program.write_bytes(b"another")
        self.assertIn("no\n", self.run_bash(look))


class Credential(Folder):
    def ask(self, command):
        (self.folder / "command").write_text(command)
        return self.run_bash('CREDENTIAL_NAME=TOKEN CREDENTIAL_COMMAND=$(cat "$1/command"); if ask_for_credential; then echo yes; else echo "no: $WHY"; fi')

    def test_it_is_written_for_root_alone_and_never_said(self):
        self.assertEqual(self.ask("printf 'hush $x\\n'; echo hush >&2"), "yes\n")
        path = self.folder / "credstore/TOKEN"
        self.assertEqual(path.read_text(), "hush $x")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        before = path.stat().st_ino
        self.assertEqual(self.ask("printf 'hush $x'"), "yes\n")
        self.assertEqual(path.stat().st_ino, before, "the same secret is not written again")
        self.assertEqual(os.listdir(self.folder / "state"), [])

    def test_no_secret_is_a_failure_and_leaves_the_old_one(self):
        self.ask("echo old")
        for command in ["true", "echo", "echo None", "echo null"]:
            self.assertRegex(self.ask(f"{command}; echo denied >&2"), "^no: the command printed no secret: denied")
        self.assertEqual((self.folder / "credstore/TOKEN").read_text(), "old")

    def test_a_failing_command_tells_its_status_and_its_last_words_without_the_secret(self):
        self.assertEqual(self.ask("echo hush; echo first >&2; echo 'bad hush' >&2; exit 3"), "no: the command ended with status 3: bad ...\n")
        self.assertRegex(self.ask("head -c 1000000 /dev/zero | tr '\\0' x"), "^no: the command ended with status ", "more than 64 KiB is no secret")


class Style(unittest.TestCase):
    def test_nothing_is_traced(self):
        for name in ["first-boot.sh", "first-boot-lib.sh"]:
            self.assertNotIn("set -x", (HERE / name).read_text())
