#!/usr/bin/env bash
# Makes the Python that drives Chromium, in .build/browser, and prints its path; does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$PWD/.build/browser
if ! cmp -s web/tests/e2e/requirements.txt "$folder/.installed"; then
    python3 -m venv --clear "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement web/tests/e2e/requirements.txt >&2
    cp web/tests/e2e/requirements.txt "$folder/.installed"
fi
echo "$folder/bin/python"
