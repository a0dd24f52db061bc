#!/usr/bin/env bash
# Makes the Python that calls the API by its document (schemathesis), in .build/api, and prints its folder; does nothing when it is
# there.
set -euo pipefail
cd "$(dirname "$0")/.."
package=schemathesis==4.32.5
folder=$PWD/.build/api
if [ "$(cat "$folder/.installed" 2>/dev/null)" != "$package" ]; then
    python3 -m venv --clear "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$package" >&2
    echo "$package" >"$folder/.installed"
fi
echo "$folder"
