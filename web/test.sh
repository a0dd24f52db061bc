#!/usr/bin/env bash
# The unit tests: esbuild bundles them for Node, which runs them with jsdom from Debian or npm. Builds the site first.
set -euo pipefail
cd "$(dirname "$0")"
cache=$(cd .. && pwd)/.build/web
out=$cache/unit
./build.sh "$cache/unit-site"
# Older versions of Node take a .js file for a module only where this says so.
echo '{"type": "module"}' >"$cache/unit-site/package.json"
rm -rf "$out"
if [ -d node_modules/react ]; then
    esbuild=node_modules/.bin/esbuild
    modules=$PWD/node_modules
else
    esbuild=esbuild
    modules=$(echo "$cache"/unit-site/vendor/*)
fi
NODE_PATH=$modules "$esbuild" tests/unit/*.test.ts tests/unit/*.test.tsx --bundle --splitting --platform=node \
    --format=esm --target=node18 --jsx=automatic --sourcemap --outdir="$out" --out-extension:.js=.mjs \
    --alias:echarts=./tests/unit/stubs/echarts.ts --log-level=warning
MARTLET_WEB=$PWD MARTLET_WEB_SITE=$cache/unit-site NODE_PATH=/usr/share/nodejs \
    node --enable-source-maps --import ./tests/unit/setup.mjs --test "$out"
