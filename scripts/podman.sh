#!/usr/bin/env bash
# podman as this project calls it: with runc where it is installed, and with limits of open files and processes that a machine
# with limits of its own can give. Arguments go to podman.
set -euo pipefail
folder=$(cd "$(dirname "$0")/.." && pwd)/.build
mkdir -p "$folder"
if [ -z "${CONTAINERS_CONF:-}" ]; then
    export CONTAINERS_CONF=$folder/containers.conf
    printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n' >"$CONTAINERS_CONF.$$"
    mv "$CONTAINERS_CONF.$$" "$CONTAINERS_CONF"
fi
runtime=()
if command -v runc >/dev/null; then runtime=(--runtime runc); fi
exec podman "${runtime[@]}" "$@"
