# shellcheck shell=bash
# For sourcing: `why_not` says why this machine cannot run nodes in network namespaces; nothing if it can.

why_not() {
  local tool try=les-$$-try
  if [[ $(id -u) != 0 ]]; then
    echo "needs root"
    return
  fi
  for tool in python3 ip iptables-restore ip6tables-restore; do
    if ! command -v "$tool" >/dev/null; then
      echo "$tool is not installed (make deps)"
      return
    fi
  done
  if ! ip netns add "$try" 2>/dev/null; then
    echo "network namespaces cannot be made here"
    return
  fi
  ip netns exec "$try" iptables --list >/dev/null 2>&1 || echo "iptables does not work in a network namespace"
  ip netns delete "$try"
}
