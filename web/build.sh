#!/usr/bin/env bash
# Builds the web UI: build.sh [OUT], by default into .build/web/dist beside the Swift build.
# Where `npm ci` has been run, npm's packages become one bundle. Elsewhere esbuild comes from Debian, and React, MUI and
# ECharts as ES modules from the wheels of vendor.lock, which the page reaches through an import map.
# Everything below OUT but the page and its icon has a hash in its path, so that browsers may keep it for ever.
set -euo pipefail
cd "$(dirname "$0")"
cache=$(cd .. && pwd)/.build/web
out=${1:-$cache/dist}
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)

# Fetches the wheels, checked against their hashes, and unpacks them; does nothing when they are there.
unpack_wheels() {
    local mark=$cache/wheels.lock
    cmp -s vendor.lock "$mark" && return
    rm -rf "$cache/wheels" "$cache/unpacked"
    mkdir -p "$cache"
    [ -x "$cache/python/bin/pip" ] || python3 -m venv "$cache/python"
    "$cache/python/bin/pip" --disable-pip-version-check --quiet download --no-deps --only-binary :all: \
        --require-hashes --requirement vendor.lock --dest "$cache/wheels"
    for wheel in "$cache"/wheels/*.whl; do python3 -m zipfile --extract "$wheel" "$cache/unpacked"; done
    cp vendor.lock "$mark"
}

bundle=(src/main.tsx --bundle --format=esm --splitting --target=es2022 --jsx=automatic --minify --sourcemap
    --entry-names='[name]-[hash]' --chunk-names='[name]-[hash]' --outdir="$out/app" --log-level=warning)
if [ -d node_modules/react ]; then
    fonts=node_modules/@fontsource/roboto/files
    icons=node_modules/material-icons/iconfont/material-icons.woff2
    vendor=vendor/$(sha256sum package-lock.json public/fonts.css | sha256sum | cut -c1-10)
    mkdir -p "$out/$vendor/fonts"
    node_modules/.bin/esbuild "${bundle[@]}" '--define:process.env.NODE_ENV="production"'
else
    unpack_wheels
    material=$cache/unpacked/panel_material_ui/dist
    fonts=$cache/unpacked/trame_mui/module/serve/roboto/files
    icons=$(echo "$material"/material-icons-[A-Z]*.woff2)
    vendor=vendor/$(cat vendor.lock public/fonts.css $(find shims -type f | sort) | sha256sum | cut -c1-10)
    mkdir -p "$out/$vendor"/{pmu,fonts,echarts/dist}
    cp -r shims/. "$out/$vendor/"
    cp "$material/panel-material-ui.bundle.js" "$out/$vendor/pmu/"
    cp "$cache"/unpacked/nicegui/elements/echart/dist/index*.js "$out/$vendor/echarts/dist/"
    esbuild "${bundle[@]}" --external:react --external:react-dom --external:@mui/material --external:echarts
fi
cp "$icons" "$out/$vendor/fonts/material-icons.woff2"
for weight in 400 500 700; do cp "$fonts/roboto-latin-$weight-normal.woff2" "$out/$vendor/fonts/"; done
cp public/fonts.css "$out/$vendor/fonts/"
cp public/favicon.svg public/NOTICE.txt "$out/"

main=$(basename "$(ls "$out"/app/main-*.js)")
page=$(sed -e "s|%VENDOR%|/$vendor|g" -e "s|%MAIN%|/app/$main|g" index.html)
if [ -d node_modules/react ]; then
    page=$(sed -e '/<script type="importmap">/,/<\/script>/d' -e '/rel="modulepreload"/d' <<<"$page")
fi
printf '%s\n' "$page" >"$out/index.html"
