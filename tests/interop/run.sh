#!/usr/bin/env bash
# Interoperation with the reference node (protosam/les): clusters of two of ours and one of theirs.
#
#   tests/interop/run.sh [--les PATH] [--python PYTHON] [PATH/les-example.py]
#
# The reference is never part of this repository: give its path, and a Python that has flask and requests. Without it the stand-in
# (peer.py), which is held against transcripts of the real one, takes its place, and the transcripts are played to our node.
set -euo pipefail
here=$(dirname "$0")
export PYTHONDONTWRITEBYTECODE=1

if ! command -v python3 >/dev/null; then
  echo "*** SKIPPED: interoperation: python3 is not installed" >&2
  [[ -z ${CI:-} ]]
  exit
fi
python3 "$here/test_peer.py"
exec python3 "$here/run.py" "$@"
