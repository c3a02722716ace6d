#!/usr/bin/env bash
# Partitions between real nodes, and discovery by DNS; each node is in a network namespace of its own that is made here and removed at the end.
#
#   tests/netns/run.sh [--les PATH] [--cloud PATH] [--only PART-OF-A-NAME] [--at-once N]
#   tests/netns/run.sh --why-not    # says why this machine cannot run them; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) # a run is recognised by this path in its command line
export PYTHONDONTWRITEBYTECODE=1

why_not() {
  local tool try=les-$$-try
  if [[ $(id -u) != 0 ]]; then
    echo "needs root"
    return
  fi
  for tool in python3 ip iptables-restore ip6tables-restore; do
    if ! command -v "$tool" >/dev/null; then
      echo "$tool is not installed (make deps)"
      return
    fi
  done
  if ! ip netns add "$try" 2>/dev/null; then
    echo "network namespaces cannot be made here"
    return
  fi
  ip netns exec "$try" iptables --list >/dev/null 2>&1 || echo "iptables does not work in a network namespace"
  ip netns delete "$try"
}

reason=$(why_not)
if [[ ${1:-} == --why-not ]]; then
  echo -n "$reason"
elif [[ -n $reason ]]; then
  echo "*** SKIPPED: partitions (tests/netns): $reason" >&2
  [[ -z ${CI:-} ]]
else
  exec python3 "$here/run.py" "$@"
fi
