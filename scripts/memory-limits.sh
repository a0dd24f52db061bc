#!/usr/bin/env bash
# Trains a table under limits of memory, in control groups of version 1 (as root) and under `ulimit -v`, and tells for each how it
# ended: it has to train or to say in one line why not, and must not be killed.
#
#   scripts/memory-limits.sh TABLE TARGET [--trials 6 | --time-budget 60s ...]
#
# MARTLET names the binary, LIMITS the limits in MiB.
set -euo pipefail
table=$1 target=$2
shift 2
binary=${MARTLET:-.build/release/martlet}
hierarchy=/sys/fs/cgroup/memory
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# tell HOW LIMIT STATUS KILLS PEAK
tell() {
    local word
    word=$(tail -n 1 "$work/output")
    [ "$3" = 0 ] || word=$(tail -n 1 "$work/errors")
    printf '%-10s %6s MiB  exit %-3s  peak %6s MiB  %s\n' "$1" "$2" "$3" "$5" "$word"
    if [ "$3" -gt 2 ] || [ "$4" != 0 ]; then failed=1; fi
}

for limit in ${LIMITS:-300 1024 4096}; do
    group=$hierarchy/martlet-limits-$$
    if mkdir "$group" 2>/dev/null && echo $((limit << 20)) >"$group/memory.limit_in_bytes"; then
        status=0
        sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
            "$binary" train "$table" --target "$target" "$@" >"$work/output" 2>"$work/errors" || status=$?
        kills=$(awk '$1 == "oom_kill" { print $2 }' "$group/memory.oom_control")
        peak=$(($(cat "$group/memory.max_usage_in_bytes") >> 20))
        tell group "$limit" $status "$kills" $peak
        # A group goes once its last process is gone.
        for _ in 1 2 3 4 5; do rmdir "$group" 2>/dev/null && break || sleep 0.2; done
    else
        rmdir "$group" 2>/dev/null || true
        echo "skipped: a control group of version 1 may not be made here"
    fi
    status=0
    (ulimit -v $((limit << 10)) && exec "$binary" train "$table" --target "$target" "$@") \
        >"$work/output" 2>"$work/errors" || status=$?
    tell ulimit "$limit" $status 0 -
done
exit $failed
