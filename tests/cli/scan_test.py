"""Runs veneer ls and veneer scan on directories, on a small S3 server of its own and on HTTP: what they print, what
they ask for, and that interrupted exports go on without losing or repeating a row.

    scan_test.py VENEER [TEST...]

Standard library only. The last line is 'N passed, N failed'.
"""

import collections
import csv
import functools
import io
import json
import os
import random
import resource
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import command
from command import DATA, TRIPS, VENEER, main
from s3_server import S3Server

MAY = "year=2026 and month = 5"
MAY_ROWS, ALL_ROWS = 13400, 63400


run = functools.partial(command.run, check=0)


def rows(*args, **kwargs):
    return [json.loads(line) for line in run("scan", "--quiet", *args, **kwargs).stdout.decode().splitlines()]


def is_sanitized():
    return b"__asan_init" in Path(VENEER).read_bytes()


def varint(n):
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)


def thrift(**fields):
    """A struct of the compact protocol: f3=5 is field 3; integers, text, lists, and structs as bytes; bytes that are
    not a struct are a bytearray."""
    def kind(value):
        if isinstance(value, bool):
            return 1
        return (5 if isinstance(value, int) else 8 if isinstance(value, (str, bytearray)) else
                9 if isinstance(value, list) else 12)

    def body(value):
        if isinstance(value, bool):
            return b"\1" if value else b"\2"
        if isinstance(value, bytearray):
            return varint(len(value)) + bytes(value)
        if isinstance(value, int):
            return varint(value << 1)
        if isinstance(value, str):
            return varint(len(value)) + value.encode()
        if isinstance(value, list):
            return bytes([0xF0 | kind(value[0])]) + varint(len(value)) + b"".join(map(body, value))
        return value

    out, last = b"", 0
    for name, value in fields.items():
        number = int(name[1:])
        wide = 6 if isinstance(value, int) and name[0] == "l" else kind(value)
        out += bytes([(number - last) << 4 | wide]) + body(value)
        last = number
    return out + b"\0"


def write_wide_groups(path, groups, rows):
    """Row groups of two INT64 columns a and b, uncompressed: far enough apart that no two chunks of a coalesce."""
    body = b"\0\1\2\3\4\5\6\7" * rows
    size = 0
    row_groups = []
    with open(path, "wb") as out:
        size += out.write(b"PAR1")
        for _ in range(groups):
            chunks = []
            for name in "ab":
                header = thrift(f1=0, f2=len(body), f3=len(body), f5=thrift(f1=rows, f2=0, f3=3, f4=3))
                chunks.append(thrift(l2=size, f3=thrift(f1=2, f2=[0], f3=[name], f4=0, l5=rows, l6=len(header) + len(body),
                                                        l7=len(header) + len(body), l9=size)))
                size += out.write(header) + out.write(body)
            row_groups.append(thrift(f1=chunks, l2=2 * len(body), l3=rows))
        leaves = [thrift(f1=2, f3=0, f4=name) for name in "ab"]
        footer = thrift(f1=1, f2=[thrift(f4="schema", f5=2), *leaves], l3=groups * rows, f4=row_groups)
        out.write(footer + len(footer).to_bytes(4, "little") + b"PAR1")


def write_rows(path, columns):
    """One row group of required INT64 columns: name -> values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_indexed(path, columns, 1, len(next(iter(columns.values()))))


def write_indexed(path, columns, groups, page_rows):
    """Required INT64 columns in row groups of so many pages as there are, with a page index and no statistics."""
    rows = len(next(iter(columns.values())))
    group_rows = rows // groups
    out = bytearray(b"PAR1")
    pages = {}
    for group in range(groups):
        for name, values in columns.items():
            for first in range(0, group_rows, page_rows):
                part = values[group * group_rows + first:][:min(page_rows, group_rows - first)]
                body = struct.pack("<%dq" % len(part), *part)
                header = thrift(f1=0, f2=len(body), f3=len(body), f5=thrift(f1=len(part), f2=0, f3=3, f4=3))
                pages.setdefault((group, name), []).append((len(out), len(header) + len(body), first, part))
                out += header + body
    indexes = {}
    for chunk, found in pages.items():
        bounds = [[bytearray(struct.pack("<q", pick(part))) for _, _, _, part in found] for pick in (min, max)]
        column = thrift(f1=[False] * len(found), f2=bounds[0], f3=bounds[1], f4=0)
        indexes[chunk] = [len(out), len(column)]
        out += column
    for chunk, found in pages.items():
        offset = thrift(f1=[thrift(l1=at, f2=size, l3=first) for at, size, first, _ in found])
        indexes[chunk] += [len(out), len(offset)]
        out += offset
    row_groups = []
    for group in range(groups):
        chunks = []
        for name in columns:
            found = pages[group, name]
            size = sum(one[1] for one in found)
            meta = thrift(f1=2, f2=[0], f3=[name], f4=0, l5=group_rows, l6=size, l7=size, l9=found[0][0])
            column_at, column_size, offset_at, offset_size = indexes[group, name]
            chunks.append(thrift(l2=0, f3=meta, l4=offset_at, f5=offset_size, l6=column_at, f7=column_size))
        row_groups.append(thrift(f1=chunks, l2=0, l3=group_rows))
    leaves = [thrift(f1=2, f3=0, f4=name) for name in columns]
    orders = [thrift(f1=thrift()) for _ in columns]
    footer = thrift(f1=1, f2=[thrift(f4="schema", f5=len(leaves)), *leaves], l3=rows, f4=row_groups, f7=orders)
    path.write_bytes(bytes(out) + footer + len(footer).to_bytes(4, "little") + b"PAR1")


class WithFolder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def place(self, key, fixture="pyarrow_sorting.parquet"):
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA / fixture, path)
        return path


class Listing(WithFolder):
    def test_keys_sizes_partitions_and_totals(self):
        listed = [json.loads(line) for line in run("ls", "--format=json", TRIPS).stdout.splitlines()]
        files = sorted(TRIPS.rglob("*.parquet"))
        self.assertEqual([entry["key"] for entry in listed], [str(f.relative_to(TRIPS)) for f in files])
        self.assertEqual([entry["size"] for entry in listed], [f.stat().st_size for f in files])
        self.assertEqual(listed[0]["partition"], {"year": "2025", "month": "12"})
        self.assertRegex(run("ls", TRIPS).stdout.decode(), r"\n10 objects, 1\.8 MB, 6 partitions; 1 other not shown")

    def test_keys_without_partition_and_a_wrong_filter(self):
        self.place("a.parquet")
        self.assertIsNone(json.loads(run("ls", "--format=json", self.folder).stdout)["partition"])
        self.assertRegex(run("ls", self.folder).stdout.decode(), r"\na\.parquet +\d+  -\n")
        bad = run("ls", "--where=nope = 1", TRIPS, check=2)
        self.assertEqual(bad.stdout, b"")
        self.assertEqual(run("ls", "--where=year = 1", TRIPS).stdout.splitlines()[0][:9], b"0 objects")
        self.assertIn(b"names nope, which is no partition", bad.stderr)

    def test_all_tells_what_would_be_left_out(self):
        (self.folder / "k=1").mkdir()
        for name in ("_SUCCESS", "k=1/empty.parquet", "k=1/.hidden.parquet", "_part.parquet"):
            (self.folder / name).touch()
        self.place("k=1/good.parquet")
        self.place("k=2/good.parquet")
        fates = {entry["key"]: entry["fate"] for entry in map(json.loads, run(
            "ls", "--all", "--where=k != 2", "--format=json", self.folder).stdout.splitlines())}
        self.assertEqual(fates.get("k=1/good.parquet"), "matched")
        self.assertEqual(fates.get("k=1/empty.parquet"), "empty")
        self.assertEqual(fates.get("k=1/.hidden.parquet"), "skipped")
        self.assertEqual(fates.get("_SUCCESS"), "skipped")
        self.assertNotEqual(fates.get("k=2/good.parquet", "pruned"), "matched")

    def test_errors(self):
        self.assertIn(b"not_found", run("ls", "/nowhere/at/all", check=1).stderr)
        self.assertIn(b"yaer", run("ls", "--where=yaer = 1", TRIPS, check=2).stderr)
        self.assertIn(b"veneer: ls: ", run("ls", "--where=year = ", TRIPS, check=2).stderr)


class Scanning(WithFolder):
    def test_rows_with_typed_partitions(self):
        found = rows("--ordered", TRIPS)
        self.assertEqual(len(found), ALL_ROWS)
        self.assertEqual((found[0]["year"], found[0]["month"]), (2025, 12))
        ids = [row["id"] for row in found]
        self.assertEqual(ids, sorted(ids))
        self.assertEqual(sorted(row["id"] for row in rows(TRIPS)), ids)

    def test_a_file_a_glob_and_several_files(self):
        files = sorted(TRIPS.rglob("*.parquet"))[:2]
        counts = [int(run("count", f).stdout) for f in files]
        self.assertEqual(len(rows(files[0])), counts[0])
        self.assertEqual(len(rows(*files)), sum(counts))
        self.assertEqual(len(rows(str(TRIPS) + "/year=2026/month=05/*.parquet")), MAY_ROWS)

    def test_where_columns_limit_and_keys(self):
        found = rows("--where", MAY, "--columns=month,id", TRIPS)
        self.assertEqual(len(found), MAY_ROWS)
        self.assertEqual(list(found[0]), ["month", "id"])
        self.assertEqual(len(rows("--limit=7", TRIPS)), 7)
        self.assertEqual(len(rows("--limit=0", TRIPS)), 0)
        self.assertEqual(len(rows("--keys=*.snappy.parquet", TRIPS)), MAY_ROWS)
        found = rows("--partition-types=month=string", "--limit=1", "--ordered", "--where=month='01'", TRIPS)
        self.assertEqual(found[0]["month"], "01")

    def test_csv_has_one_header(self):
        text = run("scan", "--format=csv", "--columns=id,city,year", "--ordered", TRIPS).stdout.decode()
        table = list(csv.reader(io.StringIO(text, newline="")))
        self.assertEqual(table[0], ["id", "city", "year"])
        self.assertEqual(len(table), ALL_ROWS + 1)

    def test_parts_make_the_whole(self):
        whole = collections.Counter(row["id"] for row in rows("--columns=id", TRIPS))
        with S3Server(TRIPS.parent) as server:
            for location in (TRIPS, "s3://bucket/trips/"):
                parts = collections.Counter()
                for k in (1, 2, 3):
                    part = rows(f"--part={k}/3", "--columns=id", location, env=server.environment())
                    self.assertGreater(len(part), ALL_ROWS / 6)
                    parts.update(row["id"] for row in part)
                self.assertEqual(parts, whole)

    def test_summary_on_standard_error(self):
        done = run("scan", "--format=none", "--where", MAY, TRIPS)
        self.assertEqual(done.stdout, b"")
        self.assertRegex(done.stderr.decode(), r"^veneer: 13400 rows of 2 files in .* 2 matched, \d+ pruned, \d+ skipped")

    def test_summary_does_not_count_a_file_that_limit_left(self):
        done = run("scan", "--limit=1", "--concurrency=1", "--ordered", TRIPS)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertRegex(done.stderr.decode(), r"^veneer: 1 row(?! of 0) ")

    def test_a_bad_file_ends_the_scan_by_name_or_is_skipped(self):
        self.place("a.parquet")
        (self.folder / "b.parquet").write_bytes(b"PAR1 is not enough PAR1")
        self.place("c.parquet")
        bad = run("scan", "--quiet", self.folder, check=1)
        self.assertRegex(bad.stderr.decode(), r"^veneer: .*b\.parquet: corrupt: ")
        skipped = run("scan", "--quiet", "--skip-errors", self.folder, check=1)
        self.assertEqual(len(skipped.stdout.splitlines()), 120)
        self.assertRegex(skipped.stderr.decode(), r"^veneer: .*b\.parquet: corrupt: ")

    def test_wrong_use(self):
        for args, hint in ((["scan"], "named"), (["scan", "--columns=nope", TRIPS], "no column nope"),
                           (["scan", "--where=year >", TRIPS], "scan: filter expression, "), (["scan", "--part=3/2", TRIPS], "--part"),
                           (["scan", "--partition-types=a", TRIPS], "--partition-types"),
                           (["scan", "--partition-types=yaer=int64", TRIPS], "declared for yaer, which is no partition"),
                           (["scan", "--resume=x", "--format=table", TRIPS], "--resume"),
                           (["scan", "--resume=x", "--limit=3", TRIPS], "--output"),
                           (["scan", "s3://a/b", "s3://a/c"], "one can be named"), (["ls", "s3://"], "no bucket"),
                           (["scan", TRIPS, TRIPS], "is a directory: one can be named"),
                           (["scan", "--concurrency=0", TRIPS], "--concurrency")):
            bad = run(*args, check=2)
            self.assertEqual(bad.stdout, b"", args)
            self.assertIn(hint, bad.stderr.decode(), args)

    def test_nothing_to_read(self):
        for name in ("ls", "scan"):
            gone = run(name, self.folder, check=1)
            self.assertIn(f"veneer: {self.folder}: not_found: nothing lies there\n", gone.stderr.decode())
            self.assertIn(b"not_found", run(name, f"{self.folder}/*.parquet", check=1).stderr)
            self.assertIn(b"not_found", run(name, "--where=k = 1", self.folder, check=1).stderr)
        (self.folder / "k=1").mkdir()
        (self.folder / "k=1/notes.txt").touch()
        self.assertIn(b"nothing matches\n", run("scan", self.folder).stderr)
        for options in (["--where=k = 2"], ["--where=k = 2", "--format=csv"], ["--keys=*.csv"]):
            none = run("scan", *options, self.folder)
            self.assertEqual(none.stdout, b"")
            self.assertIn(b"nothing matches\n", none.stderr)
            self.assertEqual(run("scan", "--quiet", *options, self.folder).stderr, b"")

    def test_few_descriptors_are_enough(self):
        for k in range(300):
            self.place(f"k={k}/a.parquet", "pyarrow_one_value.parquet")

        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))

        done = run("scan", "--format=none", self.folder, limit=limit)
        self.assertIn(b" of 300 files in ", done.stderr)

    def test_schemas_are_united(self):
        self.place("a.parquet", "pyarrow_sorting.parquet")
        self.place("b.parquet", "pyarrow_one_value.parquet")
        found = rows("--ordered", self.folder)
        self.assertEqual(set(found[0]), set(found[-1]))
        self.assertGreater(len(found[0]), len(json.loads(run("cat", "--limit=1", DATA / "pyarrow_sorting.parquet").stdout)))


class Exports(WithFolder):
    """Copies of the trips under copy=N: rows are told apart by copy and id."""
    COPIES = 6

    def setUp(self):
        super().setUp()
        self.source = self.folder / "source"
        for copy in range(self.COPIES):
            shutil.copytree(TRIPS, self.source / f"copy={copy}")
        self.random = random.Random(2026)
        self.options = ["scan", "--quiet", "--columns=copy,id", "--format=csv", "--concurrency=3", str(self.source)]
        self.expected = sorted(run(*self.options).stdout.splitlines())
        self.assertEqual(len(self.expected), self.COPIES * ALL_ROWS + 1)
        begin = time.monotonic()
        run(*self.options, f"--output={self.folder}/timed", f"--resume={self.folder}/timed.state")
        self.seconds = time.monotonic() - begin

    def check_kills(self, signals, kills, start):
        """Interrupts runs at random moments until there were so many; each export is then complete."""
        exports = begun = 0
        while kills > 0:
            process = start(begun == 0)
            begun += 1
            number = self.random.choice(signals)
            try:
                process.wait(self.random.uniform(0, self.seconds * 1.2))
            except subprocess.TimeoutExpired:
                process.send_signal(number)
                process.wait(60)
                kills -= 1
            if process.returncode == 0:
                yield exports
                exports += 1
                begun = 0
            else:
                self.assertEqual(process.returncode, -number)
        start(begun == 0).wait(120)
        yield exports

    def test_kill_9_with_output_fifty_times(self):
        output, state = self.folder / "rows.csv", self.folder / "state"

        def start(fresh):
            if fresh:
                for path in (output, state):
                    path.unlink(missing_ok=True)
            return subprocess.Popen([VENEER, *self.options, f"--output={output}", f"--resume={state}"],
                                    stderr=subprocess.DEVNULL)

        for export in self.check_kills([signal.SIGKILL], 50, start):
            self.assertEqual(sorted(output.read_bytes().splitlines()), self.expected, f"export {export}")

    def test_signals_to_standard_output_fifty_times(self):
        output, state = self.folder / "rows.csv", self.folder / "state"

        def start(fresh):
            if fresh:
                state.unlink(missing_ok=True)
            with open(output, "wb" if fresh else "ab") as out:
                # As a shell would have it: the handler stands before the first signal can come.
                process = subprocess.Popen([VENEER, *self.options, f"--resume={state}"], stdout=out,
                                           stderr=subprocess.DEVNULL)
            return process

        for export in self.check_kills([signal.SIGINT, signal.SIGTERM], 50, start):
            self.assertEqual(sorted(output.read_bytes().splitlines()), self.expected, f"export {export}")

    def test_what_has_ended_stays_as_it_is(self):
        output, state = self.folder / "rows.csv", self.folder / "state"
        options = [*self.options, f"--output={output}", f"--resume={state}"]
        run(*options)
        before = output.read_bytes()
        run(*options)
        self.assertEqual(output.read_bytes(), before)
        late = self.source / "copy=9/year=2027/month=01"
        late.mkdir(parents=True)
        shutil.copy(sorted(TRIPS.rglob("*.parquet"))[0], late / "part.parquet")
        run(*options)
        self.assertEqual(len(output.read_bytes().splitlines()), len(before.splitlines()) + 4000)
        self.assertTrue(output.read_bytes().startswith(before))

    def test_csv_goes_on_under_its_header_only(self):
        output, state, source = self.folder / "rows.csv", self.folder / "state", self.folder / "files"
        options = ["scan", "--quiet", "--format=csv", f"--output={output}", f"--resume={state}", source]
        (source / "k=1").mkdir(parents=True)
        (source / "notes.txt").touch()
        run(*options)
        self.assertFalse(state.exists(), "no header is known before there is a file")
        write_rows(source / "k=1/a.parquet", {"a": [1]})
        run(*options)
        run(*options)
        write_rows(source / "k=2/a.parquet", {"a": [2]})
        run(*options)
        self.assertEqual(output.read_bytes(), b"a,k\r\n1,1\r\n2,2\r\n")
        write_rows(source / "k=3/a.parquet", {"a": [3], "b": [4]})
        told = run(*options, check=2).stderr.decode()
        self.assertIn('is of an export with the columns ["a","k"], now they are ["a","b","k"]', told)
        run(*options, check=2)
        (source / "k=3/a.parquet").unlink()
        write_rows(source / "k=3/a.parquet", {"a": [3]})
        run(*options)
        self.assertEqual(output.read_bytes(), b"a,k\r\n1,1\r\n2,2\r\n3,3\r\n")

    def test_limit_with_output_can_be_raised(self):
        output, state = self.folder / "rows.csv", self.folder / "state"
        for limit in (10, 10, 50_000, 10_000_000):
            run(*self.options, f"--output={output}", f"--resume={state}", f"--limit={limit}")
            found = output.read_bytes().splitlines()
            self.assertEqual(len(found), 1 + min(limit, self.COPIES * ALL_ROWS))
        self.assertEqual(sorted(found), self.expected)

    def test_states_that_do_not_fit_are_refused(self):
        output, state = self.folder / "rows.csv", self.folder / "state"
        options = [*self.options, f"--output={output}", f"--resume={state}"]
        run(*options, "--limit=50000")
        self.assertIn(b"is of an export", run(*self.options, f"--resume={state}", check=2).stderr)
        self.assertIn(b"another filter", run(*options, "--where=copy=1", check=2).stderr)
        text = state.read_bytes()
        for bad in (b"", b"nonsense\n", text[:-20], text.replace(b"veneer-scan-1", b"veneer-scan-9"),
                    text.replace(b"rows ", b"rows -")):
            state.write_bytes(bad)
            before = output.read_bytes()
            self.assertIn(run(*options, check=None).returncode, (1, 2), bad)
            self.assertEqual(output.read_bytes(), before, "an output was touched for a bad state")
        state.write_bytes(text)
        output.write_bytes(b"")
        self.assertIn(b"shorter", run(*options, check=1).stderr)


class Where(WithFolder):
    WHERE = "year = 2026 and (city = 'Lagos' or fare > 60) and driver.name is not null"

    @staticmethod
    def keeps(row):
        return (row["year"] == 2026 and row["driver"] is not None and row["driver"]["name"] is not None and
                (row["city"] == "Lagos" or (row["fare"] is not None and float(row["fare"]) > 60)))

    def test_partitions_and_columns_alike(self):
        everything = rows("--ordered", TRIPS)
        wanted = [row for row in everything if self.keeps(row)]
        self.assertGreater(len(wanted), 100)
        self.assertEqual(rows("--ordered", "--where", self.WHERE, TRIPS), wanted)
        self.assertEqual(rows("--ordered", "--columns=id,month", "--where", self.WHERE, TRIPS),
                         [{"id": row["id"], "month": row["month"]} for row in wanted])
        self.assertEqual(rows("--ordered", "--columns=year", "--where", self.WHERE, TRIPS),
                         [{"year": 2026}] * len(wanted))
        either = [row for row in everything if row["month"] == 12 or row["passengers"] == 6]
        self.assertEqual(rows("--ordered", "--where", "month = 12 or passengers = 6", TRIPS), either)
        self.assertEqual(len(rows("--where", "not (month = 12 or passengers = 6)", TRIPS)),
                         sum(row["month"] != 12 and row["passengers"] not in (6, None) for row in everything))

    def test_a_column_that_some_files_lack_is_null_there(self):
        write_rows(self.folder / "k=1" / "a.parquet", {"a": [1, 2, 3]})
        write_rows(self.folder / "k=2" / "b.parquet", {"a": [2, 4], "b": [7, 8]})
        self.assertEqual(rows("--ordered", "--where=b is null", self.folder),
                         [{"a": a, "b": None, "k": 1} for a in (1, 2, 3)])
        self.assertEqual(rows("--where=b > 7 and k = 2", self.folder), [{"a": 4, "b": 8, "k": 2}])
        self.assertEqual(rows("--where=not (b = 7)", self.folder), [{"a": 4, "b": 8, "k": 2}])
        told = run("scan", "--where=c = 1", self.folder, check=2).stderr
        self.assertIn(b"names c, which is no column and no partition", told)

    def test_wrong_literals_are_wrong_use(self):
        self.assertIn(b"column fare is", run("scan", "--where=fare = 'x'", TRIPS, check=2).stderr)

    def test_explained(self):
        told = json.loads(run("scan", "--quiet", "--explain", "--format=json", "--where", self.WHERE, TRIPS).stdout)
        self.assertEqual(told["files"]["read"], len(list(TRIPS.glob("year=2026/**/*.parquet"))))
        self.assertEqual(told["rows"]["kept"], len(rows("--where", self.WHERE, TRIPS)))
        # What the partitions alone decide is kept too, whole.
        told = json.loads(run("scan", "--quiet", "--explain", "--format=json", "--where", MAY, TRIPS).stdout)
        self.assertEqual(told["files"]["read"], 2)
        self.assertEqual(told["row_groups"]["kept_whole"], told["row_groups"]["seen"])
        self.assertEqual(told["rows"]["kept"], MAY_ROWS)
        self.assertEqual(told["rows"]["kept_untested"], MAY_ROWS)

    def test_exports_go_on_where_they_stopped(self):
        state, output = self.folder / "state", self.folder / "out.jsonl"
        options = ("scan", "--quiet", "--ordered", "--where", self.WHERE, "--resume", state, "--output", output)
        run(*options, "--limit=700", TRIPS)
        run(*options, TRIPS)
        self.assertEqual([json.loads(line) for line in output.read_text().splitlines()],
                         rows("--ordered", "--where", self.WHERE, TRIPS))


class Remote(WithFolder):
    def test_a_filter_asks_only_for_pages_that_can_match(self):
        """Twelve pages of 1.6 MB a column, in four row groups: one request each for the footer and all indexes, which
        lie before it, the page of the filter's column, and that of the other one."""
        count = 12 * 200_000
        write_indexed(self.folder / "far.parquet", {"a": range(count), "b": range(count, 2 * count)}, 4, 200_000)
        with S3Server(self.folder) as server:
            for command in ("cat", "scan"):
                server.counts.clear()
                done = run(command, "--columns=b", "--where=a = 1234567", "s3://bucket/far.parquet",
                           env=server.environment())
                self.assertEqual(json.loads(done.stdout), {"b": 1234567 + count})
                self.assertEqual(server.counts["far.parquet"], 3, command)
                server.counts.clear()
                done = run(command, "--where=a = 1234567", "s3://bucket/far.parquet", env=server.environment())
                self.assertEqual(json.loads(done.stdout), {"a": 1234567, "b": 1234567 + count})
                self.assertEqual(server.counts["far.parquet"], 3, "a page that was tested is not fetched again")
            done = run("cat", "--columns=b", "--where=a = 1234567", "--explain", "--format=json", "s3://bucket/far.parquet",
                       env=server.environment())
            told = json.loads(done.stdout)
            self.assertEqual(told["pages"], {"seen": 12, "dropped": 11})
            self.assertEqual(told["row_groups"]["dropped_by_page_index"], 3)
            self.assertLess(told["bytes"]["read"], 4_000_000)

    def test_rows_from_a_bucket_are_those_of_the_directory(self):
        with S3Server(TRIPS.parent) as server:
            env = server.environment()
            local = run("scan", "--quiet", "--ordered", TRIPS).stdout
            self.assertEqual(run("scan", "--quiet", "--ordered", "s3://bucket/trips/", env=env).stdout, local)
            self.assertEqual(server.counts.pop("list"), 1)
            self.assertEqual(set(server.counts.values()), {1}, "a small object is fetched by one request")
            self.assertEqual(len(server.counts), 10)

    def test_pruned_partitions_cost_nothing(self):
        with S3Server(TRIPS.parent) as server:
            asked = ("--where", MAY, "--columns=fare", "s3://bucket/trips/")
            found = rows(*asked, env=server.environment())
            self.assertEqual(len(found), MAY_ROWS)
            server.counts.pop("list")
            self.assertEqual(len(server.counts), 2)
            self.assertTrue(all("month=05" in key for key in server.counts))
            told = json.loads(run("scan", "--quiet", "--explain", "--format=json", *asked, env=server.environment()).stdout)
            self.assertEqual(told["directories"]["pruned"], 5, "2025 and four months of 2026")

    def test_one_column_of_eight_row_groups_costs_at_most_nine_requests(self):
        write_wide_groups(self.folder / "wide.parquet", 8, 200_000)
        with S3Server(self.folder) as server:
            for command in ("cat", "scan"):
                server.counts.clear()
                done = run(command, "--columns=a", "s3://bucket/wide.parquet", env=server.environment())
                self.assertEqual(done.stdout.count(b"\n"), 1_600_000)
                self.assertLessEqual(server.counts["wide.parquet"], 9, command)

    def test_every_command_reads_objects(self):
        path = sorted(TRIPS.rglob("*.parquet"))[0]
        key = path.relative_to(TRIPS.parent).as_posix()
        with S3Server(TRIPS.parent) as server:
            for command in (["schema"], ["info"], ["columns"], ["pages"], ["cat"], ["head"], ["tail"], ["count"],
                            ["verify"], ["dictionary", "city"]):
                here = run(*command, path).stdout.replace(str(path).encode(), b"FILE")
                there = run(*command, "s3://bucket/" + key, env=server.environment()).stdout
                self.assertEqual(there.replace(b"s3://bucket/" + key.encode(), b"FILE"), here, command)
            server.counts.clear()
            run("count", "s3://bucket/" + key, env=server.environment())
            self.assertEqual(server.counts, {key: 1})

    def test_every_command_reads_urls(self):
        path = sorted(TRIPS.rglob("*.parquet"))[0]
        key = path.relative_to(TRIPS.parent).as_posix()
        with S3Server(TRIPS.parent) as server:
            env = server.environment()
            url = f"{server.endpoint}/bucket/{key}"
            self.assertIn(b"access_denied", run("count", url, env=env, check=1).stderr)
            server.public = True
            for args in (["count"], ["schema"], ["cat", "--limit=9"], ["verify"], ["scan", "--columns=id", "--limit=9"]):
                here = run(*args, path).stdout.replace(str(path).encode(), b"FILE")
                there = run(*args, url + "?X-Amz-Signature=hidden", env=env)
                self.assertEqual(there.stdout.replace(url.encode(), b"FILE"), here, args)
                self.assertNotIn(b"hidden", there.stdout + there.stderr)
            for name in ("count", "scan", "ls"):
                gone = run(name, f"{server.endpoint}/bucket/none?X-Amz-Signature=hidden", env=env, check=1).stderr
                self.assertIn(b"/bucket/none: not_found: ", gone)
                self.assertNotIn(b"hidden", gone)

    def test_refusals_name_the_reason_and_no_secret(self):
        with S3Server(TRIPS.parent) as server:
            env = server.environment()
            for args in (["count", "s3://bucket/none"], ["ls", "s3://other/"], ["ls", "s3://bucket/none/"],
                         ["scan", "s3://bucket/none/"], ["scan", "--where=year = 2026", "s3://bucket/none/"]):
                self.assertIn(b"not_found", run(*args, env=env, check=1).stderr)
            self.assertIn(b"nothing matches", run("scan", "--where=year = 1", "s3://bucket/trips/", env=env).stderr)
            wrong = run("scan", "s3://bucket/", env={**env, "AWS_SECRET_ACCESS_KEY": "a wrong one"}, check=1)
            self.assertIn(b"access_denied", wrong.stderr)
            self.assertNotIn(b"a wrong one", wrong.stderr)
            self.assertIn(b"veneer ls", run("count", "s3://bucket/trips/", env=env, check=2).stderr)

    def test_an_endpoint_given_by_option(self):
        with S3Server(TRIPS.parent) as server:
            env = {**server.environment(), "AWS_ENDPOINT_URL_S3": ""}
            done = run("scan", "--format=none", f"--endpoint={server.endpoint}", "s3://bucket/trips/", env=env)
            self.assertRegex(done.stderr.decode(), r"\n?veneer: 11 requests \(1 listing, 10 reading\)")

    def test_an_interrupt_ends_what_waits_for_a_server(self):
        with socket.socket() as silent, S3Server(TRIPS.parent) as server:
            silent.bind(("127.0.0.1", 0))
            silent.listen(64)
            nobody = f"http://127.0.0.1:{silent.getsockname()[1]}"
            server.stalled = True
            for location, endpoint in ((nobody + "/a.parquet", nobody), ("s3://bucket/trips/", nobody),
                                       ("s3://bucket/trips/", server.endpoint)):
                env = {**os.environ, **server.environment(), "AWS_ENDPOINT_URL_S3": endpoint}
                process = subprocess.Popen([VENEER, "scan", location], env=env, stderr=subprocess.DEVNULL)
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)
                # Far less than the 30 seconds after which a stalled request is given up.
                self.assertEqual(process.wait(20), -signal.SIGINT, (location, endpoint))

    def test_a_line_of_progress_on_a_terminal(self):
        with S3Server(TRIPS.parent) as server:
            server.delay = 0.3
            status, shown = command.on_terminal(
                "scan", "--columns=id", "--first-schema", "--concurrency=1", "s3://bucket/trips/", width=100,
                env={**os.environ, **server.environment()}, out=self.folder / "rows")
        self.assertEqual(status, 0)
        self.assertEqual(len((self.folder / "rows").read_bytes().splitlines()), ALL_ROWS)
        self.assertRegex(shown, r"\d of 10 files, \d+ rows, [\d.]+ K?M?B of 1\.8 MB, [\d.]+ K?M?B/s, 0:\d\d left")
        self.assertRegex(shown, rf"\r\x1b\[K[^\r]*veneer: [^\r]*{ALL_ROWS} rows of 10 files in ")

    def test_exports_from_a_bucket_go_on(self):
        with S3Server(TRIPS.parent) as server:
            server.delay = 0.02
            env = {**os.environ, **server.environment()}
            output, state = self.folder / "rows", self.folder / "state"
            options = [VENEER, "scan", "-q", "--columns=id", f"--output={output}", f"--resume={state}", "s3://bucket/trips/"]
            for seconds in (0.05, 0.1, 0.15, 0.2):
                process = subprocess.Popen(options, env=env, stderr=subprocess.DEVNULL)
                time.sleep(seconds)
                process.kill()
                process.wait()
            subprocess.run(options, env=env, check=True)
            found = [json.loads(line)["id"] for line in output.read_bytes().splitlines()]
            self.assertEqual(sorted(found), list(range(1, ALL_ROWS + 1)))
            server.counts.clear()
            subprocess.run(options, env=env, check=True)
            self.assertEqual(server.counts, {"list": 1}, "what is done is not opened again")

    def test_ten_thousand_objects_in_two_hundred_megabytes(self):
        if is_sanitized():
            self.skipTest("a sanitizer's shadow memory is above any limit")
        small = DATA / "pyarrow_one_value.parquet"
        each = int(run("count", small).stdout)
        source = shutil.copy(small, self.folder / ".small")
        for day in range(100):
            directory = self.folder / f"data/day={day}"
            directory.mkdir(parents=True)
            for part in range(100):
                os.link(source, directory / f"part-{part:05}.parquet")

        def limit():
            resource.setrlimit(resource.RLIMIT_DATA, (200 << 20, 200 << 20))

        local = run("scan", "--format=none", "--concurrency=8", self.folder / "data", limit=limit)
        self.assertIn(f"veneer: {10_000 * each} rows of 10000 files".encode(), local.stderr)
        with S3Server(self.folder / "data") as server:
            remote = run("scan", "--format=none", "--concurrency=8", "s3://bucket/", env=server.environment(), limit=limit)
            self.assertIn(f"veneer: {10_000 * each} rows of 10000 files".encode(), remote.stderr)
            self.assertEqual(server.counts.pop("list"), 10)
            # All schemas are united first: one request an object, and a second one where not all files are kept.
            self.assertLessEqual(sum(server.counts.values()), 20_000)


if __name__ == "__main__":
    main()
