# shellcheck shell=sh
# $1 is how many versions stay: none, unless this is an upgrade. A leader hands over before it ends.
if [ "$1" -eq 0 ] && [ -d /run/systemd/system ]; then
  systemctl disable --now les.service
  systemctl list-units --all --plain --no-legend 'les-address@*.service' | while read -r unit _; do
    systemctl disable --now "$unit"
  done
fi
