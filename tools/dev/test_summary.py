#!/usr/bin/env python3
"""Counts the tests of CTest's JUnit reports in one line, and names those skipped or failed.

usage: test_summary.py PRESET=REPORT…

Exits with 1 if a test failed, if a report is missing or if there is no test at all.
"""

import sys
import xml.etree.ElementTree as xml


def read(preset, path, counts):
    """Adds one report to `counts`: lists of test names by what became of the test."""
    for case in xml.parse(path).getroot().iter("testcase"):
        name = case.get("name")
        shown = name if preset == "dev" else f"{name} [{preset}]"
        status = case.get("status")
        skipped = case.find("skipped")
        # A test that could not be started also says "skipped" here, with another message.
        meant = skipped is not None and skipped.get("message", "").startswith("SKIP_")
        if status == "run":
            counts["passed"].append(shown)
        elif status == "disabled" or meant:
            counts["skipped"].append(shown)
        else:
            counts["failed"].append(shown)


def names(tests):
    return f" ({'; '.join(sorted(tests))})" if tests else ""


def main(arguments):
    if not arguments:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    counts = {"passed": [], "failed": [], "skipped": []}
    unread = []
    for argument in arguments:
        preset, _, path = argument.partition("=")
        try:
            read(preset, path, counts)
        except (OSError, xml.ParseError) as error:
            unread.append(f"{preset}: {error}")
    for reason in unread:
        print(f"test: no report of {reason}", file=sys.stderr)
    total = sum(len(tests) for tests in counts.values())
    print(f"tests: total {total}, passed {len(counts['passed'])}, failed {len(counts['failed'])}"
          f"{names(counts['failed'])}, skipped {len(counts['skipped'])}{names(counts['skipped'])}")
    return 1 if unread or counts["failed"] or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
