#!/usr/bin/env bash
# Builds and passes every test. MARTLET_TEST_SERVICES may name a script that starts Cassandra, Kafka and Redis on this machine
# (start, stop, kill, env and wipe, with SERVICES_DIR as its folder): then the drivers are tested against them, plain and with
# TLS and passwords, and a cluster of processes, on the tables of MARTLET_TEST_DATA, while servers and processes are killed
# (MARTLET_TEST_CLUSTER, such as /aLargeTable, picks some of these tests).
set -euo pipefail
cd "$(dirname "$0")/.."
swift_build=${SWIFT_BUILD:-swift build}
. scripts/steps.sh

# The web UI and what is checked without a server first: it takes a minute, and says early what is wrong.
step "web: build" web/build.sh
step "web: types and lint" web/check.sh
step "web: unit tests" web/test.sh
step "monitoring: checks" scripts/monitoring-checks.sh

step "build: tests" $swift_build --build-tests
# What trains for long is tested as it is shipped: by the browser tests, and by those of a cluster of processes.
release="$swift_build -c release --static-swift-stdlib"
step "build: release" $release --product martlet
shipped="$($release --show-bin-path)/martlet"
step "web: browser tests" env MARTLET_TEST_BINARY="$shipped" scripts/browser-tests.sh
step "deploy: tests" env MARTLET_TEST_BINARY="$shipped" scripts/deploy-tests.sh
step "API: every route by its document" env MARTLET_TEST_BINARY="$shipped" scripts/api-tests.sh
step "fuzzing: build and a short run" scripts/fuzz.sh --short
export MARTLET_TEST_PYTHON="${MARTLET_TEST_PYTHON-$(scripts/python-tools.sh)}"
# Those that start, kill and flood processes are apart from those that compute, which would keep each other waiting.
processes='MartletTests|HTTPTests'
if [ -z "${MARTLET_TEST_SERVICES:-}" ]; then
    echo "MARTLET_TEST_SERVICES is not set: tests against Cassandra, Kafka and Redis are skipped" >&2
    step "tests" swift test --skip-build --skip "KafkaTests|$processes"
    step "tests: processes and HTTP" swift test --skip-build --filter "$processes"
    step "tests: Kafka" swift test --skip-build --filter KafkaTests
    exit
fi

folder=$(mktemp -d)
export SERVICES_DIR=$folder/services
services() { bash "$MARTLET_TEST_SERVICES" "$@"; }
trap 'services wipe >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT

# So are those with servers; librdkafka's brokers for tests bear no company at all.
live='NetworkTests|CQLTests|RedisTests|DriversTests'
step "tests" swift test --skip-build --skip "$live|KafkaTests|ClusterTests|$processes"
step "tests: processes and HTTP" swift test --skip-build --filter "$processes"
step "services: start" services start
(
    eval "$(services env)"
    step "tests: servers" swift test --skip-build --filter "$live"
    step "tests: Kafka" swift test --skip-build --filter KafkaTests
)
services wipe

# Three nodes, one of which is killed while requests are under way.
(
    export CASSANDRA_NODES=3 CASSANDRA_HEAP=448m
    step "services: start three nodes" services start cassandra
    eval "$(services env)"
    export MARTLET_TEST_KILL="bash '$MARTLET_TEST_SERVICES' kill cassandra-2"
    export MARTLET_TEST_START="bash '$MARTLET_TEST_SERVICES' start cassandra-2"
    step "tests: a node is killed" swift test --skip-build --filter "CQLTests.*FailoverTests"
    services wipe
)

export SERVICES_SECURE=1
step "services: start with TLS" services start
(
    eval "$(services env)"
    # Cassandra makes its first role some seconds after it listens; until then nobody is let in.
    export MARTLET_CASSANDRA_KEYSPACE=martlet_ready
    timeout 180 bash -c "until '$($swift_build --show-bin-path)/martlet' migrate >/dev/null 2>&1; do sleep 1; done"
    unset MARTLET_CASSANDRA_KEYSPACE
    step "tests: servers with TLS" swift test --skip-build --filter "$live|KafkaTests.(CheckTests|LiveTests)"
)
services wipe
unset SERVICES_SECURE

step "tests: a cluster" env MARTLET_TEST_BINARY="$shipped" swift test --skip-build --filter "ClusterTests${MARTLET_TEST_CLUSTER:-}"
step "containers: tests" scripts/container-tests.sh
if [ -n "${MARTLET_TEST_DATA:-}" ]; then
    step "monitoring: a cluster" env MARTLET_TEST_BINARY="$shipped" scripts/monitoring-test.sh
else
    echo "MARTLET_TEST_DATA is not set: dashboards and alerts are not held against a cluster" >&2
fi
