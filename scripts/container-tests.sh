#!/usr/bin/env bash
# Builds the image and tests it; then plays the pods of the Kubernetes overlay `local` with podman and lets them train, over servers of
# MARTLET_TEST_SERVICES (see test.sh), for their images cannot be had everywhere. Takes root. Arguments go to pytest.
# MARTLET_TEST_IMAGE names an image that is there already. What is missing of podman and debootstrap is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ]; then
    echo "the image is not tested: that takes root" >&2
    exit 0
fi
missing=()
for package in podman runc catatonit debootstrap; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1
fi

python=$(scripts/deploy-tools.sh)
folder=$(mktemp -d)
export SERVICES_DIR=$folder/services
services() { bash "$MARTLET_TEST_SERVICES" "$@"; }
trap 'services wipe >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
if [ -z "${MARTLET_TEST_IMAGE:-}" ]; then
    export MARTLET_TEST_IMAGE=localhost/martlet:test
    deploy/image/build.sh martlet:test >"$folder/build.log" 2>&1 || { tail -n 40 "$folder/build.log" >&2; exit 1; }
    tail -n 1 "$folder/build.log"
fi
services start >/dev/null
eval "$(services env)"
"$python" -m pytest -q -p no:cacheprovider deploy/tests/test_image.py deploy/tests/test_pods.py \
    deploy/tests/test_compose.py::test_another_implementation_reads_it "$@"
