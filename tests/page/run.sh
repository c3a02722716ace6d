#!/usr/bin/env bash
# The page at `/` in headless Chromium: a killed leader, a pause, a node of its own that freezes, dies and comes back; Axe, a phone's width, the keyboard.
#
#   tests/page/run.sh [--les PATH] [--cloud PATH] [--pictures DIR]    # see run.py
#   tests/page/run.sh --why-not    # says why this machine cannot show it; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../run-or-skip.sh
source "$here/../run-or-skip.sh"

reason=$(missing_tool python3 chromium chromedriver)
[[ -f $here/node_modules/axe-core/axe.min.js ]] || reason=${reason:-Axe is not installed (make setup)}
run_or_skip "the page (tests/page)" "$reason" "$@"
exec python3 "$here/run.py" "$@"
