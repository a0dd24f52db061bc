# Sourced by scripts: `step NAME COMMAND…` runs a command and says how long it took, so that one sees where the time of CI goes.
step() {
    local name=$1 began=$SECONDS status=0
    shift
    echo "=== $name"
    "$@" || status=$?
    echo "=== $name: $((SECONDS - began)) s$([ "$status" = 0 ] || echo ", failed with $status")"
    return "$status"
}
