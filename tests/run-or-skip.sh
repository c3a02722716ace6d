# shellcheck shell=bash
# For sourcing by the run.sh of a suite: what is missing is said, and then the suite is skipped loudly, or, in CI, fails.

# The first of these programs that is not there; nothing if all are.
missing_tool() {
  local tool
  for tool in "$@"; do
    if ! command -v "$tool" >/dev/null; then
      echo "$tool is not installed (make deps)"
      return
    fi
  done
}

# run_or_skip "the page (tests/page)" REASON ARGUMENTS...: returns only if there is no reason and nobody asks for one.
run_or_skip() {
  local suite=$1 reason=$2
  if [[ ${3:-} == --why-not ]]; then
    echo -n "$reason"
    exit 0
  fi
  if [[ -n $reason ]]; then
    echo "*** SKIPPED: $suite: $reason" >&2
    [[ -z ${CI:-} ]] && exit 0
    exit 1
  fi
}
