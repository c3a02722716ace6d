#!/usr/bin/env bash
# Is this tree the release that a tag names? If so, prints the section of CHANGELOG.md about it; if not, says what differs.
#
#   .github/workflows/notes.sh v1.2.3
set -euo pipefail
cd "${LES_TREE:-$(dirname "$0")/../..}" # another tree, for the test

wrong() {
  echo "notes.sh: $1" >&2
  exit 1
}

tag=${1:-}
[[ $tag =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || wrong "'$tag' is no tag of a release: v1.2.3, or v1.2.3-rc.1"
version=${tag#v}

# The first `version` of Cargo.toml is the workspace's, and each crate has that one.
in_manifest=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
[[ $in_manifest == "$version" ]] || wrong "Cargo.toml is at $in_manifest, the tag says $version"
in_lock=$(awk '/^name = "les"$/ { getline; gsub(/version = |"/, ""); print }' Cargo.lock)
[[ $in_lock == "$version" ]] || wrong "Cargo.lock has les $in_lock: run cargo update --workspace"

heading=$(grep -E "^## \[${version//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md) ||
  wrong "CHANGELOG.md has no section \"## [$version] - YYYY-MM-DD\""
notes=$(awk -v heading="$heading" '$0 == heading { within = 1; next } /^## / { within = 0 } within' CHANGELOG.md)
[[ $notes =~ [^[:space:]] ]] || wrong "CHANGELOG.md says nothing about $version"
printf '%s\n' "$notes"
