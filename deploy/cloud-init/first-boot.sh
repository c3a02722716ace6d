#!/bin/bash
# First boot of a les node: fetches the package, installs it, fetches the credential, adds the addresses, starts les, and waits until the cloud
# says yes. cloud-init runs it once; run it again by hand as often as you like. Every step looks first whether it is done already.
# README.md beside this file (deploy/cloud-init) says what the settings mean.
set -Eeuo pipefail
umask 022

SETTINGS=/etc/les/first-boot.conf
CONFIG=/etc/les/les.toml
ENVIRONMENT=/etc/les/les.env
ADDRESS_ENVIRONMENT=/etc/les/address.env
CREDSTORE=/etc/credstore
STATE=/var/lib/les-first-boot # root only: what was installed and started, and the file that is being fetched
UNITS=/etc/systemd/system
BARE_BINARY=/usr/local/bin/les

BIGGEST_KIB=262144 # 256 MiB; a package has some 20
WRONG_SETTINGS=64
MISMATCHES=0

# cloud-init's own environment may lack these; aws-cli is a snap on Ubuntu.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin HOME=/root LC_ALL=C

# shellcheck source=first-boot-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/first-boot-lib.sh"

wrong() {
  fail "$1" "mend $SETTINGS (render.py writes it: render the user-data again), then run $0" "$WRONG_SETTINGS"
}

read_settings() {
  PACKAGE_URL="" PACKAGE_SHA256="" CREDENTIAL_NAME="" CREDENTIAL_COMMAND="" FLOATING_ADDRESSES="" ADDRESS_DEVICE="" PATIENCE=600
  [[ -r $SETTINGS ]] || wrong "$SETTINGS is missing"
  # shellcheck source=/dev/null # is on the machine only
  . "$SETTINGS" || wrong "$SETTINGS is no list of shell assignments"
  [[ $PATIENCE =~ ^[1-9][0-9]{1,3}$ && $PATIENCE -ge 30 && $PATIENCE -le 3600 ]] || wrong "PATIENCE is '$PATIENCE', not 30 to 3600 seconds"
  set_deadline "$PATIENCE"
  [[ $PACKAGE_URL =~ ^(https?://|file:///)[^[:space:]]+$ ]] || wrong "PACKAGE_URL is not an http, https or file:/// URL"
  PACKAGE_SHA256=${PACKAGE_SHA256,,}
  [[ $PACKAGE_SHA256 =~ ^[0-9a-f]{64}$ ]] || wrong "PACKAGE_SHA256 is not 64 hex digits"
  [[ ${CREDENTIAL_NAME:+set} == "${CREDENTIAL_COMMAND:+set}" ]] || wrong "CREDENTIAL_NAME and CREDENTIAL_COMMAND need each other"
  [[ -z $CREDENTIAL_NAME || $CREDENTIAL_NAME =~ ^[A-Za-z_][A-Za-z0-9_]{0,127}$ ]] || wrong "CREDENTIAL_NAME is not the name of a variable, such as HCLOUD_TOKEN"
  [[ -z $ADDRESS_DEVICE || $ADDRESS_DEVICE =~ ^[A-Za-z0-9._-]{1,15}$ ]] || wrong "ADDRESS_DEVICE is not the name of a network interface"
  read -r -d '' -a ADDRESSES <<<"$FLOATING_ADDRESSES" || true # read says 1 at the end of its input
  local address
  for address in "${ADDRESSES[@]}"; do
    [[ $address =~ ^[0-9A-Fa-f.:]{2,45}$ ]] || wrong "FLOATING_ADDRESSES has '$address', which is no address without a prefix"
  done
  local path=${PACKAGE_URL%%[?#]*}
  case $path in
    *.deb) KIND=deb ;;
    *.rpm) KIND=rpm ;;
    *) KIND=bare ;;
  esac
  # A signed URL holds a secret in its query, another one a password before the host. Neither is shown.
  SHOWN_URL=$(sed -E 's|^(https?://)[^/]*@|\1|' <<<"$path")
  [[ -r $CONFIG ]] || wrong "$CONFIG is missing"
}

# Held until we exit. The time that it takes counts.
take_lock() {
  step lock "one run at a time"
  install -d -m 0700 "$STATE"
  exec 9>"$STATE/lock"
  flock -w "$(at_most "$PATIENCE")" 9 || fail "another run holds $STATE/lock" "see what it does: ps -ef | grep first-boot"
}

# Fetches $PACKAGE_URL into $1 by whatever is there. `ulimit` bounds the body also where no length is announced.
fetch_by_any() (
  ulimit -c 0 -f "$BIGGEST_KIB"
  seconds=$(at_most 300)
  case $PACKAGE_URL in
    file://*) exec timeout "$seconds" cp "${PACKAGE_URL#file://}" "$1" ;;
  esac
  if command -v curl >/dev/null; then
    exec curl --fail --silent --show-error --location --proto '=http,https' --proto-redir '=http,https' --connect-timeout 10 \
      --speed-limit 1000 --speed-time 30 --max-time "$seconds" --max-filesize $((BIGGEST_KIB * 1024)) --output "$1" "$PACKAGE_URL"
  elif command -v wget >/dev/null; then
    exec timeout "$seconds" wget -nv -t 1 -T 10 -O "$1" "$PACKAGE_URL"
  elif command -v python3 >/dev/null; then
    exec timeout "$seconds" python3 -c 'import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[2], timeout=10) as answer, open(sys.argv[1], "wb") as file:
    shutil.copyfileobj(answer, file)' "$1" "$PACKAGE_URL"
  fi
  echo "there is no curl, wget or python3 here"
  return 1
)

fetch() {
  local said sum
  rm -f "$1"
  said=$(fetch_by_any "$1" 2>&1) || {
    said=$(ending <<<"${said//"$PACKAGE_URL"/$SHOWN_URL}")
    WHY="cannot fetch $SHOWN_URL: ${said:-no reason given; is it larger than 256 MiB, or too slow?}"
    PAUSE=5
    return 1
  }
  sum=$(sha256sum <"$1") || return 1
  sum=${sum%% *}
  if [[ $sum != "$PACKAGE_SHA256" ]]; then
    WHY="what came from $SHOWN_URL ($(stat -c %s "$1") bytes) has SHA-256 $sum, and $PACKAGE_SHA256 was expected"
    MISMATCHES=$((MISMATCHES + 1))
    PAUSE=$((MISMATCHES < 12 ? MISMATCHES * 5 : 60)) # a truncated copy is soon whole; another file stays so, and costs traffic
    return 1
  fi
}

# Is this very package installed? Its sum was noted, and the sum of the program that it brought.
is_installed() {
  [[ -r $STATE/installed && $(<"$STATE/installed") == "$PACKAGE_SHA256" ]] && sha256sum --status --check "$STATE/program" &&
    systemctl cat les.service >/dev/null 2>&1
}

# The path of the program, as the kind of package has it.
program() {
  if [[ $KIND == bare ]]; then
    printf '%s\n' "$BARE_BINARY"
  elif [[ -x /usr/bin/les ]]; then
    printf '%s\n' /usr/bin/les
  else
    command -v les
  fi
}

get_and_install() {
  step download "$SHOWN_URL"
  if is_installed; then
    say "$STEP: this package is installed already"
    return
  fi
  local file=$STATE/package.$KIND # apt-get goes by the ending
  keep_trying "is $SHOWN_URL right, can this machine reach it, and is PACKAGE_SHA256 the sum of that file? Then run $0 again" fetch "$file"
  step install "$KIND"
  cp -p "$CONFIG" "$STATE/les.toml"
  if [[ -e $ENVIRONMENT ]]; then cp -p "$ENVIRONMENT" "$STATE/les.env"; fi
  keep_trying "the lines above are the installer's; mend what they name, then run $0 again" "install_$KIND" "$file"
  keep_ours "$STATE/les.toml" "$CONFIG"
  keep_ours "$STATE/les.env" "$ENVIRONMENT"
  [[ $KIND == bare ]] || remove_bare_binary
  systemctl daemon-reload
  local les
  les=$(program) || fail "the package brought no program called les" "is $SHOWN_URL a package of les?"
  sha256sum "$les" >"$STATE/program"
  printf '%s\n' "$PACKAGE_SHA256" >"$STATE/installed"
  rm -f "$file"
}

# The configuration was here before the package. Whatever the package manager thinks of that, it stays as it is.
keep_ours() {
  [[ -e $1 ]] || return 0
  if ! cmp --silent "$1" "$2"; then
    say "$STEP: the package replaced $2; it is put back"
    cp -p "$1" "$2"
  fi
  rm -f "$1"
}

install_deb() {
  local said
  export DEBIAN_FRONTEND=noninteractive
  # --reinstall and --allow-downgrades: what was asked for is this very file, whatever version it calls itself.
  bounded 600 apt-get install -y --no-install-recommends --reinstall --allow-downgrades -o "DPkg::Lock::Timeout=$(at_most 120)" \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o APT::Sandbox::User=root "$1" >"$STATE/installer.log" && return
  # No lists, no network? dpkg needs neither.
  said=$(bounded 300 dpkg --force-confdef --force-confold -i "$1") && return
  WHY="neither apt-get nor dpkg could install the package"$'\n'"$(ending 8 <"$STATE/installer.log")"$'\n'"$(ending 8 <<<"$said")"
  return 1
}

install_rpm() {
  local said
  bounded 300 rpm -U --replacepkgs --oldpackage "$1" >"$STATE/installer.log" && return
  said=$(bounded 600 dnf install -y "$1") && return # fetches what the package needs
  WHY="neither rpm nor dnf could install the package"$'\n'"$(ending 8 <"$STATE/installer.log")"$'\n'"$(ending 8 <<<"$said")"
  return 1
}

# The program takes its place only after it was seen to run here.
install_bare() {
  local said new=$BARE_BINARY.new
  WHY="cannot write $new"
  { install -d -m 0755 "${BARE_BINARY%/*}" && install -m 0755 "$1" "$new"; } || return 1
  if ! getent passwd les >/dev/null; then
    WHY="cannot make the user les"
    useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin les || return 1
  fi
  if ! said=$(bounded 30 "$new" generate units --exec "$BARE_BINARY" --to "$UNITS"); then
    rm -f "$new"
    fail "the program cannot write its units"$'\n'"$(ending 5 <<<"$said")" "is $SHOWN_URL les for this machine ($(uname -m))?"
  fi
  WHY="cannot replace $BARE_BINARY"
  mv -f "$new" "$BARE_BINARY" && touch "$STATE/bare"
}

# A package after a bare binary: the units in /etc would win over the package's, and start the old program.
remove_bare_binary() {
  [[ -e $STATE/bare ]] || return 0
  rm -f "$BARE_BINARY" "$UNITS/les.service" "$UNITS/les-address@.service" "$STATE/bare"
}

get_credential() {
  [[ -n $CREDENTIAL_NAME ]] || return 0
  step credential "$CREDENTIAL_NAME, by CREDENTIAL_COMMAND"
  install -d -m 0700 "$CREDSTORE"
  keep_trying "run CREDENTIAL_COMMAND of $SETTINGS as root; may this machine's role read the secret?" ask_for_credential
}

# The secret goes through a variable into the file, and nowhere else.
ask_for_credential() {
  local secret errors=$STATE/credential.errors status=0 said
  secret=$(timeout --kill-after=5 "$(at_most 60)" sh -c "$CREDENTIAL_COMMAND" </dev/null 2>"$errors" 9>&- | head -c 65536 | tr -d '\000') || status=$?
  said=$(ending <"$errors")
  rm -f "$errors"
  if [[ -n $secret ]]; then said=${said//"$secret"/...}; fi
  if ((status != 0)); then
    WHY="the command ended with status $status: $said"
    return 1
  fi
  case ${secret//[[:space:]]/} in
    "" | None | null) # the last two: how aws and jq print what is not there
      WHY="the command printed no secret: $said"
      return 1
      ;;
  esac
  WHY="cannot write $CREDSTORE/$CREDENTIAL_NAME"
  if [[ -r $CREDSTORE/$CREDENTIAL_NAME ]] && cmp --silent "$CREDSTORE/$CREDENTIAL_NAME" <(printf '%s' "$secret"); then
    return
  fi
  (umask 077 && printf '%s' "$secret" >"$CREDSTORE/.$CREDENTIAL_NAME.new") && mv -f "$CREDSTORE/.$CREDENTIAL_NAME.new" "$CREDSTORE/$CREDENTIAL_NAME"
}

add_addresses() {
  ((${#ADDRESSES[@]} > 0)) || return 0
  step addresses "${ADDRESSES[*]} on ${ADDRESS_DEVICE:-the loopback device, or what $ADDRESS_ENVIRONMENT says}"
  local address
  if [[ -n $ADDRESS_DEVICE ]] && ! cmp --silent "$ADDRESS_ENVIRONMENT" <(printf 'DEVICE=%s\n' "$ADDRESS_DEVICE"); then
    for address in "${ADDRESSES[@]}"; do # while the unit still knows the device that has it
      bounded 60 systemctl stop "les-address@$address.service" >/dev/null || true
    done
    printf 'DEVICE=%s\n' "$ADDRESS_DEVICE" >"$ADDRESS_ENVIRONMENT"
  fi
  for address in "${ADDRESSES[@]}"; do
    keep_trying "journalctl -u les-address@$address; is ADDRESS_DEVICE a network interface of this machine?" add_address "$address"
  done
}

add_address() {
  local unit=les-address@$1.service said
  said=$(bounded 30 systemctl --quiet enable "$unit" && bounded 60 systemctl start "$unit") && return
  WHY="$unit did not start"$'\n'"$(journal "$unit" 5)"$'\n'"$(ending <<<"$said")"
  return 1
}

# UNIT LINES: the end of its journal.
journal() {
  journalctl --no-pager --quiet -o cat -n "$2" -u "$1" 2>&1 | ending "$2"
}

# What the process is started with: program, settings, credentials.
fingerprint() {
  cat "$STATE/program" "$CONFIG" "$ENVIRONMENT" "$CREDSTORE"/* 2>/dev/null | sha256sum || true # some may be missing
}

start_les() {
  step start les.service
  local verb=start now said
  now=$(fingerprint)
  [[ -r $STATE/started && $(<"$STATE/started") == "$now" ]] || verb=restart
  LES=$(program) || fail "the program les is gone" "remove $STATE/installed, then run $0 again"
  # A node that works is not stopped for settings that cannot work: a check that refuses them ends this run.
  if [[ $verb == restart ]] && systemctl --quiet is-active les.service; then check_once || true; fi
  said=$(bounded 30 systemctl --quiet enable les.service) ||
    fail "systemctl enable les failed: $(ending <<<"$said")" "does the package bring les.service? systemctl status les"
  systemctl reset-failed les.service 2>/dev/null || true # earlier failures must not count against this start
  if said=$(bounded 200 systemctl "$verb" les.service); then # it may pause for 120 s after crashes
    printf '%s\n' "$now" >"$STATE/started"
  else
    rm -f "$STATE/started" # the next run starts it anew
    say "$STEP: systemctl $verb les failed; the check says why"
  fi
}

# `les check` with the settings and credentials of the unit. It moves nothing.
check_once() {
  local status=0 said
  said=$(bounded 70 systemd-run --quiet --pipe --wait --collect --property=RuntimeMaxSec="$(at_most 60)" \
    --property=EnvironmentFile=-"$ENVIRONMENT" --setenv=CREDENTIALS_DIRECTORY="$CREDSTORE" "$LES" check --config "$CONFIG") || status=$?
  said=$(ending 20 <<<"$said")
  if ((status == WRONG_SETTINGS)); then
    fail "les check refuses the configuration"$'\n'"$said" "mend $CONFIG or $ENVIRONMENT, then run $0 again" "$WRONG_SETTINGS"
  fi
  ((status != 0)) || return 0
  # Cut off because the time is over (124): what it said the time before says more.
  if ((status != 124)) || [[ -z $WHY ]]; then WHY="les check ended with status $status"$'\n'"$said"; fi
  return 1
}

is_active_once() {
  local state run
  run=$(systemctl show --value --property=InvocationID les.service) || true
  sleep 2 # one that dies as soon as it was started is active for a moment, again and again
  state=$(systemctl is-active les.service) || true
  if [[ $state == active ]]; then
    [[ $run != "$(systemctl show --value --property=InvocationID les.service)" ]] || return 0
    state="started anew again and again"
  fi
  WHY="les.service is $state"$'\n'"$(journal les.service 20)"
  # `failed` is systemd's last word; anything else may still become active.
  [[ $state != failed ]] || fail "$WHY" "journalctl -u les; then run $0 again"
  return 1
}

check_les() {
  step check "until the cloud says who this machine is and who holds each address"
  keep_trying "les check says what is missing: role, token, address or network. Mend it, then run $0 again" check_once
  keep_trying "journalctl -u les; then run $0 again" is_active_once
}

port() {
  local port
  port=$(sed -nE "s/^LES_NODE__BIND_PORT=[\"']?([0-9]{1,5}).*/\1/p" "$ENVIRONMENT" 2>/dev/null | tail -n 1) || true
  [[ -n $port ]] || port=$(sed -nE 's/^[[:space:]]*bind_port[[:space:]]*=[[:space:]]*([0-9]{1,5}).*/\1/p' "$CONFIG" | tail -n 1)
  printf '%s\n' "${port:-4000}"
}

# GET a path from the node, by bash itself: curl need not be there. Prints the whole answer.
ask_node() {
  # shellcheck disable=SC2016 # the inner bash expands these
  timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; printf "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n" "$2" >&3; head -c 4096 <&3' - "$1" "$2" 2>/dev/null
}

# A node that has just started finds the others within seconds. Alone in a new cluster is no failure, and neither is one that listens elsewhere.
look_at_readiness() {
  local port answer="" body look
  port=$(port)
  step ready "http://127.0.0.1:$port/health/ready"
  for look in 1 2 3; do
    answer=$(ask_node "$port" /health/ready | tr -d '\r') || true
    body=$(sed '1,/^$/d' <<<"$answer" | tr -s '\n' ' ' | ending)
    if [[ $answer =~ ^HTTP/1\.[01]\ 200 ]]; then
      say "ready: $body"
      return
    fi
    ((look == 3)) || sleep 2
  done
  if [[ -n $answer ]]; then
    say "les runs and is not ready yet: it waits for the other nodes (${answer%%$'\n'*}: $body)"
  else
    say "les runs and does not answer at 127.0.0.1:$port: it listens elsewhere, or waits for something (journalctl -u les)"
  fi
}

main() {
  trap 'unexpected $? "$LINENO" "$BASH_COMMAND"' ERR
  trap 'fail "stopped by a signal" "run $0 again"' INT TERM HUP
  read_settings
  take_lock
  trap 'rm -f "$STATE"/package.* "$STATE/installer.log" "$STATE/credential.errors"' EXIT
  get_and_install
  get_credential
  add_addresses
  start_les
  check_les
  look_at_readiness
  say "done"
}

# Sourced by its tests.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then main "$@"; fi
