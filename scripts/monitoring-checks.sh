#!/usr/bin/env bash
# Checks deploy/prometheus (by promtool) and deploy/grafana without a server.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v promtool >/dev/null || { echo "promtool is missing: scripts/setup.sh installs it" >&2; exit 1; }
python3 scripts/monitoring/checks.py
