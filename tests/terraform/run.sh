#!/usr/bin/env bash
# Terraform without a cloud: syntax, references, the providers' schemas, house rules, a policy scan. See README.md.
#
#   tests/terraform/run.sh [--no-policy] [FOLDER]
#   tests/terraform/run.sh --why-not    # says why this machine cannot run them; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

why_not() {
  if ! command -v node >/dev/null; then
    echo "node is not installed"
  elif [[ ! -d $here/node_modules/@cdktf/hcl2json ]]; then
    echo "the HCL parser is not installed (make setup)"
  elif ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "there is no Python 3.11"
  fi
}

reason=$(why_not)
if [[ ${1:-} == --why-not ]]; then
  echo -n "$reason"
elif [[ -n $reason ]]; then
  echo "*** SKIPPED: Terraform (tests/terraform): $reason" >&2
  [[ -z ${CI:-} ]]
else
  (cd "$here" && python3 -m unittest --quiet test_checks)
  exec python3 "$here/run.py" "$@"
fi
