#!/usr/bin/env bash
# Checks types and style. The types are npm's where `npm ci` has been run; else those of $MARTLET_WEB_TYPES or of
# ../shared/web-types beside the checkout; else Debian's for React and the subset for MUI in types/.
set -euo pipefail
cd "$(dirname "$0")"
cache=$(cd .. && pwd)/.build/web
declarations=${MARTLET_WEB_TYPES:-../../shared/web-types}
mkdir -p "$cache"

if [ -d node_modules/typescript ]; then
    node_modules/.bin/tsc -p tsconfig.npm.json
elif [ -d "$declarations/@mui" ]; then
    cat >"$cache/tsconfig.json" <<END
{
  "extends": "$PWD/tsconfig.json",
  "compilerOptions": {
    "skipLibCheck": true, "typeRoots": [], "baseUrl": "$(cd "$declarations" && pwd)", "paths": { "*": ["./*", "./@types/*"] }
  },
  "include": ["$PWD/src"]
}
END
    tsc -p "$cache/tsconfig.json"
else
    tsc -p tsconfig.json
fi

linter=oxlint==1.89.0
if [ "$(cat "$cache/linter" 2>/dev/null)" != "$linter" ]; then
    [ -x "$cache/python/bin/pip" ] || python3 -m venv "$cache/python"
    "$cache/python/bin/pip" --disable-pip-version-check --quiet install "$linter"
    echo "$linter" >"$cache/linter"
fi
"$cache/python/bin/oxlint" --config .oxlintrc.json --deny-warnings --quiet src tests scripts
