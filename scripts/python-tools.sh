#!/usr/bin/env bash
# Makes the Python in .build/python that tests compare ONNX files (onnxruntime, numpy) and Shapley values (shap) with and read
# Cassandra with (cassandra-driver), and prints its path, for MARTLET_TEST_PYTHON. Prints nothing, and says so, where it cannot be
# made: the tests that need it are then skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(onnxruntime==1.32.0 numpy==2.4.6 cassandra-driver==3.30.1 shap==0.51.0)
folder=$PWD/.build/python
mark=$folder/.installed

if [ "$(cat "$mark" 2>/dev/null)" != "${packages[*]}" ]; then
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    mkdir -p .build
    if ! { python3 -m venv --clear "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"; } \
        >"$log" 2>&1; then
        tail -n 3 "$log" >&2
        echo "onnxruntime and shap cannot be installed: the tests that compare with them will be skipped" >&2
        exit 0
    fi
    echo "${packages[*]}" >"$mark"
fi
echo "$folder/bin/python"
