#!/bin/sh
# deps.sh - installs the Debian packages that gcsweep builds, tests and runs with.
set -eu

packages="build-essential pkg-config git libcmocka-dev libjansson-dev libsqlite3-dev sqlite3 libzstd-dev zlib1g-dev libgsl-dev
gnuplot-nox graphviz fonts-dejavu-core python3-dev libjemalloc2 libtcmalloc-minimal4 hyperfine chromium jq patch"
# DEV=1: what fuzzing, static analysis and memory checks need besides, and the tools whose formats gcsweep exports.
[ -z "${DEV:-}" ] || packages="$packages clang libclang-rt-dev clang-tidy valgrind gcovr libbenchmark-tools python3-scipy
python3-prometheus-client golang-golang-x-tools"
# Debian renames this one with each major version: the first that exists is taken.
mimalloc="libmimalloc2.0 libmimalloc3 libmimalloc2"

if ! command -v apt-get >/dev/null 2>&1; then
    echo "make deps: this system has no apt-get; install these packages (Debian's names) by hand:" >&2
    echo $packages "${mimalloc%% *}" >&2
    exit 1
fi

missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
found=""
for package in $mimalloc; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' && found=yes
done
[ -n "$missing" ] || [ -z "$found" ] || exit 0

sudo=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "make deps: needs root or sudo to install:$missing" >&2; exit 1; }
    sudo="sudo"
fi
$sudo apt-get update -qq
if [ -z "$found" ]; then
    for package in $mimalloc; do
        if [ -n "$(apt-cache policy "$package" 2>/dev/null | sed -n 's/^ *Candidate: *\([^(].*\)/\1/p')" ]; then
            missing="$missing $package"
            break
        fi
    done
fi
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
