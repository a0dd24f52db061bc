#!/usr/bin/env bash
# Builds martlet-fuzz once with AddressSanitizer and feeds Martlet damaged tables, bodies of calls, bytes of HTTP, models and chunks:
#   scripts/fuzz.sh [SECONDS]      that long in all (600), guided by the code that inputs reach, with a seed of the day's own
#   scripts/fuzz.sh --short        a fixed number of inputs of a fixed seed, as CI runs it
# A crash, an input that takes two minutes, memory that grows or stays, or an error of the server's own fails it; what it was found
# with is kept in .build-asan/found, and `martlet-fuzz MODE --input FILE` feeds it again. FUZZ_SEED sets the seed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/steps.sh
modes=(tables bodies wire artifacts)
found=.build-asan/found
build=(swift build --sanitize=address --disable-index-store)
# What tells the code that inputs reach makes the build slower, and a fixed run has no use for it.
if [ "${1:-}" = --short ]; then
    build+=(--scratch-path .build-asan)
else
    build+=(--scratch-path .build-asan-guided -Xswiftc -sanitize-coverage=edge,trace-pc-guard)
fi
# The linker has a word on each of the sanitizer's functions.
compile() { "${build[@]}" --product martlet-fuzz 2>&1 | { grep -v -e 'Cannot export local symbol' -e '^\[' || true; }; }
step "fuzzing: build" compile
program="$("${build[@]}" --show-bin-path)/martlet-fuzz"

rm -rf "$found"
# No allocation of a gigabyte is needed to refuse an input, nor three to work on one.
export ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:max_allocation_size_mb=1024:hard_rss_limit_mb=3072:quarantine_size_mb=64"
# A trap is told with its stack by the sanitizer; Swift's own words on it take a minute to find their symbols.
ASAN_OPTIONS+=:handle_sigill=1:handle_sigtrap=1
export SWIFT_BACKTRACE=enable=no
status=0
for mode in "${modes[@]}"; do
    if [ "${1:-}" = --short ]; then
        case $mode in tables) runs=60 ;; bodies) runs=500 ;; wire) runs=200 ;; *) runs=500 ;; esac
        limits=(--runs "$runs" --seconds 30 --seed "${FUZZ_SEED:-1}")
    else
        limits=(--seconds "$((${1:-600} / ${#modes[@]}))" --seed "${FUZZ_SEED:-$(date +%j)}")
    fi
    step "fuzzing: $mode" "$program" "$mode" --corpus Tests/Fuzz --keep "$found" "${limits[@]}" || status=1
done
if [ "$status" != 0 ]; then
    echo "found with: $(ls -d "$found"/* 2>/dev/null | tr '\n' ' ')" >&2
fi
exit "$status"
