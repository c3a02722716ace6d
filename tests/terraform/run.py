"""Terraform without a cloud; see README.md. Every check has a name, and every problem a place."""

import argparse
import os
import pathlib
import sys

import hcl
import language
import layout
import modules
import plan
import policy
import readme
import references
import safety
import schema
import syntax
import templates
import versions

TREE = pathlib.Path(__file__).resolve().parent.parent.parent / "terraform"


def syntax_checks(parser, tree):
    return {
        "every file parses": lambda: syntax.parse(parser, tree),
        "every file is in canonical form": lambda: syntax.form(parser, tree),
    }


def module_checks(parser, tree):
    """Of files that parse."""
    loaded, schemas = modules.load(tree), schema.Schemas()
    # All at once, since each question costs a round trip.
    parser.ask_all("expression", [one.attribute.text + "\n" for module in loaded.values() for one in module.expressions()])
    return {
        "every reference leads somewhere": lambda: references.dangling(parser, loaded, schemas),
        "every module is called as it wants": lambda: references.calls(parser, loaded),
        "nothing that is declared is unused": lambda: references.unused(parser, loaded),
        "nothing depends on itself": lambda: plan.cycles(parser, loaded),
        "what is counted is known before the first apply": lambda: plan.unknown_counts(parser, loaded),
        "functions, files and templates are there": lambda: templates.problems(parser, loaded),
        "every type, argument and block is the provider's": lambda: schema.problems(loaded, schemas),
        "every block of the language is whole": lambda: language.problems(loaded),
        "providers and versions are required": lambda: versions.problems(loaded, schemas),
        "every module has its files": lambda: layout.files(loaded),
        "every variable is typed, described and validated": lambda: layout.variables(loaded),
        "every output is described": lambda: layout.outputs(loaded),
        "names are in one style, and once": lambda: layout.names(loaded),
        "README tables name the variables and outputs": lambda: readme.problems(loaded),
        "nothing is open to the world": lambda: safety.open_to_the_world(parser, loaded),
        "no secret is written down": lambda: safety.secrets(parser, loaded),
        "nothing sensitive is shown": lambda: plan.shown_secrets(parser, loaded),
        "no file has what looks like a secret": lambda: safety.secrets_in_files(tree),
        "nothing is left over from a run": lambda: safety.leftovers(tree),
    }


class Count:
    def __init__(self, tree):
        self.tree, self.passed, self.failed = tree, 0, 0

    def check(self, name, problems):
        """Runs one check and tells; whether it passed."""
        found = list(dict.fromkeys(problems()))
        print(f"{'FAIL' if found else 'ok  '} {name}")
        for problem in found:
            print(f"     {problem.replace(f'{self.tree}/', '').replace(str(self.tree), 'terraform')}")
        self.passed, self.failed = self.passed + (not found), self.failed + bool(found)
        return not found


def policy_check(count, tree):
    if policy.installed():
        passed, failed = policy.scan(tree)
        name = f"checkov finds nothing that policy.toml does not explain ({passed} passed, {len(failed)} did not)"
        count.check(name, lambda: policy.problems(failed, policy.skips()))
    elif os.environ.get("CI"):
        count.check("checkov is installed", lambda: ["tests/terraform/.venv is not there: tests/setup.sh makes it"])
    else:
        print("*** SKIPPED: the policy scan of terraform: checkov is not installed (tests/setup.sh)", file=sys.stderr)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tree", nargs="?", type=pathlib.Path, default=TREE, help="the folder of the root module (default: terraform/)")
    arguments.add_argument("--no-policy", action="store_true", help="without checkov, which takes the longest")
    options = arguments.parse_args()
    tree, count = options.tree.resolve(), Count(options.tree.resolve())
    with hcl.Hcl() as parser:
        results = {name: count.check(name, problems) for name, problems in syntax_checks(parser, tree).items()}
        if results["every file parses"]:  # else every other check would be wrong
            for name, problems in module_checks(parser, tree).items():
                count.check(name, problems)
            if not options.no_policy:
                policy_check(count, tree)
    print(f"terraform: {count.passed} passed, {count.failed} failed")
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
