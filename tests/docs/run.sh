#!/usr/bin/env bash
# The book: runs every command that docs/, README.md and the presets' pages show, and holds their links, files and recipes against what they are about.
# A page has a machine of its own: a network, process and mount namespace, made here. No port is taken, and nothing outlives the run.
#
#   tests/docs/run.sh [--les PATH] [--cloud PATH] [--only PART-OF-A-NAME] [--list] [--not-run]   # see run.py and README.md
#   tests/docs/run.sh --why-not    # says why this machine cannot run them; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../run-or-skip.sh
source "$here/../run-or-skip.sh"

why_not() {
  local missing
  missing=$(missing_tool python3 bash curl ip iptables-restore unshare haproxy)
  if [[ $(id -u) != 0 ]]; then
    echo "needs root"
  elif [[ -n $missing ]]; then
    echo "$missing"
  elif ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "there is no Python 3.11"
  elif ! unshare --net --mount --pid --fork --mount-proc true 2>/dev/null; then
    echo "namespaces cannot be made here"
  fi
}

run_or_skip "the book (tests/docs)" "$(why_not)" "$@"
(cd "$here" && python3 -m unittest --quiet test_docs)
exec python3 "$here/run.py" "$@"
