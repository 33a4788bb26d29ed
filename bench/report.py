#!/usr/bin/env python3
"""Makes the table of bench/RESULTS.md from the lines that the benchmarks print.

usage: report.py RESULTS.json [--part speed|exactness] < lines > RESULTS.md
       report.py --help

Reads lines of JSON (bench/harness.hpp says what is in them) from standard input and puts them, with
the machine and the commit, in RESULTS.json as one of its parts: `speed` (the default) or
`exactness`. The other part stays as it was measured. Writes both as tables to standard output.
`--seed N` and `--server TEXT` are said above the table.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

PARTS = {
    "speed": "How fast: a figure counts as its ratio to a peer measured in the same run; a line "
             "without a target is printed for what it tells. `bench/run.sh`.",
    "exactness": "How exact: random accounts against arithmetic in wide integers. "
                 "`bench/run.sh --oracle`.",
}
FIELDS = {"name", "value", "unit", "ratio", "peer", "target", "note"}
ROOT = Path(__file__).resolve().parents[1]


def fail(text):
    sys.exit(f"report.py: {text}")


def output_of(*command):
    """The output of a command, or nothing where it cannot be had."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def read_results(lines):
    results = []
    for number, line in enumerate(lines, 1):
        try:
            result = json.loads(line)
        except json.JSONDecodeError as error:
            fail(f"line {number}: expected a line of JSON: {error}")
        if not isinstance(result, dict) or set(result) != FIELDS:
            fail(f"line {number}: expected exactly the fields {', '.join(sorted(FIELDS))}")
        results.append(result)
    if not results:
        fail("nothing was measured")
    return results


def first_match(path, pattern):
    found = re.search(pattern, Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def compiler():
    """The compiler that the preset `bench` was configured with."""
    found = sorted((ROOT / "build/bench/CMakeFiles").glob("*/CMakeCXXCompiler.cmake"))
    if not found:
        return "unknown"
    program = first_match(found[-1], r'^set\(CMAKE_CXX_COMPILER "(.*)"\)$')
    return output_of(program, "--version").split("\n")[0] or program


def describe(seed, server):
    commit = output_of("git", "rev-parse", "--short=12", "HEAD") or "unknown"
    # The files of the last run themselves do not count.
    changed = output_of("git", "status", "--porcelain", "--", ".",
                        ":!bench/RESULTS.md", ":!bench/results.json")
    memory_kib = int(first_match("/proc/meminfo", r"^MemTotal:\s+(\d+)"))
    about = {
        "commit": commit + (" with changes" if changed else ""),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": first_match("/proc/cpuinfo", r"^model name\s*:\s*(.*)$"),
        "cores": len(os.sched_getaffinity(0)),
        "memory": f"{memory_kib / 1024 / 1024:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "compiler": compiler(),
        "seed": seed,
    }
    return about | ({"server": server} if server else {})


def three_digits(number):
    """Three digits that count, thousands with separators: 1,230,000; 12.3; 0.0123."""
    if number == 0:
        return "0"
    rounded = float(f"{number:.3g}")
    if abs(rounded) >= 100:
        return f"{rounded:,.0f}"
    return f"{number:#.3g}".rstrip(".")


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def row(result):
    ratio = "" if result["ratio"] is None else f"{three_digits(result['ratio'])} ×"
    value = f"{three_digits(result['value'])} {result['unit']}"
    cells = [result["name"], value, ratio, result["peer"], result["target"], result["note"]]
    return "| " + " | ".join(cell(text) for text in cells) + " |"


def section(name, part):
    lines = ["", f"## {name.capitalize()}", "", PARTS[name], ""]
    lines += [f"- {key}: {value}" for key, value in part["about"].items()]
    lines += ["", "| what | value | ratio | peer | target | note |",
              "|---|---:|---:|---|---|---|"]
    return lines + [row(result) for result in part["results"]]


def markdown(parts):
    lines = ["# Results", "", "Written by `bench/run.sh`, each part at its own time."]
    for name in PARTS:
        if name in parts:
            lines += section(name, parts[name])
    return "\n".join(lines) + "\n"


def read_parts(path):
    """What was measured before; a file that is none of ours is not written over."""
    if not path.exists():
        return {}
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        fail(f"{path}: expected JSON: {error}")
    if not isinstance(parts, dict) or not set(parts) <= set(PARTS):
        fail(f"{path}: expected the parts {', '.join(PARTS)} and no others")
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("json", type=Path, metavar="RESULTS.json")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", default="")
    parser.add_argument("--part", choices=list(PARTS), default="speed")
    options = parser.parse_args()
    parts = read_parts(options.json)
    results = read_results(sys.stdin)
    parts[options.part] = {"about": describe(options.seed, options.server), "results": results}
    text = json.dumps(parts, indent=1, ensure_ascii=False)
    options.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(markdown(parts))


if __name__ == "__main__":
    main()
