# shellcheck shell=sh
# rpm keeps what was edited as *.rpmsave. The state goes: a node that is installed again is a new one.
if [ "$1" -eq 0 ]; then
  rm -rf /var/lib/les
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl reset-failed les.service 2>/dev/null || true
  fi
  if getent passwd les >/dev/null; then
    userdel les
  fi
fi
