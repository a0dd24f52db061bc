#!/usr/bin/env bash
# Checks types, style and format (--fix formats). The types are npm's where `npm ci` has been run; else those of $MARTLET_WEB_TYPES or of
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

tools="oxlint==1.89.0 oxfmt==0.74.0"
if [ "$(cat "$cache/tools" 2>/dev/null)" != "$tools" ]; then
    [ -x "$cache/python/bin/pip" ] || python3 -m venv "$cache/python"
    # shellcheck disable=SC2086
    "$cache/python/bin/pip" --disable-pip-version-check --quiet install $tools
    echo "$tools" >"$cache/tools"
fi
"$cache/python/bin/oxlint" --config .oxlintrc.json --deny-warnings --quiet src tests scripts
# `web/check.sh --fix` puts the sources into shape instead of complaining.
mode=--check
[ "${1:-}" != --fix ] || mode=--write
"$cache/python/bin/oxfmt" --config .oxfmtrc.json "$mode" src tests scripts
