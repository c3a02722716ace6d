# shellcheck shell=sh
# $1 is how many versions stay: none, unless this is an upgrade.
if [ "$1" -eq 0 ]; then
  remove_units
fi
