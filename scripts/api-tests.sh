#!/usr/bin/env bash
# Calls every route of a real server, that of MARTLET_TEST_BINARY, by what its OpenAPI document says, right and wrong, and in sequences
# of calls (schemathesis): no error of the server's own, no answer that the document does not know, and a healthy server at the end.
# There is a dataset, an experiment and a model, so that calls about them reach something. API_SEED and API_EXAMPLES set the seed and
# how many examples each call gets.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(scripts/api-tools.sh)
binary="${MARTLET_TEST_BINARY:-$PWD/.build/debug/martlet}"
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT

"$binary" serve --port 0 --data-dir "$folder/data" --threads 1 >"$folder/out" 2>"$folder/log" &
server=$!
address=
for _ in $(seq 300); do
    address=$(grep -o 'http://[^ ]*' "$folder/out" | head -n 1) && [ -n "$address" ] && break
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
[ -n "$address" ] || { echo "the server is not ready in time" >&2; exit 1; }

call() { curl -fsS --max-time 100 "$@"; }
api=$address/api/v1
dataset=$(call -X POST "$api/examples/iris" | jq -r .id)
experiment=$(call "$api/experiments" --json '{"dataset_id": "'"$dataset"'", "target": "species", "trials": 2, "folds": 2, "seed": 1}' | jq -r .id)
# The stream ends with the experiment; schemathesis leaves it out, for those of new experiments go on for long.
call "$api/experiments/$experiment/events" | grep -q '^event: ' || { echo "there are no events" >&2; exit 1; }
model=$(call "$api/experiments/$experiment" | jq -re .best_model_id)

# Calls that delete what is there get ids of their own.
cat >"$folder/schemathesis.toml" <<TOML
[[operations]]
include-path-regex = "^/api/v1/datasets/"
exclude-method = "DELETE"
parameters = { "path.id" = "$dataset" }

[[operations]]
include-path-regex = "^/api/v1/experiments/"
exclude-method = "DELETE"
parameters = { "path.id" = "$experiment" }

[[operations]]
include-path-regex = "^/api/v1/models/"
parameters = { "path.id" = "$model" }
TOML
status=0
# In its folder, for it writes down what it has found.
(cd "$folder" && exec timeout 170 "$tools/bin/schemathesis" --config-file "$folder/schemathesis.toml" run "$api/openapi.json" \
    --url "$address" --seed "${API_SEED:-17}" --max-examples "${API_EXAMPLES:-8}" --no-shrink --workers 1 \
    --phases examples,coverage,fuzzing,stateful --exclude-operation-id watchExperiment --request-timeout 60 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,use_after_free \
    --suppress-health-check all --warnings off) >"$folder/report" 2>&1 || status=$?
tail -n 40 "$folder/report"
if [ "$status" != 0 ]; then
    echo "schemathesis ends with $status; seed ${API_SEED:-17}" >&2
    grep -n 'Reproduce with' -A 3 "$folder/report" | head -n 60 >&2 || true
    exit 1
fi
kill -0 "$server" 2>/dev/null && [ "$(call -o /dev/null -w '%{http_code}' "$address/healthz")" = 200 ] ||
    { echo "the server is not well at the end" >&2; tail -n 40 "$folder/log" >&2; exit 1; }
kill "$server"
wait "$server" || { echo "the server ends with $?" >&2; exit 1; }
server=
