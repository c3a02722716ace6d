#!/usr/bin/env bash
# Builds a package: the program, its systemd units, the sample configuration, manual pages and completions. `make deb` and `make rpm` call it.
#
#   deploy/package/build.sh deb|rpm [--to DIR] [--revision N] [--les PATH]
#
# --les PATH packs a program that is built already, quickly and not tightly, instead of building the release. The tools are found in PATH or where `make` puts them.
set -euo pipefail
cd "$(dirname "$0")/../.."

kind=${1:-}
shift || true
to=target/packages revision=1 les='' deb_pace=() rpm_pace=()
while (($#)); do
  case $1 in
    --to) to=$2 ;;
    --revision) revision=$2 ;;
    --les) les=$2 deb_pace=(--fast) rpm_pace=(--payload-compress gzip) ;;
    *)
      echo "build.sh: $1 is no option" >&2
      exit 2
      ;;
  esac
  shift 2
done

# What Cargo.toml names as assets is put together here first.
stage=target/package
build() {
  if [[ -z $les ]]; then
    cargo build --locked --release --package les --bin les
    les=${CARGO_TARGET_DIR:-target}/release/les
  fi
  rm -rf "$stage"
  mkdir -p "$stage/completions" "$to"
  cp "$les" "$stage/les"
  strip "$stage/les"
  "$stage/les" generate man --to "$stage/man"
  # Without a name and a date inside, the same input is the same file.
  gzip --best --no-name "$stage"/man/*
  "$stage/les" generate completions bash >"$stage/completions/les"
  "$stage/les" generate completions zsh >"$stage/completions/_les"
  "$stage/les" generate completions fish >"$stage/completions/les.fish"
  "$stage/les" generate units --to "$stage/units"
  scripts
}

# Each of the packages' scripts, with what they have in common before it.
scripts() {
  local script
  mkdir "$stage/debian" "$stage/rpm"
  for script in deploy/package/debian/*; do
    { printf '#!/bin/sh\nset -e\n' && cat deploy/package/common.sh "$script"; } >"$stage/debian/${script##*/}"
  done
  for script in deploy/package/rpm/*.sh; do
    cat deploy/package/common.sh "$script" >"$stage/rpm/${script##*/}"
  done
}

case $kind in
  deb)
    build
    cargo deb --locked --no-build --no-strip "${deb_pace[@]}" --deb-revision "$revision" --output "$to/"
    ;;
  rpm)
    build
    # An RPM version has no hyphen, and ~ sorts a prerelease before its release, as cargo-deb does it.
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
    cargo generate-rpm --auto-req builtin "${rpm_pace[@]}" --set-metadata "release = \"$revision\"" \
      --set-metadata "version = \"${version//-/\~}\"" --output "$to/"
    ;;
  *)
    echo "build.sh: deb or rpm?" >&2
    exit 2
    ;;
esac
