#!/usr/bin/env bash
# Holds the running server against its OpenAPI description (src/server/openapi.json): the description itself, its routes, every path by hand, and requests
# that schemathesis makes up from it, on a leader, a follower and a cluster that may be turned upside down.
#
#   tests/openapi/run.sh [--les PATH] [--cloud PATH] [--only PART-OF-A-NAME] [--list] [--seed N] [--examples N]   # see run.py
#   tests/openapi/run.sh --why-not    # says why this machine cannot run it; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../run-or-skip.sh
source "$here/../run-or-skip.sh"
python=$here/.venv/bin/python # tests/setup.sh makes it

reason=
[[ -x $python ]] || reason="schemathesis is not installed (make setup)"
run_or_skip "the OpenAPI description (tests/openapi)" "$reason" "$@"
exec "$python" "$here/run.py" "$@"
