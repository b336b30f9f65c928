#!/usr/bin/env python3
"""Times a scan of 1,000 small Hive-partitioned files: veneer against DuckDB, pyarrow and polars, from the local disk
and out of a bucket behind versitygw, in one run; for the bucket the requests are counted from the server's own log.

    compare.py build/veneer [--rounds 5] [--threads 2] [--concurrency 4] [--files 1000] [--rows 2000]
    compare.py build/veneer --data DIRECTORY      a Hive directory that is there, copied

Wants pyarrow, duckdb and polars (PyPI) for this interpreter, and versitygw on PATH or in the tests' cache; what is not
there is left out, aloud. All columns of all rows are decoded. Of the others the time inside a fresh process is taken,
without its start and imports; of veneer the time of the whole process (`veneer scan --format=none`). The peers take
turns; printed are medians, and what each needs of veneer's time.
"""
import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ID, SECRET = "AKIDVENEERBENCH", "a-secret-of-the-benchmark"

PEER = r"""
import json, os, sys, time
peer, place, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
remote = place.startswith("s3://")
endpoint = os.environ.get("AWS_ENDPOINT_URL_S3", "")
key, secret = os.environ.get("AWS_ACCESS_KEY_ID", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", "")
if peer == "pyarrow":
    import pyarrow as pa, pyarrow.dataset as ds
    pa.set_cpu_count(threads)
    if remote:
        import pyarrow.fs as fs
        source = fs.S3FileSystem(access_key=key, secret_key=secret, scheme="http", region="us-east-1",
                                 endpoint_override=endpoint.split("//")[1])
    begin = time.perf_counter()
    table = (ds.dataset(place[5:], filesystem=source, partitioning="hive") if remote
             else ds.dataset(place, partitioning="hive")).to_table()
    rows = table.num_rows
elif peer == "polars":
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl
    options = {"aws_access_key_id": key, "aws_secret_access_key": secret, "aws_endpoint_url": endpoint,
               "aws_region": "us-east-1", "aws_allow_http": "true"} if remote else None
    begin = time.perf_counter()
    rows = pl.scan_parquet(place + "/**/*.parquet", hive_partitioning=True, storage_options=options).collect().height
else:
    import duckdb
    con = duckdb.connect()
    con.execute(f"set threads={threads}")
    source = f"read_parquet('{place}/**/*.parquet', hive_partitioning=true)"
    names = [c[0] for c in con.execute(f"describe select * from {source}").fetchall()]
    begin = time.perf_counter()
    rows = con.execute("select count(*), " + ", ".join(f'max("{n}")' for n in names) + f" from {source}").fetchone()[0]
print(json.dumps({"rows": rows, "seconds": time.perf_counter() - begin}))
"""


def make_files(folder, files, rows):
    import pyarrow as pa  # pylint: disable=import-outside-toplevel
    import pyarrow.parquet as pq  # pylint: disable=import-outside-toplevel
    for i in range(files):
        directory = folder / f"year={2024 + i % 3}/month={1 + i % 12:02}"
        directory.mkdir(parents=True, exist_ok=True)
        first = i * rows
        table = pa.table({"id": pa.array(range(first, first + rows), pa.int64()),
                          "fare": pa.array([(7 * k % 1000) / 10 for k in range(rows)], pa.float64()),
                          "city": pa.array([("Oslo", "Lima", "Kyoto", "Accra")[k % 4] for k in range(rows)]),
                          "at": pa.array([1_700_000_000_000_000 + 1_000_003 * k for k in range(rows)], pa.timestamp("us", "UTC")),
                          "note": pa.array([f"ride {first + k}" for k in range(rows)])})
        pq.write_table(table, directory / f"part-{i:05}.snappy.parquet")


def copy_files(source, folder):
    """The numbers of files and of rows that are copied."""
    import pyarrow.parquet as pq  # pylint: disable=import-outside-toplevel
    shutil.copytree(source, folder)
    found = list(folder.rglob("*.parquet"))
    return len(found), sum(pq.read_metadata(f).num_rows for f in found)


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


class Server:
    """versitygw over `root`, each subfolder a bucket; None where it is not to be had."""

    def __init__(self, root, log):
        cache = Path(os.environ.get("VENEER_SERVER_CACHE") or
                     Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "veneer-tests")
        self.path = shutil.which("versitygw") or shutil.which("versitygw", path=str(cache / "bin"))
        self.log, self.process = log, None
        if not self.path:
            return
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.env = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1",
                    "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}", "AWS_EC2_METADATA_DISABLED": "true"}
        self.process = subprocess.Popen([self.path, "--port", f"127.0.0.1:{port}", "--keep-alive", "--quiet", "--access-log",
                                         str(log), "posix", str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "ROOT_ACCESS_KEY": ID, "ROOT_SECRET_KEY": SECRET})
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)

    def requests(self):
        return sum(1 for _ in open(self.log, "rb")) if os.path.exists(self.log) else 0


def run_once(peer, place, args, env):
    environment = {**os.environ, **env}
    if peer == "veneer":
        command = [args.veneer, "scan", "--format=none", f"--concurrency={args.concurrency}", place + "/"]
        begin = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return {"seconds": time.perf_counter() - begin, "rows": int(done.stderr.split()[1])}
    done = subprocess.run([sys.executable, "-c", PEER, peer, place, str(args.threads)], env=environment,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{peer}: {done.stderr[-500:]}")
    return json.loads(done.stdout)


def compare(title, place, peers, args, env, server=None):
    print(f"\n{title}: {args.files} files, {args.total} rows, {args.threads} threads, {args.rounds} rounds")
    times, requests = {p: [] for p in peers}, {}
    for round_number in range(args.rounds + 1):
        for peer in peers[round_number % len(peers):] + peers[:round_number % len(peers)]:
            before = server.requests() if server else 0
            result = run_once(peer, place, args, env)
            if result["rows"] != args.total:
                raise RuntimeError(f"{peer} gave {result['rows']} rows")
            if round_number > 0:  # the first one warms up
                times[peer].append(result["seconds"])
            if server:
                time.sleep(0.2)  # the log is written behind the answers
                requests[peer] = server.requests() - before
    base = statistics.median(times["veneer"])
    for peer in peers:
        median = statistics.median(times[peer])
        line = f"  {peer:8} {median * 1000:8.0f} ms   {median / base:5.2f} x veneer"
        print(line + (f"   {requests[peer]:6} requests" if server else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("veneer")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=0, help="veneer's; by default its own for disks, 16 for buckets")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    args.veneer = os.path.abspath(args.veneer)
    given = args.concurrency
    peers = ["veneer"]
    for module in ("duckdb", "pyarrow", "polars"):
        if has(module):
            peers.append(module)
        else:
            print(f"SKIPPED: {module} is not there")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        if args.data:
            args.files, args.total = copy_files(args.data, root / "bucket/data")
        else:
            make_files(root / "bucket/data", args.files, args.rows)
            args.total = args.files * args.rows
        args.concurrency = given or args.threads
        compare("local disk", str(root / "bucket/data"), peers, args, {})
        server = Server(root, root.parent / (root.name + ".log"))
        if server.process is None:
            print("SKIPPED: versitygw is not there")
            return
        try:
            # DuckDB reads buckets by an extension that it downloads: left out.
            args.concurrency = given or 16
            compare("versitygw", "s3://bucket/data", [p for p in peers if p != "duckdb"], args, server.env, server)
        finally:
            server.process.kill()
            server.process.wait()
            Path(server.log).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
