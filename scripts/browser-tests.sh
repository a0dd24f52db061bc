#!/usr/bin/env bash
# Tests the built web UI (web/build.sh) in Chromium against a real server, that of MARTLET_TEST_BINARY; arguments go to pytest.
# Playwright, axe and pytest lie in .build/browser, by the versions of web/tests/e2e/requirements.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(scripts/browser-tools.sh)
export MARTLET_TEST_BINARY="${MARTLET_TEST_BINARY:-$PWD/.build/debug/martlet}"
exec "$python" -m pytest -q -p no:cacheprovider web/tests/e2e "$@"
