#!/usr/bin/env bash
# Writes tests/terraform/schemas again, from the providers' typed packages on npm: what types.json names, in the versions that it names.
#
#   tests/terraform/extract.sh [aws] [digitalocean] [hcloud]
#
# Downloads 80 MB to a temporary folder and unpacks of them what is named. Look at the difference before you commit it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/extract.py" "$@"
