#!/usr/bin/env bash
# Faults of real nodes, each in a network namespace of its own; the log of a simulated cloud tells what came of them.
#
#   tests/faults/run.sh [--les PATH] [--cloud PATH] [NAME ...] [--nodes N] [--profile P] [--quick] [--list]     # see run.py
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) # a run is recognised by this path in its command line
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../hosts/why-not.sh
source "$here/../hosts/why-not.sh"

reason=$(why_not)
if [[ -n $reason ]]; then
  echo "*** SKIPPED: faults (tests/faults): $reason" >&2
  [[ -z ${CI:-} ]]
else
  exec python3 "$here/run.py" "$@"
fi
