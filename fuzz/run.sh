#!/bin/sh
# run.sh BUILD SECONDS - runs every fuzz target for SECONDS, one after the other.
#
# What the targets learn stays in BUILD/corpus for the next time. An input that
# fails is kept as fuzz/findings/TARGET-...: the exit status is 1, and
# BUILD/fuzz-TARGET fuzz/findings/FILE shows it again. A finding that is mended
# belongs into fuzz/corpus/TARGET, which tests/test_fuzz.c replays.
set -u
build=$1 seconds=$2 failed=0 table=""
case $seconds in
'' | *[!0-9]* | 0*)
    echo "fuzz: SECONDS is a whole number from 1 up, not '$seconds'" >&2
    exit 2
    ;;
esac
mkdir -p fuzz/findings

# Of libFuzzer's log: the number behind the last "WORD ".
last_number() {
    sed -n "s/.*$1 *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1
}

line() {
    printf '%-12s %12s %10s %10s\n' "$@"
}

while IFS=' ' read -r target most_bytes; do
    grown=$build/corpus/$target log=$build/fuzz-$target.log
    dictionary=fuzz/dictionaries/$target.dict
    mkdir -p "$grown"
    echo "fuzz: $target for $seconds s"
    "$build/fuzz-$target" -max_total_time="$seconds" -max_len="$most_bytes" -timeout=10 -rss_limit_mb=2048 \
        $([ -f "$dictionary" ] && echo "-dict=$dictionary") -artifact_prefix="fuzz/findings/$target-" \
        -print_final_stats=1 "$grown" "fuzz/corpus/$target" >"$log" 2>&1 </dev/null
    status=$?
    found=0
    if [ "$status" -ne 0 ]; then
        found=1 failed=1
        grep -a -E '^(expected|.*SUMMARY|.*runtime error|artifact_prefix)' "$log" | cut -c 1-300
    fi
    executed=$(last_number stat::number_of_executed_units: "$log")
    [ -n "$executed" ] || executed=$(last_number '^#' "$log")
    table="$table$(line "$target" "${executed:-0}" "$(last_number cov: "$log")" "$found")
"
done <<EOF
$(sed -n 's/^FUZZ_TARGET(\([a-z]*\), *\([0-9]*\)).*/\1 \2/p' fuzz/targets.def)
EOF
line target executions coverage findings
printf '%s' "$table"
exit "$failed"
