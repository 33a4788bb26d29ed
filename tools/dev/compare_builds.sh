#!/usr/bin/env bash
# The same replay by two build types must end in the same state. Run it with --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
    cat <<'TEXT'
usage: tools/dev/compare_builds.sh [--accounts N] [--seed N] [--beat-ms N] FEED…

Makes a book of N accounts (default 100,000), replays the feeds over it in process, twice by the
release build and once by a RelWithDebInfo build, and compares the state hashes and all events.
At the default beat of a second a day takes about ten minutes of one core for each replay, and the
whole a few hundred megabytes of temporary files.
Exits 1 where any two differ.

example:
  tools/dev/compare_builds.sh ../shared/data/ticks-oanda-2014-05-08.csv.gz
TEXT
}

accounts=100000
seed=20140508
beat_ms=1000
feeds=()
while (($# > 0)); do
    case $1 in
        --accounts) accounts=${2:?--accounts: how many?} && shift ;;
        --beat-ms) beat_ms=${2:?--beat-ms: how many?} && shift ;;
        --seed) seed=${2:?--seed: which?} && shift ;;
        -h | --help)
            usage
            exit 0
            ;;
        -*)
            usage >&2
            exit 2
            ;;
        *) feeds+=("$1") ;;
    esac
    shift
done
if ((${#feeds[@]} == 0)); then
    usage >&2
    exit 2
fi

jobs="${MARGIND_JOBS:-2}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { # FOLDER CMAKE-ARGUMENT…
    local folder=$1
    shift
    cmake -B "$folder" "$@" >"$work/configure.log" || { cat "$work/configure.log" >&2; exit 1; }
    cmake --build "$folder" --parallel "$jobs" --target margind-replay margind-load
}
build build/release --preset release
# By the preset's settings, so that only the build type differs.
build build/relwithdebinfo --preset release -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_RUNTIME_OUTPUT_DIRECTORY="$PWD/build/relwithdebinfo/bin" -DMARGIND_TESTS=OFF

build/release/bin/margind-load book --accounts "$accounts" --seed "$seed" --danger 0.02 \
    --prices EURUSD=1.3914,NZDUSD=0.8688,XAUUSD=1289 --out "$work/book.jsonl"

replay() { # NAME PROGRAM
    printf 'replay: %s\n' "$1"
    "$2" "${feeds[@]}" --book "$work/book.jsonl" --beat-ms "$beat_ms" --stats json \
        --events "$work/$1.events" \
        >"$work/$1.json"
    grep -o '"state_hash":"[0-9a-f]*"' "$work/$1.json" | tee "$work/$1.hash"
}
replay release-1 build/release/bin/margind-replay
replay release-2 build/release/bin/margind-replay
replay relwithdebinfo build/relwithdebinfo/bin/margind-replay
grep -o '"\(accounts\|ticks\|margin_calls\|stop_outs\|recomputed\|seconds\)":[0-9.]*' \
    "$work/release-1.json" | tr '\n' ' '
echo

for other in release-2 relwithdebinfo; do
    cmp "$work/release-1.hash" "$work/$other.hash"
    cmp "$work/release-1.events" "$work/$other.events"
done
echo 'the same state and the same events three times'
