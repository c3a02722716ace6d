#!/usr/bin/env bash
# The packages on whole machines: each is a Debian 12 with a systemd of its own (systemd-nspawn), in a network namespace of its own that is made
# here and removed at the end. The common root is made the first time, in target/machines: a minute, and Debian's packages are fetched.
#
#   tests/machines/run.sh [--deb PATH] [--deb-next PATH] [--rpm PATH] [--rpm-next PATH] [--only PART-OF-A-NAME] [--list] [--at-once N]   # see run.py
#   tests/machines/run.sh --why-not    # says why this machine cannot run them; nothing if it can
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) # a run is recognised by this path in its command line
export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=../hosts/why-not.sh
source "$here/../hosts/why-not.sh"

why_no_machines() {
  local tool
  for tool in systemd-nspawn mmdebstrap nsenter; do
    if ! command -v "$tool" >/dev/null; then
      echo "$tool is not installed (make deps)"
      return
    fi
  done
  grep -qw overlay /proc/filesystems || echo "this kernel has no overlay file system"
}

reason=$(why_not)
reason=${reason:-$(why_no_machines)}
if [[ ${1:-} == --why-not ]]; then
  echo -n "$reason"
elif [[ -n $reason ]]; then
  echo "*** SKIPPED: packages on machines (tests/machines): $reason" >&2
  [[ -z ${CI:-} ]]
else
  exec python3 "$here/run.py" "$@"
fi
