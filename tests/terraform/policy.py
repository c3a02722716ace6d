"""A scan by checkov. What it finds is a problem unless policy.toml names it with a reason; a name that nothing needs is one too."""

import fnmatch
import json
import os
import pathlib
import subprocess
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
CHECKOV = HERE / ".venv" / "bin" / "checkov"
# Neither guidelines nor modules, nor news about itself: nothing here may need a network.
OPTIONS = ["--framework", "terraform", "--compact", "--quiet", "--output", "json", "--skip-download", "--download-external-modules", "false"]
OFFLINE = {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "true", "CHECKOV_RENDER_VARIABLES_ASYNC": "false", "ANSI_COLORS_DISABLED": "true", "LOG_LEVEL": "ERROR"}


def installed():
    return CHECKOV.is_file()


def scan(tree):
    """(how many checks passed, the checks that failed: rule, what it asks for, file, resource)."""
    command = [CHECKOV, "--directory", tree, *OPTIONS]
    done = subprocess.run(command, env=os.environ | OFFLINE, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"checkov ended with {done.returncode}: {done.stderr[-2000:]}")
    report = json.loads(done.stdout)
    summary = report.get("summary", report)  # without a finding there is nothing else
    if summary["parsing_errors"] or not summary["passed"]:
        raise RuntimeError(f"checkov could not read the files: {summary}")
    found = report.get("results", {}).get("failed_checks", [])
    return summary["passed"], [(one["check_id"], one["check_name"], one["file_path"].lstrip("/"), one["resource"]) for one in found]


def skips(path=HERE / "policy.toml"):
    return tomllib.loads(path.read_text(encoding="utf-8")).get("skip", [])


def problems(failed, skipped):
    used = set()
    for rule, name, file, resource in failed:
        matching = [number for number, skip in enumerate(skipped) if skip["rule"] == rule and fnmatch.fnmatch(resource, skip["resource"])]
        used.update(matching)
        if not matching:
            yield f"{file}: {resource}: {rule}: {name}"
    for number, skip in enumerate(skipped):
        if number not in used:
            yield f"policy.toml: nothing needs the skip of {skip['rule']} for {skip['resource']}: remove it"
        if len(skip.get("reason", "")) < 20:
            yield f"policy.toml: the skip of {skip['rule']} for {skip['resource']} has no reason"
