"""The checks themselves: a module in which nothing is wrong, and for each rule a change that it must find, and only it."""

import json
import pathlib
import tempfile
import unittest

import extract
import fixtures
import hcl
import mistakes
import policy
import run
import schema
import versions


def setUpModule():
    global parser
    parser = unittest.enterModuleContext(hcl.Hcl())


def problems_of(files):
    """{name of a check: its problems}, of the checks that find any in a tree with these files."""
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder).resolve()
        for name, text in files.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text, encoding="utf-8")
        found = {name: list(problems()) for name, problems in run.syntax_checks(parser, tree).items()}
        if not found["every file parses"]:
            found |= {name: list(problems()) for name, problems in run.module_checks(parser, tree).items()}
    return {name: problems for name, problems in found.items() if problems}


class Mistakes(unittest.TestCase):
    def test_nothing_is_found_where_nothing_is_wrong(self):
        self.assertEqual(problems_of(fixtures.GOOD), {})

    def test_each_mistake_is_found_by_its_rule(self):
        for title, file, old, new, check, said in mistakes.ALL:
            with self.subTest(title):
                found = problems_of(fixtures.changed(file, old, new))
                self.assertEqual(list(found), [check], found)
                self.assertTrue(any(said in problem for problem in found[check]), found[check])

    def test_a_secret_is_sensitive_and_has_no_default(self):
        for attributes, said in (("", "not sensitive"), ('\n  default     = "x"\n  sensitive   = true', "with a default"), ("\n  sensitive   = true", None)):
            with self.subTest(said):
                found = problems_of(fixtures.with_secret(mistakes.SECRET % attributes, "\n  sensitive   = true"))
                self.assertEqual(list(found), [mistakes.SECRETS] if said else [], found)
                self.assertTrue(said is None or said in found[mistakes.SECRETS][0], found)

    def test_an_output_does_not_show_it(self):
        found = problems_of(fixtures.with_secret(mistakes.SECRET % "\n  sensitive   = true", ""))
        self.assertEqual(list(found), [mistakes.SHOWN])

    def test_the_world_may_be_named_by_what_goes_out(self):
        egress = fixtures.ROOT_MAIN + mistakes.RULE % "egress"
        self.assertEqual(problems_of(fixtures.GOOD | {"main.tf": egress}), {})

    def test_every_check_has_a_mistake(self):
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder)
            names = {*run.syntax_checks(parser, tree), *run.module_checks(parser, tree)}
        self.assertEqual(names - {check for *_, check, _ in mistakes.ALL} - {mistakes.SHOWN}, set())


class Extracts(unittest.TestCase):
    def test_are_what_types_json_names(self):
        wanted = extract.wanted_types()
        have = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in schema.SCHEMAS.glob("*.json")}
        self.assertEqual(have.keys(), wanted.keys())
        for name, want in wanted.items():
            for key in ("provider", "package", "version", "licence"):
                self.assertEqual(have[name][key], want[key], f"run tests/terraform/extract.sh {name}")
            for kind in ("resources", "data"):
                self.assertEqual(sorted(have[name][kind]), sorted(want[kind]), f"run tests/terraform/extract.sh {name}")

    def test_know_what_the_providers_document(self):
        """A few facts from the providers' documentation, which the extracts were not made from."""
        aws, _, digitalocean, hetzner = (extract["resources"] for extract in schema.Schemas().extracts)
        self.assertEqual(aws["aws_autoscaling_group"]["required"], ["max_size", "min_size"])
        self.assertEqual(aws["aws_launch_template"]["blocks"]["metadata_options"]["max"], 1)
        self.assertNotIn("max", aws["aws_launch_template"]["blocks"]["tag_specifications"])
        self.assertIn("allocation_id", aws["aws_eip"]["computed"])
        self.assertEqual(digitalocean["digitalocean_droplet"]["required"], ["image", "name", "size"])
        self.assertEqual(hetzner["hcloud_firewall"]["blocks"]["rule"]["required"], ["direction", "protocol"])
        self.assertEqual(hetzner["hcloud_server"]["arguments"]["ssh_keys"], "list")
        self.assertIn("public_net", hetzner["hcloud_server"]["blocks"])


class Versions(unittest.TestCase):
    def test_constraints(self):
        for constraint, version, admitted in (
            ("~> 6.0", "6.25.0", True), ("~> 6.0", "7.0.0", False), ("~> 6.24.0", "6.25.0", False), (">= 5.0, < 6.25", "6.25.0", False),
            ("6.25.0", "6.25.0", True), (">= 6.26", "6.25.0", False), ("!= 6.25.0", "6.25.0", False), ("six", "6.25.0", False),
        ):  # fmt: skip
            self.assertEqual(versions.admits(constraint, version), admitted, (constraint, version))


class Policy(unittest.TestCase):
    FAILED = [("CKV_1", "be good", "main.tf", "aws_eip.this")]

    def test_a_finding_without_a_skip_is_a_problem(self):
        self.assertEqual(list(policy.problems(self.FAILED, [])), ["main.tf: aws_eip.this: CKV_1: be good"])

    def test_a_skip_with_a_reason_explains_it(self):
        self.assertEqual(list(policy.problems(self.FAILED, [{"rule": "CKV_1", "resource": "aws_eip.*", "reason": "it floats, which is the point"}])), [])

    def test_a_skip_for_another_resource_does_not(self):
        found = list(policy.problems(self.FAILED, [{"rule": "CKV_1", "resource": "aws_lb.*", "reason": "it floats, which is the point"}]))
        self.assertEqual(len(found), 2, found)

    def test_a_skip_needs_a_reason(self):
        (found,) = policy.problems(self.FAILED, [{"rule": "CKV_1", "resource": "*", "reason": "no"}])
        self.assertIn("has no reason", found)

    def test_what_is_in_the_file_has_rule_resource_and_reason(self):
        for skip in policy.skips():
            self.assertEqual(skip.keys(), {"rule", "resource", "reason"})


if __name__ == "__main__":
    unittest.main()
