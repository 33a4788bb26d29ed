#!/usr/bin/env bash
# Sets up, builds and runs all tests. Run it with --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
usage: tools/test.sh [--quick] [--long] [--help]

Installs what is missing (tools/setup.sh), builds the preset `dev` (ASan and UBSan) and runs its
tests, then builds the preset `release` and runs the tests labelled `release` there. Ends with one
line that counts the tests; exits 1 if any failed.

  --quick   leave the release build out
  --long    run the tests labelled `long` in the release build, too: an hour and more
  --help    this text

environment:
  MARGIND_JOBS        compilers and tests at a time (default 2)
  MARGIND_TEST_DATA   folder of recorded market data (default ../shared/data where it exists)
  and those of tools/setup.sh
TEXT
}

say() { printf 'test: %s\n' "$*"; }

quick=0
long=0
while (($# > 0)); do
    case $1 in
        --quick) quick=1 ;;
        --long) long=1 ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
    shift
done

jobs="${MARGIND_JOBS:-2}"
reports=()
failed=0

# build PRESET [CMAKE-ARGUMENT…]
build() {
    local preset=$1
    shift
    say "building the preset $preset"
    # Every checkout of the same sources shares the compiler cache.
    export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
    cmake --preset "$preset" -D MARGIND_WERROR=ON "$@"
    cmake --build "build/$preset" --parallel "$jobs"
}

# run_tests PRESET [CTEST-ARGUMENT…]; a failure is remembered and told at the end.
run_tests() {
    local preset=$1 report="$PWD/build/$1/test-report.xml"
    shift
    say "running the tests of the preset $preset"
    rm -f "$report"
    ctest --test-dir "build/$preset" --parallel "$jobs" --output-on-failure \
        --output-junit "$report" "$@" || failed=1
    reports+=("$preset=$report")
}

tools/setup.sh

if [[ -z ${MARGIND_TEST_DATA:-} && -d ../shared/data ]]; then
    MARGIND_TEST_DATA=$(cd ../shared/data && pwd)
fi
if [[ -n ${MARGIND_TEST_DATA:-} ]]; then
    export MARGIND_TEST_DATA
    say "recorded data: $MARGIND_TEST_DATA"
else
    say "MARGIND_TEST_DATA is not set: the tests on recorded data SKIP"
fi

# A sanitizer's report names its lines only where it finds this program.
symbolizer=$(command -v llvm-symbolizer-19 || true)
if [[ -n $symbolizer ]]; then
    export ASAN_SYMBOLIZER_PATH="${ASAN_SYMBOLIZER_PATH:-$symbolizer}"
    export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1:external_symbolizer_path=$symbolizer}"
fi

build dev
run_tests dev --label-exclude '^long$'
if ((!quick || long)); then
    build release -D MARGIND_BENCH=ON # so that the benchmarks keep compiling
    labels='^release$'
    if ((long)); then labels='^(release|long)$'; fi
    run_tests release --label-regex "$labels" --no-tests=ignore
fi
python3 -B tools/dev/test_summary.py "${reports[@]}" || failed=1
exit "$failed"
