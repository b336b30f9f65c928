#!/usr/bin/env python3
"""The other readers of bench/compare and bench/where, each in a process of its own.

    peers.py pyarrow|polars|duckdb FILE THREADS [COLUMNS COLUMN BOUND]

reads all of FILE, or COLUMNS of the rows where COLUMN <= BOUND, twice, and prints a line of JSON each time: rows, where
the reader tells them, and seconds. bench/parquet_rs is a program that does the same, built where cargo is.
"""
import json
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def pyarrow_reader(path, threads, where):
    import pyarrow
    import pyarrow.parquet

    if where:
        sys.exit("pyarrow reads whole files here")
    pyarrow.set_cpu_count(threads)
    return lambda: sum(batch.num_rows for batch in
                       pyarrow.parquet.ParquetFile(path).iter_batches(65536, use_threads=threads > 1))


def polars_reader(path, threads, where):
    import os
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars

    if not where:
        return lambda: polars.read_parquet(path).height
    columns, column, bound = where
    kind = polars.scan_parquet(path).collect_schema()[column]
    limit = polars.lit(bound).str.strptime(kind) if kind.is_temporal() else polars.lit(bound).cast(kind)
    kept = polars.select(limit).item()  # a value and no expression, so that it prunes
    return lambda: polars.scan_parquet(path).filter(polars.col(column) <= kept).select(columns.split(",")).collect().height


def duckdb_reader(path, threads, where):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"set threads = {threads}")
    for setting in ["preserve_insertion_order", "enable_progress_bar", "enable_external_file_cache"]:
        try:
            connection.execute(f"set {setting} = false")
        except duckdb.Error:
            pass  # an older version
    # All of it is made, and thrown away; an aggregate would be answered from statistics.
    select = f"select * from read_parquet('{path}')"
    if where:
        select = "select {} from read_parquet('{}') where {} <= '{}'".format(where[0], path, *where[1:])
    return lambda: connection.execute("explain analyze " + select).fetchall() and None


READERS = {"pyarrow": pyarrow_reader, "duckdb": duckdb_reader, "polars": polars_reader}


def parquet_rs(folder):
    """The program, built into a folder where it is not there yet; None where that cannot be."""
    program = folder / "release" / "read_parquet_rs"
    source = HERE / "parquet_rs"
    if program.exists() and program.stat().st_mtime > (source / "src" / "main.rs").stat().st_mtime:
        return program
    if not shutil.which("cargo"):
        print("left out: parquet-rs, as there is no cargo", file=sys.stderr)
        return None
    print("building parquet-rs by cargo: minutes, but once", file=sys.stderr, flush=True)
    built = subprocess.run(["cargo", "build", "--quiet", "--release", "--manifest-path", source / "Cargo.toml",
                            "--target-dir", folder])
    if built.returncode != 0:
        print("left out: parquet-rs, which could not be built", file=sys.stderr)
        return None
    return program


def find_peers(names, bench_read, programs, cargo, place):
    """Name -> command, with places in braces for what `run` fills in. What is not there is left out, aloud."""
    peers = {}
    for name in names:
        if subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0:
            peers[name] = [sys.executable, str(HERE / "peers.py"), name, *place]
        else:
            print(f"left out: {name} is not installed for {sys.executable}", file=sys.stderr)
    program = parquet_rs(Path(bench_read).resolve().parent / "parquet_rs") if cargo else None
    if program:
        peers["parquet-rs"] = [str(program), *place]
    for given in programs:
        name, command = given.split("=", 1)
        peers[name] = shlex.split(command)
    return peers


def add_options(parser):
    parser.add_argument("bench_read", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--program", action="append", default=[], metavar='NAME="COMMAND"')
    parser.add_argument("--no-cargo", dest="cargo", action="store_false", help="leave out parquet-rs")


def run(command, places):
    """The last line of JSON that a command prints, its {places} filled in."""
    filled = [part.format(**places) for part in command]
    done = subprocess.run(filled, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{' '.join(filled)}: {done.stderr.strip()[-300:]}")
    return lines[-1]


def main():
    name, path, threads, *where = sys.argv[1:]
    read = READERS[name](path, int(threads), where)
    for _ in range(2):
        begin = time.perf_counter()
        rows = read()
        print(json.dumps({"rows": rows, "seconds": time.perf_counter() - begin}))


if __name__ == "__main__":
    main()
