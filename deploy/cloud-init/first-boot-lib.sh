# Speaking, failing, and trying again until the time is over: what first-boot.sh is made of. Sourced by it.
# shellcheck shell=bash

CONSOLE=/dev/console
STEP=settings
WHY=""      # why the latest try failed: one line, and perhaps what a program said in the lines after it
PAUSE=5     # seconds until the next one
PATIENCE=600
DEADLINE="" # in seconds since the boot; set_deadline sets it

# To cloud-init's log, and to the console, which is all that a cloud shows of a machine that nobody can reach. A console can block.
say() {
  local line
  while IFS= read -r line; do
    printf 'les first-boot: %s\n' "$line" || true
    [[ -n $CONSOLE && -w $CONSOLE ]] || continue
    printf 'les first-boot: %s\r\n' "$line" 2>/dev/null | timeout 2 tee "$CONSOLE" >/dev/null 2>&1 || CONSOLE=""
  done <<<"$*"
}

step() {
  STEP=$1
  WHY=""
  PAUSE=5
  say "$STEP: $2"
}

# $1 is like WHY: the lines after the first come first, then the first with $2 after it.
tell() {
  [[ $1 != *$'\n'* ]] || say "${1#*$'\n'}"
  say "${1%%$'\n'*}$2"
}

# WHY ADVICE [STATUS]: the last line that is said.
fail() {
  trap - ERR
  tell "FAILED at $STEP: $1" ". What to do: $2"
  exit "${3:-1}"
}

# A command failed that should not. In a subshell its caller fails too, and tells.
unexpected() {
  ((BASH_SUBSHELL == 0)) || exit "$1"
  fail "line $2 ended with status $1: $3" "look at the lines above, mend it, and run $0 again"
}

# Seconds since the boot. Not the time of day: NTP may set that while we wait.
uptime_seconds() {
  local up
  read -r up _ </proc/uptime
  printf '%s\n' "${up%%.*}"
}

# Everything together may take $1 seconds from now on.
set_deadline() {
  PATIENCE=$1
  DEADLINE=$(($(uptime_seconds) + PATIENCE))
}

left() {
  printf '%s\n' "$((DEADLINE - $(uptime_seconds)))"
}

# The lesser of the seconds that are left and $1, at least one: a bound for one command.
at_most() {
  local left
  left=$(left)
  if ((left > $1)); then left=$1; fi
  if ((left < 1)); then left=1; fi
  printf '%s\n' "$left"
}

# ADVICE COMMAND...: again and again until it succeeds or the time is over. The command says why it failed in WHY. It runs without `set -e`.
keep_trying() {
  local advice=$1 said="" left quiet_until=0
  shift
  until "$@"; do
    left=$(left)
    ((left > 5)) || fail "$WHY" "$advice (it was tried until the $PATIENCE s of PATIENCE were over)"
    # At once when it is another failure, else now and then: a console is slow, and small.
    if [[ ${WHY%%$'\n'*} != "$said" ]] || ((left <= quiet_until)); then
      tell "$STEP: $WHY" "; trying again for $left s"
      said=${WHY%%$'\n'*}
      quiet_until=$((left - 60))
    fi
    sleep "$((PAUSE < left - 4 ? PAUSE : left - 4))" # the last try has some seconds, too
  done
}

# The last lines of what a program wrote, without control characters, for a message.
ending() {
  tail -n "${1:-1}" | tail -c 2000 | tr -d '\000-\010\013-\037\177'
}

# SECONDS COMMAND...: bounded in time, without a terminal, and without our lock, which what it starts would keep.
bounded() {
  local seconds
  seconds=$(at_most "$1")
  shift
  timeout --kill-after=10 "$seconds" "$@" </dev/null 2>&1 9>&-
}
