#!/usr/bin/env bash
# Holds the dashboards of deploy/grafana and the rules of deploy/prometheus against a real cluster and a real Prometheus.
# MARTLET_TEST_SERVICES names the script that starts its servers, MARTLET_TEST_DATA the folder with adult.csv.gz,
# MARTLET_TEST_BINARY the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v prometheus >/dev/null || { echo "prometheus is missing: scripts/setup.sh installs it" >&2; exit 1; }
exec python3 -u scripts/monitoring/test.py
