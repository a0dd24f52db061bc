#!/usr/bin/env bash
# Tests the Kubernetes manifests and the compose file: rendered, checked against the schemas of Kubernetes and of compose, and their
# configuration against the binary, MARTLET_TEST_BINARY. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(scripts/deploy-tools.sh)
export MARTLET_TEST_BINARY="${MARTLET_TEST_BINARY:-$PWD/.build/debug/martlet}"
exec "$python" -m pytest -q -p no:cacheprovider deploy/tests/test_kubernetes.py deploy/tests/test_compose.py "$@"
