#!/usr/bin/env bash
# Installs what is missing on a Debian or Ubuntu machine to build, test and try Martlet. Swift itself has to be there.
set -euo pipefail

packages=(
    pkg-config zlib1g-dev libzstd-dev libexpat1-dev libsqlite3-dev # what the binary links
    libssl-dev                                                                       # and for TLS
    libisal-dev liblz4-dev                                                           # and for CQL
    librdkafka-dev                                                                   # and for Kafka
    libyaml-dev                                                                      # and for configuration
    curl jq                                                                          # what the demo talks with
    openssl redis-server prometheus                                                  # what tests talk to, and promtool
    python3-venv                                                                     # what ONNX files are tested with
    esbuild node-react node-react-dom node-typescript node-csstype node-prop-types   # what the web UI is built with
    node-jsdom chromium                                                              # and tested with
)

command -v swift >/dev/null || {
    echo "Swift 6.2 or later is needed and not on the PATH: see swift.org/install" >&2
    exit 1
}

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "these packages are missing and installing them takes root: ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 || { tail -n 20 "$log" >&2; exit 1; }
