#!/usr/bin/env bash
# Installs the system packages that tests need and this machine lacks. Root only; called by `make deps`.
set -euo pipefail

# command:Debian packages that bring it
needed=(cc:"gcc libc6-dev" python3:python3 npm:npm git:git ip:iproute2 iptables:iptables shellcheck:shellcheck systemd-nspawn:systemd-container
  mmdebstrap:mmdebstrap curl:curl buildah:buildah podman:podman runc:runc openssl:openssl readelf:binutils unshare:util-linux
  chromium:chromium chromedriver:chromium-driver promtool:prometheus haproxy:haproxy)
# Where systemd runs, the packages of prometheus and haproxy start a service each. They do no harm: tests use the programs only, on ports and in networks
# of their own.

packages=()
for entry in "${needed[@]}"; do
  read -ra brings <<<"${entry#*:}"
  command -v "${entry%%:*}" >/dev/null || packages+=("${brings[@]}")
done

# A command that is there without the package: the environment of tests/openstack needs pip.
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)

if ((${#packages[@]} == 0)); then
  echo "deps: nothing to install"
elif [[ $(id -u) != 0 ]]; then
  echo "deps: not root, nothing was installed; missing packages: ${packages[*]}" >&2
  [[ -z ${CI:-} ]]
else
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null
  # Its programs are wanted, not the server that the package starts on a machine with systemd.
  if [[ -d /run/systemd/system && " ${packages[*]} " == *" prometheus "* ]]; then
    systemctl disable --quiet --now prometheus
  fi
fi
