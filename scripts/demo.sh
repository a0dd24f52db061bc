#!/usr/bin/env bash
# Shows Martlet's main job on an example: train, rank, serve, upload, predict. `make demo` builds it first.
set -euo pipefail
cd "$(dirname "$0")/.."
martlet=$(swift build -c release --static-swift-stdlib --show-bin-path)/martlet
work=$(mktemp -d)
server=""
finish() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
    rm -rf "$work"
}
trap finish EXIT
step() { printf '\n\033[1m%s\033[0m\n' "$1"; }

step "1. Train on an example, for 20 seconds"
"$martlet" train example:titanic --target Survived --time-budget 20s --output "$work/titanic.martlet"

step "2. Predict with the model it wrote"
printf 'Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked\n1,"Doe, Miss. Jane",female,30,0,0,PC 17599,71.3,C85,C\n3,"Roe, Mr. Richard",male,22,1,0,A/5 21171,7.25,,S\n' >"$work/passengers.csv"
"$martlet" predict "$work/titanic.martlet" "$work/passengers.csv"

step "3. Start the server"
"$martlet" serve --port "${MARTLET_HTTP_PORT:-0}" --data-dir "$work/data" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 200); do
    address=$(sed -n 's/.*\(http:\/\/[^ "]*\).*/\1/p' "$work/server.log" | head -n 1)
    if [ -n "$address" ] && curl -fs "$address/readyz" >/dev/null; then break; fi
    kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; exit 1; }
    sleep 0.05
done
echo "ready at $address"
api=$address/api/v1

step "4. Upload a table"
gzip -dc Examples/insurance.csv.gz >"$work/insurance.csv"
echo "curl -X POST --data-binary @insurance.csv $api/datasets?name=insurance"
dataset=$(curl -fsS -X POST --data-binary "@$work/insurance.csv" -H 'Content-Type: text/csv' "$api/datasets?name=insurance")
jq -c '{id, name, rows, columns: [.columns[] | "\(.name): \(.type)"]}' <<<"$dataset"

step "5. Start an experiment and watch it"
experiment=$(jq '{dataset_id: .id, target: "charges", trials: 12, seed: 1}' <<<"$dataset" |
    curl -fsS -H 'Content-Type: application/json' -d @- "$api/experiments" | jq -r .id)
curl -fsSN "$api/experiments/$experiment/events" | sed -n 's/^event: //p' | sort | uniq -c
curl -fsS "$api/experiments/$experiment" | jq -c '{id, state, best_model_id}'
curl -fsS "$api/experiments/$experiment/leaderboard" |
    jq -r '.metric as $metric | .entries[:5][] | "\(.rank). \(.learner)  \($metric) \(.score)"'

step "6. Predict through the API"
model=$(curl -fsS "$api/experiments/$experiment" | jq -r .best_model_id)
request='{"rows": [{"age": 40, "sex": "female", "bmi": 31.5, "children": 2, "smoker": "yes", "region": "southwest"}]}'
echo "$request"
curl -fsS -H 'Content-Type: application/json' -d "$request" "$api/models/$model/predict" | jq -c .

step "Open $address"
if [ -t 0 ] && [ -t 1 ]; then
    echo "The server runs until Ctrl-C."
    wait "$server"
fi
