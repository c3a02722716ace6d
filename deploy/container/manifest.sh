#!/usr/bin/env bash
# One image for several machines: packs a static program for each, and writes the list of them.
#
#   deploy/container/manifest.sh --tag NAME --to DESTINATION --amd64 PATH --arm64 PATH [--version V] [--revision COMMIT] [--source URL]
#
# DESTINATION: oci-archive:FILE, docker://REGISTRY/NAME:TAG, ... (containers-transports(5))
set -euo pipefail

tag='' to=''
declare -A programs
about=()
while (($#)); do
  case $1 in
    --tag) tag=$2 ;;
    --to) to=$2 ;;
    --amd64 | --arm64) programs[${1#--}]=$2 ;;
    --version | --revision | --source) about+=("$1" "$2") ;;
    *)
      echo "manifest.sh: $1 is no option" >&2
      exit 2
      ;;
  esac
  shift 2
done
if [[ -z $tag || -z $to || ${#programs[@]} == 0 ]]; then
  echo "manifest.sh: --tag NAME, --to DESTINATION and a program" >&2
  exit 2
fi

buildah manifest create "$tag"
for arch in "${!programs[@]}"; do
  "$(dirname "$0")/build.sh" les --program "${programs[$arch]}" --arch "$arch" --tag "$tag-$arch" "${about[@]}"
  buildah manifest add "$tag" "containers-storage:$tag-$arch"
done
# Docker's format: OCI's has no health check. An archive of OCI can only be that.
format=v2s2
[[ $to != oci* ]] || format=oci
buildah manifest push --all --format "$format" "$tag" "$to"
