#!/usr/bin/env python3
"""Runs the example of sources over the example data and holds its sums to the data's README."""
import re
import subprocess
import sys
from pathlib import Path


def run(*args):
    return subprocess.run(args, capture_output=True, text=True, check=False)


def main():
    program, trips = sys.argv[1:]
    readme = (Path(trips).parent / "README.md").read_text(encoding="utf-8")
    total = re.search(r"Altogether (\d+) trips", readme).group(1)
    fares = re.search(r"add up to ([\d.]+\d)", readme).group(1)
    cities = dict(re.findall(r"(\S[^,.:]*) (\d+)[,.]", readme.split("Trips by city:")[1]))

    done = run(program, trips)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == f"{total} trips for {fares}, 0 rows dropped", lines[-1]
    counted = {line.split(None, 2)[2]: line.split()[0] for line in lines[:-1]}
    assert counted == cities, counted

    done = run(program, trips, "year = 2026 and month >= 5")
    assert done.returncode == 0 and "13400 trips for" in done.stdout, done.stdout + done.stderr
    done = run(program, trips, "year >")
    assert done.returncode == 1 and "to go on: veneer-prefix-1:" in done.stderr, done.stderr
    print(f"{len(counted)} cities, {total} trips")
    return 0


if __name__ == "__main__":
    sys.exit(main())
