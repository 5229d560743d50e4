#!/bin/sh
# bugs.sh [NAME...] - does `gcsweep stress` find bugs? Each patch of
# tests/data/bugs puts one line's worth of a bug into core. It is applied to a
# copy of the file, that file alone is compiled, and the program linked with it
# must fail within 60 seconds. A patch that no longer applies is a failure, too.
#
# Prints a table: bug, seconds until it was found, deeds it was shrunk to, what
# the saved heap script shows of it, what stress said. The script is run on the
# sound model, which must take it, and on the patched one; "-": that prints the
# same. GCSWEEP_BUILD names the build to start from.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${GCSWEEP_BUILD:-$PWD/build}
libraries="$(pkg-config --libs $(sed -n 's/^PACKAGES := //p' Makefile)) -lm"
[ -f "$build/libgcsweep.a" ] || { echo "bugs.sh: $build/libgcsweep.a is not there; build it with make" >&2; exit 2; }
room=$(mktemp -d) || exit 2
trap 'rm -rf "$room"' EXIT
missed=0
shown=0

# Leaves $room/gcsweep, and the worker that runs its scripts.
build_with() {
    file=$(sed -n 's|^+++ b/||p' "$1")
    mkdir -p "$room/$(dirname "$file")"
    patch -s -p1 -F0 -o "$room/$file" <"$1" >"$room/log" 2>&1 || return 1
    compile=$(cat "$build/flags")
    $compile -w -MF /dev/null -c -o "$room/patched.o" "$room/$file" >"$room/log" 2>&1 &&
        link gcsweep cli && link gcsweep-worker worker
}

link() {
    $compile -o "$room/$1" "$build/harness/$2/main.o" "$room/patched.o" "$build/libgcsweep.a" $libraries \
        -MF /dev/null >"$room/log" 2>&1
}

# Sets $shows; fails where the script is wrong.
run_script() {
    set -- "$room"/saved/*.heap
    "$build/gcsweep" script "$1" >"$room/sound" 2>"$room/log" || return 1
    "$room/gcsweep" script --timeout 10s "$1" >"$room/broken" 2>"$room/complaint"
    shows=-
    cmp -s "$room/sound" "$room/broken" || shows=differs
    [ -s "$room/complaint" ] && shows=fails
    [ "$shows" = - ] || shown=$((shown + 1))
}

try_bug() {
    name=$(basename "$1" .patch)
    if ! build_with "$1"; then
        printf '%-32s does not apply, or does not compile\n' "$name"
        sed 's/^/    /' "$room/log"
        missed=$((missed + 1))
        return
    fi
    start=$(date +%s%N)
    # What a bug makes of memory depends on addresses, which differ from process to process: a session that failed may
    # not fail again alone, and then nothing is saved.
    for seed in 1 2 3; do
        rm -rf "$room/saved"
        "$room/gcsweep" stress --seed $seed --seconds 60 --save "$room/saved" >"$room/out" 2>"$room/err"
        status=$?
        [ "$status" -ne 1 ] || ! ls "$room"/saved/*.heap >"$room/log" 2>&1 || break
    done
    # Shrinking comes after the finding and has its own time.
    found=$(sed -n 's/^gcsweep stress: found after \([0-9.]*\) s$/\1/p' "$room/err")
    said=$(sed -n 's/^gcsweep stress: seed [0-9]*[^:]*: //p' "$room/err" | head -1)
    deeds=$(sed -n 's/^gcsweep stress: shrunk to \([0-9]*\) deeds.*/\1/p' "$room/err")
    if [ "$status" -ne 1 ]; then
        printf '%-32s NOT FOUND (exit status %s after %s ms)\n' "$name" "$status" $((($(date +%s%N) - start) / 1000000))
        missed=$((missed + 1))
        return
    fi
    if ! run_script; then
        printf '%-32s the heap script that was saved does not run\n' "$name"
        sed 's/^/    /' "$room/log"
        missed=$((missed + 1))
        return
    fi
    printf '%-32s %8s %8s %8s  %s\n' "$name" "$found" "${deeds:--}" "$shows" "$said"
}

printf '%-32s %8s %8s %8s  %s\n' bug seconds deeds script 'what stress said'
if [ $# -eq 0 ]; then
    set -- tests/data/bugs/*.patch
else
    for name in "$@"; do set -- "$@" "tests/data/bugs/$name.patch"; shift; done
fi
bugs=$#
for patch in "$@"; do try_bug "$patch"; done
echo "$((bugs - missed)) of $bugs bugs found, $shown of them shown by the heap script alone"
[ "$missed" -eq 0 ]
