#!/usr/bin/env bash
# Metrics, alerts and the dashboard, judged by promtool and a real Prometheus that scrapes real nodes; and what telemetry must not break.
# Of Debian's package `prometheus` only the programs are used, never its service.
#
#   tests/observability/run.sh [--les PATH] [--cloud PATH] [--only PART-OF-A-NAME] [--list]   # see run.py
#   tests/observability/run.sh --why-not    # says why this machine cannot run them; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

why_not() {
  local tool
  for tool in python3 promtool prometheus; do
    if ! command -v "$tool" >/dev/null; then
      echo "$tool is not installed (make deps)"
      return
    fi
  done
}

reason=$(why_not)
isolated=(unshare --mount --pid --fork --mount-proc --kill-child)
if [[ ${1:-} == --why-not ]]; then
  echo -n "$reason"
elif [[ -n $reason ]]; then
  echo "*** SKIPPED: telemetry (tests/observability): $reason" >&2
  [[ -z ${CI:-} ]]
elif "${isolated[@]}" true 2>/dev/null; then
  # A full disk is a tiny one that is mounted: mounts and processes end with the run.
  exec "${isolated[@]}" python3 "$here/run.py" --may-mount "$@"
else
  exec python3 "$here/run.py" "$@"
fi
