# shellcheck shell=sh
# What the scripts of both packages do: build.sh puts this before each of them.

# An account that is not the service's is left alone: Les is a person's name, too.
is_ours() {
  getent passwd les | awk -F: '{ exit !($3 < 1000 && $6 == "/nonexistent") }'
}

add_account() {
  if getent passwd les >/dev/null; then
    if ! is_ours; then
      echo "les: there is an account called les that is not this service's: rename it, then install again" >&2
      exit 1
    fi
  elif getent group les >/dev/null; then
    useradd --system --gid les --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin les
  else
    useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin les
  fi
}

remove_account() {
  if getent passwd les >/dev/null && is_ours; then
    userdel les
  fi
}

# A leader hands over before it ends. Without a running systemd (an image that is being made) only the links are removed.
remove_units() {
  units=$(find /etc/systemd/system -name 'les.service' -type l -o -name 'les-address@*.service' -type l | sed 's|.*/||' | sort -u)
  for unit in les.service $units; do
    systemctl disable "$unit"
    if [ -d /run/systemd/system ]; then
      systemctl stop "$unit"
    fi
  done
}

forget_units() {
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl reset-failed les.service 2>/dev/null || true
  fi
}
