#!/bin/bash
# run.sh SUITE... - runs each test suite in a process of its own with a time
# limit, so that a crash or a hang costs one suite, adds up what they say, and
# names the slowest.
#
# GCSWEEP_SUITE_SECONDS  the limit (600)
# GCSWEEP_FIGURES=1      also shows the figures that a suite prints
# GCSWEEP_JOBS           how many suites run at a time (one for two CPUs, or two)
set -u
export LC_ALL=C.UTF-8
unset LANGUAGE
limit=${GCSWEEP_SUITE_SECONDS:-600}

# How many tests the log marks so: cmocka names most of them once more in its closing list.
tests_marked() {
    sed -n "s/^\[ *\($1\) *\] \([a-z].*\)/\2/p" "$log" | sort -u | wc -l
}

# gcsweep runs workers on the last CPU it may use: where there are enough, each suite has two of its own.
own_cpus=()
pair=$((2 * ${SLOT:-0})),$((2 * ${SLOT:-0} + 1))
if [ "$(nproc)" -ge 4 ] && taskset -c "$pair" true 2>/dev/null; then own_cpus=(taskset -c "$pair"); fi

# Runs one suite; says how it went in one piece, and notes it in the folder `notes`.
run_suite() {
    local suite=$1 log notes=$2 status begin ok bad skip
    log=$(mktemp "$notes/log.XXXXXX")
    begin=$(date +%s%N)
    timeout -k 5 "$limit" env --default-signal=PIPE "${own_cpus[@]}" "$suite" >"$log" 2>&1 </dev/null
    status=$?
    ok=$(grep -c '^\[ *OK *\]' "$log")
    bad=$(tests_marked 'FAILED\|ERROR') skip=$(tests_marked SKIPPED)
    [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    exec 9>"$notes/lock"
    flock 9
    if [ "$status" -eq 0 ]; then
        echo "$suite: $ok passed$([ "$skip" -gt 0 ] && echo ", $skip skipped")"
        [ -z "${GCSWEEP_FIGURES:-}" ] || grep -av '^\[\|^gcsweep\|TEST(S)$\|^ *$' "$log" | sed 's/^/    /'
    else
        cat "$log"
        [ "$status" -eq 124 ] && echo "$suite: stopped after $limit s"
        echo "$suite: exit status $status"
    fi
    echo "$((($(date +%s%N) - begin) / 1000000)) $status $ok $bad $skip $suite" >>"$notes/done"
}

if [ "${1-}" = --one ]; then
    run_suite "$3" "$2"
    exit 0
fi

cpus=$(nproc)
jobs=$((cpus >= 4 ? cpus / 2 : cpus))
notes=$(mktemp -d)
trap 'rm -rf "$notes"' EXIT
: >"$notes/done"
[ $# -eq 0 ] || printf '%s\0' "$@" | xargs -0 -n 1 --process-slot-var=SLOT -P "${GCSWEEP_JOBS:-$jobs}" "$0" --one "$notes"

echo "slowest: $(sort -rn "$notes/done" | head -10 | while read -r ms _ _ _ _ suite; do
    printf '%s %d.%d s; ' "${suite##*/}" $((ms / 1000)) $((ms / 100 % 10)); done)"
awk -v suites=$# '
    $2 != 0 { broken = broken " " $6 }
    { passed += $3; failed += $4; skipped += $5 }
    END {
        if (broken != "") print "failed suites:" broken
        printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
        exit !(NR == suites && failed == 0 && broken == "" && passed > 0)
    }' "$notes/done"
