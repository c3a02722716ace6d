"""The runner sees what is wrong."""

import os
import sys
import unittest

sys.path += [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", name) for name in ("hosts", "interop")]

import commands
import compare
import elsewhere
import links
import pages
import unrun
from reader import LOOKS
from shell import Shell


def page(text, path="docs/installing.md"):
    return pages.Page(path, text)


def block(text):
    return page(text).blocks[0]


class Pages(unittest.TestCase):
    def test_what_a_comment_says_is_the_next_blocks(self):
        read = page("# A page\n\n<!-- stage: three nodes -->\n<!-- run by: tests/docs -->\n\n```console\n$ true\n```\n\n```sh\ntrue\n```\n")
        self.assertEqual([each.says for each in read.blocks], [{"stage": "three nodes", "run by": "tests/docs"}, {}])
        self.assertEqual([each.section for each in read.blocks], ["A page"] * 2)

    def test_a_comment_that_stands_before_no_block(self):
        with self.assertRaisesRegex(ValueError, "stands before no block"):
            page("<!-- not run: no cloud -->\n\nText.\n\n```sh\ntrue\n```\n")

    def test_a_comment_that_nobody_knows(self):
        with self.assertRaisesRegex(ValueError, "nobody knows"):
            page("<!-- dont run: no cloud -->\n")

    def test_a_block_that_does_not_end(self):
        with self.assertRaisesRegex(ValueError, "does not end"):
            page("```sh\ntrue\n")


class Commands(unittest.TestCase):
    def test_commands_and_answers(self):
        read = commands.commands(block("```console\n$ cat > a <<'EOF'\n$ x\nEOF\n$ one \\\n    two\nthree\n# four\n```\n"))
        self.assertEqual([(each.text, each.shown) for each in read], [("cat > a <<'EOF'\n$ x\nEOF", []), ("one \\\n    two", ["three", "# four"])])

    def test_root_has_a_prompt_too(self):
        self.assertEqual([each.bare for each in commands.commands(block("```console\n# one    # a remark\n# two\n```\n"))], ["one", "two"])

    def test_a_block_without_a_prompt(self):
        with self.assertRaisesRegex(ValueError, "begins with a prompt"):
            commands.commands(block("```console\nls\n```\n"))

    def test_only_what_looks_is_typed_again(self):
        for text, looks in [("les status", True), ("les why 203.0.113.7", True), ("curl -s http://a/leader", True), ("curl -X POST http://a", False), ("les pause", False)]:
            self.assertEqual(bool(LOOKS.match(text)), looks, text)


class Compare(unittest.TestCase):
    def test_what_varies(self):
        shown = ["203.0.113.7 is held by it after 1016 ms", 'epoch 1795468727103, "age_ms":12, 2026-11-27T09:18:27.123Z', "a b   c"]
        said = ["203.0.113.7 is held by it after 3 s", 'epoch 1795468727999, "age_ms":4, 2026-12-01T10:00:00Z', "a b      c"]
        self.assertTrue(compare.matches(shown, said))

    def test_what_does_not(self):
        self.assertFalse(compare.matches(["203.0.113.7 is here"], ["203.0.113.8 is here"]))
        self.assertFalse(compare.matches(["one"], ["one", "two"]))
        self.assertFalse(compare.matches(["one", "two"], ["one"]))

    def test_a_paragraph_may_break_elsewhere(self):
        self.assertTrue(compare.matches(["it was read at", "  10:00:00 and is here", "", "b"], ["it was read at 11:00:00", "  and is here", "b"]))
        self.assertTrue(compare.matches([], [""]))
        self.assertFalse(compare.matches(["a"], []))

    def test_dots(self):
        self.assertTrue(compare.matches(["a", "..."], ["a"]))
        self.assertTrue(compare.matches(["...", "b"], ["a", "b"]))
        self.assertFalse(compare.matches(["...", "b"], ["a", "b", "c"]))
        self.assertTrue(compare.matches(["a", "...", "c"], ["a", "b", "b", "c"]))
        self.assertTrue(compare.matches(["a … c"], ["a b c"]))
        self.assertFalse(compare.matches(["a", "…", "d"], ["a", "b", "c"]))


class Elsewhere(unittest.TestCase):
    def problems(self, text, path="docs/containers.md"):
        read = page(text, path)
        return list(elsewhere.problems(read.blocks[0], read))

    def test_a_block_that_the_other_test_does_not_have(self):
        self.assertTrue(self.problems("<!-- run by: tests/interop -->\n```console\n$ les no-such-command\n```\n"))
        self.assertTrue(self.problems("<!-- run by: tests/no-such-test -->\n```console\n$ true\n```\n"))
        self.assertTrue(self.problems("<!-- run: no such name -->\n```console\n# true\n```\n", "docs/installing.md"))

    def test_to_be_named_is_not_to_be_read(self):
        self.assertTrue(self.problems("<!-- run by: tests/machines -->\n```console\n$ les no-such-command\n```\n", "README.md"))

    def test_a_block_that_it_has(self):
        self.assertFalse(self.problems("<!-- run by: .ci/run -->\n```console\n$ make test    # everything\n```\n"))
        self.assertFalse(self.problems("<!-- run: install -->\n```console\n# true\n```\n", "docs/installing.md"))


class Links(unittest.TestCase):
    def test_slugs(self):
        self.assertEqual(links.slugs(["What `les` does, and why not?", "A", "A", "[x](y) z"]), {"what-les-does-and-why-not", "a", "a-1", "x-z"})

    def test_code_is_no_link(self):
        self.assertEqual(list(links.links(page("`[a](b)` [c](d.md#e)\n\n```text\n[f](g)\n```\n"))), [(1, "d.md#e")])


class Unrun(unittest.TestCase):
    def test_a_row(self):
        read = page("## A part\n\n<!-- not run: no cloud -->\n```sh\ntrue\n```\n", "providers/rest/presets/vultr.md")
        self.assertEqual(unrun.row(read.blocks[0]), "| [vultr.md, A part](../providers/rest/presets/vultr.md#a-part) | no cloud |")


class Shells(unittest.TestCase):
    def setUp(self):
        self.shell = Shell("/", {"PATH": os.environ["PATH"]})
        self.addCleanup(self.shell.close)

    def test_it_keeps_its_state(self):
        self.shell.run("cd /tmp; export A=1")
        self.assertEqual(self.shell.run("pwd; echo $A"), ["/tmp", "1"])

    def test_it_tells_exit_codes(self):
        self.shell.run("(exit 64)")
        self.assertEqual(self.shell.code, 64)
        self.assertEqual(self.shell.run("echo $?"), ["64"])

    def test_it_has_jobs(self):
        self.shell.run("tail -f /dev/null &")
        self.assertEqual(self.shell.run("kill %1; wait"), [])


if __name__ == "__main__":
    unittest.main()
