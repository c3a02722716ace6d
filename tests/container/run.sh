#!/usr/bin/env bash
# Builds the image and the simulated cloud's without a daemon or a registry, looks into it, and runs three nodes of it as containers on this host's network;
# then compose.yaml as it is; and holds the Dockerfile, compose.yaml, the DaemonSet and the workflows against linters and schemas.
# "This host" is a network, process and mount namespace of the run's own: no port is taken, and nothing of it outlives the run.
#
#   tests/container/run.sh [--les PATH] [--cloud PATH] [--only PART-OF-A-NAME] [--list]   # static programs, see run.py
#   tests/container/run.sh --why-not    # says why this machine cannot run containers; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../run-or-skip.sh
source "$here/../run-or-skip.sh"

why_not() {
  local missing
  missing=$(missing_tool python3 buildah podman runc unshare ip openssl readelf)
  if [[ $(id -u) != 0 ]]; then
    echo "needs root"
  elif [[ -n $missing ]]; then
    echo "$missing"
  elif ! unshare --net --mount --pid --fork --mount-proc true 2>/dev/null; then
    echo "namespaces cannot be made here"
  fi
}

run_or_skip "containers (tests/container)" "$(why_not)" "$@"
python=$here/.venv/bin/python # tests/setup.sh makes it, with the linters and schemas
[[ -x $python ]] || python=python3
exec unshare --net --mount --pid --fork --mount-proc --kill-child "$python" "$here/run.py" "$@"
