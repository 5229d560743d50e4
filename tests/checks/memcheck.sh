#!/bin/sh
# memcheck.sh SUITE... - the suites, and gcsweep at its main jobs, under
# valgrind's memcheck: wrong accesses, use of what was never written, lost
# blocks. gnuplot, and the real CPython with its own allocator, are not looked
# at.
set -u
build=${GCSWEEP_BUILD:-build}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
command -v valgrind >/dev/null || { echo "memcheck: valgrind is not installed (Debian: valgrind)" >&2; exit 1; }

failed=0
look() {
    if valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect --log-file="$out/valgrind.%p" "$@" >"$out/said" 2>&1 &&
        [ -z "$(cat "$out"/valgrind.*)" ]; then
        echo "clean: $*"
    else
        failed=1
        cat "$out/said" "$out"/valgrind.*
        echo "NOT CLEAN: $*"
    fi
    rm -f "$out"/valgrind.*
}

for suite in "$@"; do
    look "$suite"
done
# valgrind 3.19 knows no pidfd_open, by which gcsweep waits for workers and gnuplot: workers are looked at on their own,
# of the report only its suite.
gcsweep=$build/gcsweep
look "$build/gcsweep-worker" workload=chain scale=0.01 debug=1
look "$build/gcsweep-worker" workload=script:examples/a_weak_reference_calls_back.heap
look "$gcsweep" stress --seed 1 --mutations 20000
"$gcsweep" sweep --workload chain --scale 0.01 --rounds 6 --tuning 700,10,10 --tuning disabled --out "$out/sweep" \
    >"$out/said" 2>&1 || { cat "$out/said"; exit 1; }
look "$gcsweep" list workloads
look "$gcsweep" recommend "$out/sweep" --max-rss 1G
look "$gcsweep" compare "$out/sweep:700,10,10" "$out/sweep:disabled"
look "$gcsweep" export "$out/sweep" --format csv
exit "$failed"
