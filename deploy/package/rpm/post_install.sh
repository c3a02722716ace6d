# shellcheck shell=sh
# $1 is how many versions are installed now. A node that runs is restarted at an upgrade, once: a leader hands over first.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  if [ "$1" -gt 1 ]; then
    systemctl try-restart les.service || echo "les: the new version does not start: journalctl -u les" >&2
  fi
fi
