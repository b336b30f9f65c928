#!/usr/bin/env python3
"""Runs the example of rows in structs on a file that fits its struct, and on one that does not."""
import subprocess
import sys
from pathlib import Path


def main():
    program, data = sys.argv[1], Path(sys.argv[2])

    def run(name):
        return subprocess.run([program, data / name], capture_output=True, text=True, check=False)

    done = run("pyarrow_rides.parquet")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "7 Ada 12.50 airport night 0\n8 Bob 0.00 1000000\n", done.stdout

    # All that does not fit is listed at once.
    done = run("pyarrow_sorting.parquet")
    assert done.returncode == 1 and done.stdout == "", done.stdout
    for name in ("fare", "driver", "tags", "at"):
        assert f"{name}: the file has no such field" in done.stderr, done.stderr
    assert "id:" in done.stderr, done.stderr
    print("2 rides")
    return 0


if __name__ == "__main__":
    sys.exit(main())
