#!/usr/bin/env bash
# Prepares what the tests need beside Rust. Quick when nothing changed. What cannot be had is told to the person
# and listed in skipped.txt, which `make test` shows last; in CI it is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

skipped=${TARGET_DIR:-target}/skipped.txt
mkdir -p "$(dirname "$skipped")"
: >"$skipped"

missing() {
  if [[ -n ${CI:-} ]]; then
    echo "setup: $1: not acceptable in CI" >&2
    exit 1
  fi
  printf '\n*** SKIPPED: %s\n\n' "$1" | tee -a "$skipped" >&2
}

prism() {
  local lock=tests/prism/package-lock.json stamp=tests/prism/node_modules/.installed
  if [[ -f $stamp ]] && cmp -s "$lock" "$stamp"; then
    return
  fi
  if ! command -v npm >/dev/null; then
    missing "the API shape test (providers/rest/tests/prism.rs): npm is not installed"
  elif npm ci --prefix tests/prism --no-fund --no-audit --loglevel=error </dev/null; then
    cp "$lock" "$stamp"
  else
    rm -rf tests/prism/node_modules
    missing "the API shape test (providers/rest/tests/prism.rs): npm could not install Prism"
  fi
}

interop() {
  command -v python3 >/dev/null || missing "interoperation (tests/interop): python3 is not installed"
}

netns() {
  local reason
  reason=$(tests/netns/run.sh --why-not)
  [[ -z $reason ]] || missing "partitions (tests/netns): $reason"
}

prism
interop
netns
