#!/usr/bin/env bash
# Partitions between real nodes, and discovery by DNS; each node is in a network namespace of its own that is made here and removed at the end.
#
#   tests/netns/run.sh [--les PATH] [--cloud PATH] [--only PART-OF-A-NAME] [--at-once N]
#   tests/netns/run.sh --why-not    # says why this machine cannot run them; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) # a run is recognised by this path in its command line
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../hosts/why-not.sh
source "$here/../hosts/why-not.sh"

reason=$(why_not)
if [[ ${1:-} == --why-not ]]; then
  echo -n "$reason"
elif [[ -n $reason ]]; then
  echo "*** SKIPPED: partitions (tests/netns): $reason" >&2
  [[ -z ${CI:-} ]]
else
  exec python3 "$here/run.py" "$@"
fi
