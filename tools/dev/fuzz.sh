#!/usr/bin/env bash
# Runs the fuzz targets for a while. Run it with --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
    cat <<'TEXT'
usage: tools/dev/fuzz.sh [--seconds N] [TARGET…]

Builds the preset `fuzz` and runs each target (default: all) for N seconds (default 60). What it
learns stays in build/fuzz/corpus; an input that fails is left there as crash-…, and the script
exits 1.

targets: those of tests/fuzz, by their file names, such as price_payload_fuzz
TEXT
}

seconds=60
targets=()
while (($# > 0)); do
    case $1 in
        --seconds) seconds=${2:?--seconds: how many?} && shift ;;
        -h | --help)
            usage
            exit 0
            ;;
        -*)
            usage >&2
            exit 2
            ;;
        *) targets+=("$1") ;;
    esac
    shift
done
if ((${#targets[@]} == 0)); then
    for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" .cpp)"); done
fi

export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
cmake --preset fuzz
cmake --build build/fuzz --parallel "${MARGIND_JOBS:-2}" --target "${targets[@]}"

failed=0
for target in "${targets[@]}"; do
    corpus="$PWD/build/fuzz/corpus/$target"
    mkdir -p "$corpus"
    printf 'fuzz: %s, %s s\n' "$target" "$seconds"
    # Books and scenarios are text: the project's own cases are the first inputs.
    "build/fuzz/bin/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
        -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix="$corpus/crash-" \
        "$corpus" tests/golden \
        2>"$corpus.log" || failed=1
    grep -E 'number_of_executed_units|new_units_added|ERROR|SUMMARY' "$corpus.log" || true
done
exit "$failed"
