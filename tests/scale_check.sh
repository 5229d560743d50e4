#!/bin/sh
# What report, recommend and compare take on stores of 100,000 runs: seconds, peak memory, exit status.
#
#   tests/scale_check.sh BUILD     (make scale-check); the stores go to a folder of their own below TMPDIR, about 2 GB, and away after
set -eu
build=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/gcsweep-scale-XXXXXX")
trap 'rm -rf "$folder"' EXIT INT TERM

"$build/gcsweep" sweep --workload gcbench --workload chain --workload linked-list --workload web-requests \
    --scale 0.05 --rounds 2 --threshold0 700,10000 --out "$folder/few" >/dev/null 2>&1

# CONFIGURATIONS ROUNDS
measure() {
    "$build/tests/scale_store" make "$folder/few" "$folder/many" "$1" "$2"
    size=$(stat -c %s "$folder/many/results.sqlite")
    echo "$1 configurations, $2 rounds: $(($1 * $2)) runs, $((size / 1048576)) MiB"
    for command in "recommend $folder/many" "compare $folder/many:pymalloc $folder/many:jemalloc" "report $folder/many"; do
        # One word a part: the paths hold no blanks.
        # shellcheck disable=SC2086
        "$build/tests/scale_store" time "$build/gcsweep" $command
    done
    rm -rf "$folder/many"
}

measure 10000 10
measure 100 1000
