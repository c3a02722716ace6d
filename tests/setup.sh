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

# packages FOLDER WHAT: FOLDER/node_modules with the pinned FOLDER/package-lock.json.
packages() {
  local folder=$1 what=$2 lock=$1/package-lock.json stamp=$1/node_modules/.installed
  if [[ -f $stamp ]] && cmp -s "$lock" "$stamp"; then
    return
  fi
  if ! command -v npm >/dev/null; then
    missing "$what: npm is not installed"
  elif npm ci --prefix "$folder" --no-fund --no-audit --loglevel=error </dev/null; then
    cp "$lock" "$stamp"
  else
    rm -rf "$folder/node_modules"
    missing "$what: npm could not install them"
  fi
}

# environment FOLDER WHAT: a Python environment in FOLDER/.venv with the pinned FOLDER/requirements.txt.
environment() {
  local folder=$1 what=$2 pinned=$1/requirements.txt stamp=$1/.venv/.installed
  if [[ -f $stamp ]] && cmp -s "$pinned" "$stamp"; then
    return
  fi
  if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    missing "$what: there is no Python 3.11 with venv"
  elif python3 -m venv --clear "$folder/.venv" &&
    "$folder/.venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$pinned" </dev/null; then
    cp "$pinned" "$stamp"
  else
    rm -rf "$folder/.venv"
    missing "$what: pip could not install them"
  fi
}

interop() {
  command -v python3 >/dev/null || missing "interoperation (tests/interop): python3 is not installed"
}

netns() {
  local reason
  reason=$(tests/netns/run.sh --why-not)
  [[ -z $reason ]] || missing "partitions and faults (tests/netns, tests/faults): $reason"
}

machines() {
  local reason
  reason=$(tests/machines/run.sh --why-not)
  [[ -z $reason ]] || missing "packages on machines (tests/machines): $reason"
}

book() {
  local reason
  reason=$(tests/docs/run.sh --why-not)
  [[ -z $reason ]] || missing "the book (tests/docs): $reason"
}

containers() {
  local reason
  reason=$(tests/container/run.sh --why-not)
  [[ -z $reason ]] || missing "containers (tests/container): $reason"
}

page() {
  local reason
  reason=$(tests/page/run.sh --why-not)
  [[ -z $reason ]] || missing "the page in a browser (tests/page): $reason"
}

telemetry() {
  local reason
  reason=$(tests/observability/run.sh --why-not)
  [[ -z $reason ]] || missing "telemetry (tests/observability): $reason"
}

packages tests/prism "the API shape test (providers/rest/tests/prism)"
packages tests/terraform "Terraform without a cloud (tests/terraform)"
packages tests/page "accessibility of the page (tests/page)"
environment tests/terraform "the policy scan of terraform (tests/terraform)"
environment tests/container "linters, schemas and compose.yaml (tests/container)"
environment tests/openstack "the test against the real Keystone and Neutron (providers/rest/tests/openstack)"
environment tests/openapi "the server against its OpenAPI description (tests/openapi)"
environment tests/moto "the tests against moto's EC2 (providers/aws/tests, tests/it/aws.rs)"
interop
netns
book
machines
containers
page
telemetry
