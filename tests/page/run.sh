#!/usr/bin/env bash
# The page at `/` in headless Chromium: a killed leader, a pause, a node of its own that freezes, dies and comes back; Axe, a phone's width, the keyboard.
#
#   tests/page/run.sh [--les PATH] [--cloud PATH] [--pictures DIR]    # see run.py
#   tests/page/run.sh --why-not    # says why this machine cannot show it; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

why_not() {
  local tool
  for tool in python3 chromium chromedriver; do
    if ! command -v "$tool" >/dev/null; then
      echo "$tool is not installed (make deps)"
      return
    fi
  done
  [[ -f $here/node_modules/axe-core/axe.min.js ]] || echo "Axe is not installed (make setup)"
}

reason=$(why_not)
if [[ ${1:-} == --why-not ]]; then
  echo -n "$reason"
elif [[ -n $reason ]]; then
  echo "*** SKIPPED: the page (tests/page): $reason" >&2
  [[ -z ${CI:-} ]]
else
  exec python3 "$here/run.py" "$@"
fi
