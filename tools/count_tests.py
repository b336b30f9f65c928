#!/usr/bin/env python3
"""Prints "PASSED FAILED" for a `meson test` run: test cases where the program is doctest's, else programs.

    count_tests.py BUILD_DIRECTORY
"""
import json
import re
import sys
from pathlib import Path

CASES = re.compile(r"test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed")


def main():
    passed = failed = 0
    log = Path(sys.argv[1]) / "meson-logs" / "testlog.json"
    for line in log.read_text(encoding="utf-8").splitlines():
        test = json.loads(line)
        cases = CASES.search(re.sub(r"\x1b\[[0-9;]*m", "", test.get("stdout", "")))
        if test["result"] == "SKIP":
            continue
        good = test["result"] in ("OK", "EXPECTEDFAIL")
        if cases:
            passed += int(cases.group(2))
            # A program can fail after its last case, under a sanitizer say.
            failed += max(int(cases.group(3)), 0 if good else 1)
        elif good:
            passed += 1
        else:
            failed += 1
    print(passed, failed)


if __name__ == "__main__":
    main()
