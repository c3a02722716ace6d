#!/usr/bin/env bash
# Packs a static program that is built already into an image: no daemon, no registry, no compiler; root, and buildah.
#
#   deploy/container/build.sh les|simulated-cloud --program PATH --tag NAME [--arch amd64|arm64] [--version V] [--revision COMMIT] [--source URL]
#
# --ca FILE: certificates instead of this machine's. STORAGE_DRIVER=vfs where overlay does not work.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${1:-}
shift || true
program='' tag='' version=unknown revision=unknown source=unknown ca=/etc/ssl/certs/ca-certificates.crt
arch=$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)
while (($#)); do
  case $1 in
    --program) program=$2 ;;
    --tag) tag=$2 ;;
    --arch) arch=$2 ;;
    --version) version=$2 ;;
    --revision) revision=$2 ;;
    --source) source=$2 ;;
    --ca) ca=$2 ;;
    *)
      echo "build.sh: $1 is no option" >&2
      exit 2
      ;;
  esac
  shift 2
done
if [[ ! $target =~ ^(les|simulated-cloud)$ || -z $program || -z $tag ]]; then
  echo "build.sh: les or simulated-cloud, --program PATH and --tag NAME" >&2
  exit 2
fi

# An image without libraries cannot start a program that asks for a loader: it would fail with nothing but "no such file".
header=$(LC_ALL=C readelf --file-header --program-headers --wide "$program")
if grep -q 'Requesting program interpreter' <<<"$header"; then
  echo "build.sh: $program is not static: build it with RUSTFLAGS=\"-C target-feature=+crt-static\" and --target" >&2
  exit 1
fi
case $arch in
  amd64) machine=X86-64 ;;
  arm64) machine=AArch64 ;;
  *) machine="none of them, $arch" ;;
esac
if ! grep -q "Machine:.*$machine" <<<"$header"; then
  echo "build.sh: $program is not for $arch" >&2
  exit 1
fi

parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
install -d -m 0755 "$parts/lib" "$parts/var" "$parts/var/lib"
install -d -m 0700 "$parts/lib/les"
install -m 0755 "$program" "$parts/$target"
install -m 0644 "$ca" "$parts/ca-certificates.crt"
# The same input is the same image: nothing in it says when or where it was packed.
find "$parts" -exec touch --no-dereference --date=@0 {} +

# chroot: nothing is run while it is built, so no container is needed for it. docker: the other format has no health check.
buildah bud --quiet --isolation chroot --format docker --timestamp 0 --arch "$arch" \
  --file deploy/container/Dockerfile --target "$target" --build-context "parts=$parts" \
  --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "SOURCE=$source" \
  --tag "$tag" .
