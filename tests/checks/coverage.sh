#!/bin/sh
# coverage.sh BUILD - the lines that ran in a coverage build, folder by folder.
#
# A source compiled in several flavours (model, real CPython, noted sites) is
# counted once: a line ran when it ran in any of them. Each file's share and
# the lines that never ran go to BUILD/coverage.txt, least covered first. Exit
# status 1 when core/ or harness/ is below what is asked of it.
set -eu
build=$1
find "$build" -name '*.gcno' ! -path "$build/tests/*" | sort | xargs gcov --stdout 2>/dev/null |
    awk -F: -v list="$build/coverage.new" '
        function share(name) { return sprintf("%5.1f %% of %5d lines  %s", 100 * ran[name] / lines[name], lines[name], name) }
        function add(name, is_hit) { if (!(name in lines)) named[++names] = name; lines[name]++; ran[name] += is_hit }
        function falls_short(name, percent) {
            if (100 * ran[name] >= percent * lines[name]) return 0
            print name " falls short of " percent " %"
            return 1
        }
        { gsub(/ /, "", $1); number = $2 + 0 }
        number == 0 { if ($3 == "Source") file = $4; next }
        file ~ /^(\/|tests\/)/ || $1 == "-" { next }
        !((file, number) in hit) { hit[file, number] = 0; place[++places] = file SUBSEP number }
        $1 !~ /^[#=]/ { hit[file, number] = 1 }
        END {
            for (i = 1; i <= places; i++) {
                split(place[i], at, SUBSEP)
                depth = split(at[1], part, "/")
                add(part[1] "/", hit[place[i]])
                if (depth > 2) add(part[1] "/" part[2] "/", hit[place[i]])
                add(at[1], hit[place[i]])
                if (!hit[place[i]]) never[at[1]] = never[at[1]] " " at[2]
            }
            for (i = 1; i <= names; i++)
                if (named[i] ~ /\/$/) print share(named[i]) | "sort -k6"
                else print share(named[i]) "  never:" never[named[i]] > list
            close("sort -k6")
            exit falls_short("core/", 90) + falls_short("harness/", 80) > 0
        }' && status=0 || status=$?
sort -n "$build/coverage.new" >"$build/coverage.txt" && rm "$build/coverage.new"
echo "file by file: $build/coverage.txt"
exit "$status"
