# shellcheck shell=sh
add_account
