#!/usr/bin/env bash
# Metrics, alerts and the dashboard, judged by promtool and a real Prometheus that scrapes real nodes; and what telemetry must not break.
# Of Debian's package `prometheus` only the programs are used, never its service.
#
#   tests/observability/run.sh [--les PATH] [--cloud PATH] [--only PART-OF-A-NAME] [--list]   # see run.py
#   tests/observability/run.sh --why-not    # says why this machine cannot run them; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../run-or-skip.sh
source "$here/../run-or-skip.sh"

run_or_skip "telemetry (tests/observability)" "$(missing_tool python3 promtool prometheus)" "$@"
isolated=(unshare --mount --pid --fork --mount-proc --kill-child)
if "${isolated[@]}" true 2>/dev/null; then
  # A full disk is a tiny one that is mounted: mounts and processes end with the run.
  exec "${isolated[@]}" python3 "$here/run.py" --may-mount "$@"
else
  exec python3 "$here/run.py" "$@"
fi
