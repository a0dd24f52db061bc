#!/usr/bin/env bash
# Builds the image with podman: build.sh [TAG], by default martlet:VERSION.
# The builder is Swift's official image where podman finds it (there, or in a registry that it is set up to search). Elsewhere it is
# a minimal Debian 12 made by debootstrap (which takes root), kept as martlet-builder, with the Swift toolchain of this machine mounted
# into it.
# MARTLET_BUILDER names another builder.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(sed -n 's/.*martletVersion = "\(.*\)".*/\1/p' Sources/AutoML/Artifact/Version.swift)
tag=${1:-martlet:$version}
podman() { scripts/podman.sh "$@"; }
official=swift:6.3-bookworm
arguments=()

# What Swift's installation page asks for, on Debian 12.
make_base() {
    local packages=binutils,ca-certificates,libc6-dev,libcurl4,libedit2,libgcc-12-dev,libncurses6,libsqlite3-0,libstdc++-12-dev
    packages+=,libxml2,libz3-4,tzdata,zlib1g-dev
    local root mirror
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' \
        /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | sed -n 1p || true)
    root=$(mktemp -d)
    echo "making a base with debootstrap"
    if ! debootstrap --variant=minbase --include="$packages" bookworm "$root" ${mirror:+"$mirror"} \
        >"$root.log" 2>&1; then
        tail -n 5 "$root.log" >&2
        rm -rf --one-file-system "$root" "$root.log"
        return 1
    fi
    rm -rf "$root"/var/cache/apt/archives/*.deb
    tar -C "$root" -c . | podman import --quiet --change 'ENV PATH=/opt/swift/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        - martlet-builder >/dev/null
    rm -rf --one-file-system "$root" "$root.log"
}

if [ -n "${MARTLET_BUILDER:-}" ]; then
    builder=$MARTLET_BUILDER
elif podman image exists "$official" || timeout 600 scripts/podman.sh pull --quiet "$official" >/dev/null 2>&1; then
    builder=$official
else
    echo "Swift's image cannot be had: the builder is this machine's Debian and Swift"
    podman image exists localhost/martlet-builder || make_base
    builder=localhost/martlet-builder
    toolchain=$(readlink -f "$(command -v swift)")
    arguments+=(--volume "${toolchain%/usr/bin/*}:/opt/swift:ro" --network host)
fi
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    arguments+=(--secret id=authorities,src=/etc/ssl/certs/ca-certificates.crt)
fi

# Docker's format, for the other has no health checks.
podman build --format docker --file deploy/image/Containerfile --build-arg "BUILDER=$builder" --build-arg "VERSION=$version" \
    --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" "${arguments[@]}" --tag "$tag" .
podman image inspect --format '{{.Size}}' "$tag" | awk -v tag="$tag" '{ printf "%s: %.1f MB\n", tag, $1 / 1e6 }'
