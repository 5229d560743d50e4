#!/bin/sh
# run.sh SUITE... - runs each test suite in a process of its own with a time
# limit, so that a crash or a hang costs one suite, and adds up what they say.
set -u
passed=0 failed=0 skipped=0 broken=""
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for suite in "$@"; do
    timeout -k 5 "${GCSWEEP_SUITE_SECONDS:-300}" "$suite" >"$log" 2>&1
    status=$?
    ok=$(grep -c '^\[ *OK *\]' "$log")
    bad=$(grep -c '^\[ *\(FAILED\|ERROR\) *\] [a-z]' "$log")
    skip=$(grep -c '^\[ *SKIPPED *\] [a-z]' "$log")
    # cmocka names the failed and skipped tests once more in its closing list.
    bad=$(((bad + 1) / 2)) skip=$(((skip + 1) / 2))
    [ "$status" -eq 124 ] && echo "$suite: stopped after ${GCSWEEP_SUITE_SECONDS:-300} s" >>"$log"
    if [ "$status" -ne 0 ]; then
        [ "$bad" -gt 0 ] || bad=1
        broken="$broken $suite"
        cat "$log"
        echo "$suite: exit status $status"
    else
        echo "$suite: $ok passed$([ "$skip" -gt 0 ] && echo ", $skip skipped")"
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
done
[ -z "$broken" ] || echo "failed suites:$broken"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
