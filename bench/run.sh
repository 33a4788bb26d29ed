#!/usr/bin/env bash
# Builds and runs the benchmarks and keeps what they say. Run it with --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
usage: bench/run.sh [--seed N] [--quick | --oracle] [--help]

Builds the preset `bench`, runs bench_core and bench_redis (which starts a redis-server of its own
on a free loopback port), and writes bench/results.json and bench/RESULTS.md. Takes some minutes;
the machine should do nothing else meanwhile.

  --seed N   of everything that is made up (default 1)
  --quick    small sizes, to see that everything works: prints the lines, writes no file
  --oracle   bench_oracle instead of the others: 100,000,000 made-up accounts against exact
             arithmetic, on one core in about an hour; writes its part of the same files, and
             fails, writing nothing, where one is more than one minor unit off
  --help     this text

environment:
  MARGIND_JOBS   compilers at a time (default 2)
TEXT
}

say() { printf 'bench: %s\n' "$*" >&2; }
refuse() {
    say "$*"
    usage >&2
    exit 2
}

seed=1
quick=()
is_oracle=false
while (($# > 0)); do
    case $1 in
        --seed)
            (($# > 1)) || refuse "--seed: expected a number after it"
            [[ $2 =~ ^[0-9]{1,18}$ ]] || refuse "--seed: expected a whole number, found '$2'"
            seed=$2
            shift
            ;;
        --quick) quick=(--quick) ;;
        --oracle) is_oracle=true ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) refuse "unknown argument '$1'" ;;
    esac
    shift
done

if [[ $is_oracle == true ]] && ((${#quick[@]} > 0)); then
    refuse "--quick and --oracle: expected one of them"
fi

for program in cmake python3 redis-server; do
    command -v "$program" >/dev/null || {
        say "$program is not installed; tools/setup.sh installs what is needed"
        exit 1
    }
done

say "building the preset bench"
# Every checkout of the same sources shares the compiler cache.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
cmake --preset bench >&2
programs=(bench_core bench_redis)
part=speed
if [[ $is_oracle == true ]]; then
    programs=(bench_oracle)
    part=exactness
fi
cmake --build build/bench --parallel "${MARGIND_JOBS:-2}" --target "${programs[@]}" margind >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for program in "${programs[@]}"; do
    say "running $program"
    "build/bench/bin/$program" --seed "$seed" "${quick[@]}" | tee -a "$work/lines" || {
        say "$program failed; nothing was written"
        exit 1
    }
done

if ((${#quick[@]} > 0)); then
    say "quick: nothing was written"
    exit 0
fi
about=(--seed "$seed" --part "$part")
if [[ $part == speed ]]; then
    about+=(--server "$(redis-server --version | sed -E 's/^(.*) server v=([^ ]+).*/\1 \2/')")
fi
[[ ! -e bench/results.json ]] || cp bench/results.json "$work/results.json"
python3 -B bench/report.py "$work/results.json" "${about[@]}" <"$work/lines" >"$work/RESULTS.md"
mv "$work/results.json" bench/results.json
mv "$work/RESULTS.md" bench/RESULTS.md
say "bench/RESULTS.md and bench/results.json are written"
