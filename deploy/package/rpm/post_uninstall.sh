# shellcheck shell=sh
# rpm keeps what was edited as *.rpmsave. The state goes: a node that is installed again is a new one.
if [ "$1" -eq 0 ]; then
  rm -rf /var/lib/les
  forget_units
  remove_account
fi
