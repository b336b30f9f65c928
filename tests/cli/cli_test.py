"""Runs the veneer command on the fixtures and holds what it prints, says and returns.

    cli_test.py VENEER [TEST...]

Standard library only. The last line is 'N passed, N failed'.
"""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from command import DATA, VENEER, main, on_terminal, run

FIXTURES = sorted(DATA.glob("**/*.parquet"))
CODEC_NAMES = ("brotli", "gzip", "zstd", "snappy", "lz4", "lzo")


def lines(*args):
    return [json.loads(line) for line in run(*args, check=0).stdout.decode().splitlines()]


def zigzag(value):
    """An i64 as Thrift's compact protocol writes it."""
    value, out = (value << 1 ^ value >> 63) & (2**64 - 1), b""
    while value >= 0x80:
        value, out = value >> 7, out + bytes([value & 0x7F | 0x80])
    return out + bytes([value])


def without_color(text):
    return re.sub("\x1b\\[[0-9;]*[mK]", "", text)


class Rows(unittest.TestCase):
    def test_every_fixture_equals_its_golden(self):
        built = run("--version", check=0).stdout.decode().lower()
        compared = 0
        for path in FIXTURES:
            golden = path.with_suffix(".jsonl")
            if not golden.exists():
                continue
            result = run("cat", "--format=jsonl", path)
            if result.returncode == 1 and b"codec_not_built" in result.stderr:
                self.assertFalse(all(codec in built for codec in CODEC_NAMES), path.name)
                continue
            with self.subTest(path.name):
                self.assertEqual(result.stderr, b"")
                self.assertEqual(result.returncode, 0)
                self.assertTrue(result.stdout == golden.read_bytes(), "rows differ from the golden")
            compared += 1
        self.assertGreater(compared, 30)

    def test_dictionaries_rendered_once_give_the_same_text(self):
        # Reads of a thousand rows and more keep dictionaries; copies of one file make them so.
        golden = (DATA / "pyarrow_dictionary_types.jsonl").read_bytes()
        path = "pyarrow_dictionary_types.parquet"
        self.assertEqual(run("cat", *[path] * 3, check=0).stdout, golden * 3)

    def test_jsonl_is_the_default_where_output_is_piped(self):
        golden = (DATA / "pyarrow_sorting.jsonl").read_bytes()
        self.assertEqual(run("cat", "pyarrow_sorting.parquet", check=0).stdout, golden)

    def test_several_files_follow_each_other_without_headers(self):
        names = ["pyarrow_sorting", "pyarrow_nested"]
        expected = b"".join((DATA / (name + ".jsonl")).read_bytes() for name in names)
        for command in (["cat"], ["head", "-n", "1000000"]):
            out = run(*command, *[name + ".parquet" for name in names], check=0).stdout
            self.assertEqual(out, expected)

    def test_limit_and_offset_count_over_files(self):
        rows = (DATA / "pyarrow_sorting.jsonl").read_bytes().splitlines(True)
        files = ["pyarrow_sorting.parquet"] * 2
        for offset, limit in ((0, 5), (58, 4), (60, 2), (119, 9), (1000, 1), (3, 0)):
            out = run("cat", f"--offset={offset}", "--limit", limit, *files, check=0).stdout
            self.assertEqual(out.splitlines(True), (rows * 2)[offset:offset + limit])

    def test_head_and_tail(self):
        rows = (DATA / "pyarrow_many_row_groups.jsonl").read_bytes().splitlines(True)
        path = "pyarrow_many_row_groups.parquet"
        self.assertEqual(run("head", path, check=0).stdout.splitlines(True), rows[:10])
        self.assertEqual(run("tail", path, check=0).stdout.splitlines(True), rows[-10:])
        for option in (["-n", "7"], ["-n7"], ["-7"], ["--limit=7"]):
            self.assertEqual(run("head", *option, path, check=0).stdout.splitlines(True), rows[:7])
            self.assertEqual(run("tail", *option, path, check=0).stdout.splitlines(True), rows[-7:])
        for offset, limit in ((3, 4), (1, 0), (len(rows) - 2, 5), (len(rows) + 1, 5)):
            options = [f"--offset={offset}", f"--limit={limit}", path]
            self.assertEqual(run("head", *options, check=0).stdout.splitlines(True),
                             rows[offset:offset + limit])
            # From the end, with the order of the file kept.
            self.assertEqual(run("tail", *options, check=0).stdout.splitlines(True),
                             rows[::-1][offset:offset + limit][::-1])
        self.assertEqual(run("tail", "-n", "0", path, check=0).stdout, b"")
        self.assertEqual(run("tail", "-n", "100000", path, check=0).stdout.splitlines(True), rows)

    def test_threads_change_nothing(self):
        for name in ("pyarrow_nested", "pyarrow_many_row_groups", "pyarrow_types_nullable"):
            golden = (DATA / (name + ".jsonl")).read_bytes()
            for threads in (0, 1, 4):
                out = run("cat", f"--threads={threads}", name + ".parquet", check=0).stdout
                self.assertEqual(out, golden)

    def test_columns_in_the_order_asked_for(self):
        out = run("cat", "--columns=id,count", "--limit=1", "pyarrow_sorting.parquet", check=0).stdout
        self.assertEqual(list(json.loads(out)), ["id", "count"])
        out = run("cat", "--columns", "struct.y", "pyarrow_nested.parquet", check=0).stdout
        whole = [json.loads(line) for line in (DATA / "pyarrow_nested.jsonl").read_text().splitlines()]
        expected = [{"struct": row["struct"] and {"y": row["struct"]["y"]}} for row in whole]
        self.assertEqual([json.loads(line) for line in out.splitlines()], expected)

    def test_standard_input(self):
        data = (DATA / "pyarrow_sorting.parquet").read_bytes()
        golden = (DATA / "pyarrow_sorting.jsonl").read_bytes()
        self.assertEqual(run("cat", "-", stdin=data, check=0).stdout, golden)
        self.assertIn(b"veneer: standard input: corrupt", run("cat", "-", stdin=b"PAR1", check=1).stderr)


    def test_strings_of_two_gibibytes(self):
        # Two maps of one key of 2^30 bytes each, in 4 KB of brotli.
        folder = os.environ.get("PARQUET_TEST_DATA")
        if not folder:
            self.skipTest("PARQUET_TEST_DATA is not set")
        path = next(Path(folder).rglob("large_string_map.brotli.parquet"))
        process = subprocess.Popen([VENEER, "cat", path], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        size = 0
        while part := process.stdout.read(1 << 20):
            size += len(part)
        message = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if "codec_not_built" in message:
            self.skipTest("brotli is not built")
        self.assertEqual((process.returncode, message, size), (0, "", 2_147_483_710))
        self.assertLess(usage.ru_maxrss << 10, 8 << 30)


class Csv(unittest.TestCase):
    def rows(self, name):
        out = run("cat", "--format=csv", name + ".parquet", check=0).stdout.decode()
        golden = [json.loads(line) for line in (DATA / (name + ".jsonl")).read_text().splitlines()]
        return out, golden

    def test_cells_are_the_json_values(self):
        for name in ("pyarrow_nested", "pyarrow_types_nullable", "pyarrow_large_strings"):
            out, golden = self.rows(name)
            table = list(csv.reader(io.StringIO(out, newline=""), strict=True))
            self.assertEqual(table[0], list(golden[0]))
            self.assertEqual(len(table), len(golden) + 1)
            for cells, row in zip(table[1:], golden):
                for cell, value in zip(cells, row.values()):
                    if value is None:
                        self.assertEqual(cell, "")
                    elif isinstance(value, (list, dict)):
                        self.assertEqual(json.loads(cell), value)
                    elif isinstance(value, bool):
                        self.assertEqual(cell, "true" if value else "false")
                    elif isinstance(value, str):
                        self.assertEqual(cell, value)
                    else:
                        self.assertEqual(json.loads(cell), value)

    def test_lines_end_in_crlf_and_null_differs_from_empty(self):
        out, golden = self.rows("pyarrow_types_nullable")
        self.assertTrue(out.endswith("\r\n"))
        one = run("cat", "--format=csv", "-c", "large_string", "pyarrow_types_nullable.parquet", check=0)
        cells = one.stdout.decode().split("\r\n")[1:-1]
        values = [row["large_string"] for row in golden]
        self.assertIn("", values)
        self.assertIn(None, values)
        for cell, value in zip(cells, values):
            self.assertEqual(cell == "", value is None)
            self.assertEqual(cell == '""', value == "")

    def test_one_header_for_files_alike_and_a_refusal_for_others(self):
        out = run("cat", "--format=csv", "pyarrow_sorting.parquet", "pyarrow_sorting.parquet", check=0)
        self.assertEqual(out.stdout.count(b"count"), 1)
        self.assertEqual(out.stdout.count(b"\r\n"), 121)
        bad = run("cat", "--format=csv", "pyarrow_sorting.parquet", "pyarrow_nested.parquet", check=1)
        self.assertIn(b"pyarrow_nested.parquet", bad.stderr)
        self.assertEqual(bad.stdout.count(b"\r\n"), 61)


class Table(unittest.TestCase):
    def test_aligned_with_names_and_types(self):
        out = run("head", "-n2", "--format=table", "pyarrow_sorting.parquet", check=0).stdout.decode()
        self.assertEqual(out, "count     id\nINT32  INT64\n─────  ─────\n    7   1006\n    7   1021\n")

    def test_default_on_a_terminal_and_cut_to_its_width(self):
        for width in (20, 40, 80, 200):
            status, text = on_terminal("cat", "pyarrow_nested.parquet", width=width)
            self.assertEqual(status, 0)
            self.assertIn("…", text)
            self.assertIn("\x1b[", text)
            shown = [line for line in without_color(text).splitlines() if "columns are shown" not in line]
            self.assertEqual(len(shown), 43)
            for line in shown:
                wide = sum(2 if ord(c) > 0x2e80 else 1 for c in line)
                self.assertLessEqual(wide, width, line)

    def test_null_is_dim(self):
        _, text = on_terminal("cat", "-c", "string", "pyarrow_types_nullable.parquet")
        self.assertIn("\x1b[2mnull\x1b[0m", text)

    def test_control_characters_do_not_reach_the_terminal(self):
        _, text = on_terminal("cat", "--color=never", "-c", "string", "pyarrow_types_nullable.parquet")
        self.assertIn("\\x01\\x7f", text)
        self.assertFalse(re.search("[\x00-\x09\x0b-\x1f\x7f]", text))

    def test_no_color(self):
        for env, option in (({"NO_COLOR": "1"}, []), ({}, ["--color=never"]), ({"TERM": "dumb"}, [])):
            _, text = on_terminal("cat", *option, "pyarrow_nested.parquet", env=env)
            self.assertNotIn("\x1b", text)
        always = run("head", "--format=table", "--color=always", "pyarrow_sorting.parquet",
                     env={"NO_COLOR": "1"}, check=0)
        self.assertIn(b"\x1b[", always.stdout)
        self.assertNotIn(b"\x1b", run("info", "pyarrow_sorting.parquet", check=0).stdout)

    def test_files_are_headed_by_their_names(self):
        out = run("head", "-n1", "--format=table", *["pyarrow_sorting.parquet"] * 2, check=0).stdout.decode()
        self.assertEqual(out.count("==> pyarrow_sorting.parquet <==\n"), 2)


class Reports(unittest.TestCase):
    def test_schema_text(self):
        out = run("schema", "pyarrow_sorting.parquet", check=0).stdout.decode()
        self.assertEqual(out, "message schema {\n  optional int32 count;\n  optional int64 id;\n}\n")

    def test_schema_json(self):
        for path in FIXTURES:
            tree = lines("schema", "--format=json", path)[0]["schema"]
            open_, leaves = [tree], 0
            while open_:
                node = open_.pop()
                leaves += "children" not in node
                open_ += node.get("children", [])
            self.assertEqual(leaves, lines("info", "--format=json", path)[0]["leaves"])
        decimals = lines("schema", "--format=json", "pyarrow_decimals.parquet")[0]["schema"]["children"]
        self.assertTrue(all(d["logical_type"]["kind"] == "DECIMAL" for d in decimals))

    def test_info(self):
        text = run("info", "pyarrow_many_row_groups.parquet", check=0).stdout.decode()
        facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        self.assertEqual(facts["rows"].strip(), "300")
        self.assertEqual(facts["row groups"].strip(), "60 of 5 rows")
        self.assertIn("parquet-cpp-arrow", facts["writer"])
        size = (DATA / "pyarrow_many_row_groups.parquet").stat().st_size
        self.assertEqual(facts["size"].strip(), str(size))  # bytes, where no human looks
        info = lines("info", "--format=json", "pyarrow_sorting.parquet")[0]
        self.assertEqual(len(info["sorting_columns"]), 2)
        self.assertEqual(info["rows"], 60)
        self.assertEqual(sum(group["rows"] for group in info["row_groups"]), 60)

    def test_info_key_prints_the_whole_value_alone(self):
        path = "pyarrow_key_values.parquet"
        for pair in lines("info", "--format=json", path)[0]["key_value_metadata"]:
            out = run("info", "--key", pair["key"], path, check=0).stdout.decode()
            self.assertEqual(out, (pair["value"] or "") + "\n")
        _, text = on_terminal("info", path, width=60)
        self.assertIn("…", text)
        missing = run("info", "--key=nowhere", path, check=1)
        self.assertEqual(missing.stdout, b"")
        self.assertIn(b"not_found: no key 'nowhere'", missing.stderr)

    def test_columns(self):
        rows = lines("columns", "--format=json", "pyarrow_sorting.parquet")
        self.assertEqual([row["column"] for row in rows], ["count", "id"])
        self.assertEqual((rows[0]["min"], rows[0]["max"], rows[0]["nulls"]), (0, 7, 0))
        self.assertEqual(rows[1]["type"], "INT64")
        for by, key in (("size", "compressed"), ("raw", "raw"), ("nulls", "nulls"), ("ratio", "ratio")):
            values = [row[key] or 0 for row in
                      lines("columns", "--format=json", f"--sort={by}", "pyarrow_types_nullable.parquet")]
            self.assertEqual(values, sorted(values, reverse=True))
        names = [row["column"] for row in
                 lines("columns", "--format=json", "--sort=name", "pyarrow_types_nullable.parquet")]
        self.assertEqual(names, sorted(names))
        yes = {row["bloom_filter"] for row in lines("columns", "--format=json", "pyarrow_bloom.parquet")}
        self.assertIn("yes", yes)
        indexed = lines("columns", "--format=json", "pyarrow_page_index.parquet")
        self.assertTrue(all(row["offset_index"] == "yes" for row in indexed))

    def test_sizes_that_cannot_be_are_not_told(self):
        """total_uncompressed_size below 0, and such as add up to more than 2^63; no read rests on it."""
        name = "pyarrow_many_row_groups.parquet"
        data = (DATA / name).read_bytes()
        begin = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
        # Of the chunks of "id": fields 5, 6 and 7, each an i64: num_values, the sizes raw and compressed.
        chunk = b"\x16" + zigzag(5) + b"\x16" + zigzag(128) + b"\x16" + zigzag(122)
        self.assertEqual(data[begin:].count(chunk), 60)
        for claims in ([-3], [-2**63] * 2, [2**63 - 1] * 2, [2**63 - 1, -3]):
            footer = data[begin:-8]
            for claim in claims:
                footer = footer.replace(chunk, chunk.replace(zigzag(128), zigzag(claim)), 1)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / name
                path.write_bytes(data[:begin] + footer + len(footer).to_bytes(4, "little") + b"PAR1")
                first, second, *_ = lines("columns", "--format=json", path)
                self.assertEqual((first["raw"], first["ratio"], first["compressed"]), (None, None, 60 * 122))
                self.assertGreater(second["raw"], 0)
                self.assertEqual(lines("columns", "--sort=raw", "--format=json", path)[-1]["column"], "id")
                info = lines("info", "--format=json", path)[0]
                self.assertEqual(info["raw_bytes"], None)
                self.assertGreater(info["compressed_bytes"], 60 * 122)
                text = run("info", path, check=0).stdout.decode()
                self.assertRegex(text, r"raw: +not known \(what the column chunks claim cannot be\)\n")
                self.assertIn(b"total_uncompressed_size is", run("verify", path, check=1).stdout)

    def test_pages(self):
        for name, checksum in (("pyarrow_checksum_v1_snappy", "ok"), ("pyarrow_checksum_v2_none", "ok"),
                               ("pyarrow_sorting", "none")):
            pages = lines("pages", "--format=json", name + ".parquet")
            self.assertEqual({page["checksum"] for page in pages}, {checksum})
            rows = lines("info", "--format=json", name + ".parquet")[0]["rows"]
            for column in {page["column"] for page in pages if "." not in page["column"]}:
                data = [p for p in pages if p["column"] == column and p["kind"].startswith("DATA")]
                self.assertEqual(sum(page["values"] for page in data), rows)
        pages = lines("pages", "--format=json", "--no-checksum", "pyarrow_checksum_v1_snappy.parquet")
        self.assertEqual({page["checksum"] for page in pages}, {"unchecked"})
        path = "pyarrow_many_row_groups.parquet"
        column = lines("columns", "--format=json", path)[0]["column"]
        one = lines("pages", "--format=json", "--columns", column, "--row-group=1", path)
        self.assertEqual({(page["row_group"], page["column"]) for page in one}, {(1, column)})

    def test_pages_decoded_agree_with_the_columns(self):
        for name in ("pyarrow_nested_small_pages", "pyarrow_nested_small_pages_v1", "polars_small_pages"):
            path = name + ".parquet"
            pages = [page for page in lines("pages", "--decode", "--format=json", path)
                     if page["kind"].startswith("DATA")]
            rows = lines("info", "--format=json", path)[0]["rows"]
            for column in lines("columns", "--format=json", path):
                mine = [page for page in pages if page["column"] == column["column"]]
                self.assertEqual(sum(page["rows"] for page in mine), rows)
                if column["nulls"] is not None:
                    self.assertEqual(sum(page["nulls"] for page in mine), column["nulls"])

    def test_count(self):
        for path in FIXTURES:
            rows = len(path.with_suffix(".jsonl").read_bytes().splitlines())
            self.assertEqual(run("count", path, check=0).stdout.decode(), "%d\n" % rows)
        out = run("count", "--decode", "pyarrow_nested.parquet", check=0).stdout
        self.assertEqual(out, b"40\n")
        out = run("count", "pyarrow_sorting.parquet", "pyarrow_nested.parquet", check=0).stdout.decode()
        self.assertEqual(out, "60  pyarrow_sorting.parquet\n40  pyarrow_nested.parquet\n100  total\n")

    def test_dictionary(self):
        entries = lines("dictionary", "--format=json", "id", "pyarrow_sorting.parquet")
        self.assertEqual([entry["index"] for entry in entries], list(range(60)))
        self.assertEqual({entry["value"] for entry in entries}, set(range(1000, 1060)))
        table = run("dictionary", "count", "pyarrow_sorting.parquet", check=0).stdout.decode()
        self.assertEqual(len(table.splitlines()), 10)
        none = run("dictionary", "bool", "pyarrow_types_nullable.parquet", check=1)
        self.assertIn(b"has no dictionary page", none.stderr)
        self.assertEqual(none.stdout, b"")
        run("dictionary", "struct", "pyarrow_nested.parquet", check=2)

    def test_verify(self):
        for name in ("pyarrow_nested", "pyarrow_bloom", "pyarrow_page_index", "duckdb_types", "polars_types"):
            out = run("verify", name + ".parquet", check=0)
            self.assertEqual(out.stdout.decode(), name + ".parquet: ok\n")
        self.assertEqual(lines("verify", "--format=json", "pyarrow_sorting.parquet"),
                         [{"file": "pyarrow_sorting.parquet", "kind": "ok"}])

    def test_reports_as_csv(self):
        out = run("columns", "--format=csv", *["pyarrow_sorting.parquet"] * 2, check=0).stdout.decode()
        table = list(csv.DictReader(io.StringIO(out, newline="")))
        self.assertEqual([row["column"] for row in table], ["count", "id"] * 2)
        self.assertEqual({row["file"] for row in table}, {"pyarrow_sorting.parquet"})

    def test_sizes_for_humans_on_a_terminal_only(self):
        _, text = on_terminal("info", "--color=never", "pyarrow_wide.parquet")
        self.assertRegex(text, r"size: +\d+\.\d KB|size: +\d+\.\d MB")

    def test_columns_keep_their_names_on_a_narrow_terminal(self):
        for command in ("columns", "pages"):
            for width in (40, 80):
                status, text = on_terminal(command, "--color=never", "pyarrow_rides.parquet", width=width)
                self.assertEqual(status, 0)
                for name in ("driver.name", "driver.rating", "tags.list.element"):
                    self.assertIn(name, text, (command, width))
                self.assertIn("a wider terminal or --format=json shows all", text)


class Damage(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def damaged(self, name, offset):
        data = bytearray((DATA / (name + ".parquet")).read_bytes())
        data[offset] ^= 0x55
        path = self.folder / (name + ".parquet")
        path.write_bytes(bytes(data))
        return path

    def last_page(self, name):
        pages = lines("pages", "--format=json", "--no-checksum", name + ".parquet")
        page = max((p for p in pages if p["column"] == pages[0]["column"]), key=lambda p: p["offset"])
        following = [p["offset"] for p in pages if p["offset"] > page["offset"]]
        return page, min(following) - 3 if following else page["offset"] + 20

    def test_bad_checksum(self):
        name = "pyarrow_checksum_v1_none"
        page, place = self.last_page(name)
        path = self.damaged(name, place)
        bad = run("cat", path, check=1)
        self.assertRegex(bad.stderr.decode(), r"^veneer: %s: corrupt: .*checksum.*offset %d" %
                         (re.escape(str(path)), page["offset"]))
        for line in bad.stdout.decode().splitlines():
            json.loads(line)  # rows before the failure are whole
        run("cat", "--no-checksum", path, check=0)
        listing = run("pages", "--format=json", path, check=1)
        sums = [json.loads(line)["checksum"] for line in listing.stdout.splitlines()]
        self.assertEqual(sums.count("bad"), 1)
        self.assertIn(b"checksum", listing.stderr)
        found = run("verify", path, check=1)
        self.assertIn(b"checksum", found.stdout)
        self.assertIn(b"offset %d" % page["offset"], found.stdout)
        self.assertNotIn(b": ok", found.stdout)
        run("count", "--decode", path, check=1)
        run("count", path, check=0)

    def test_rows_before_a_failure_are_written(self):
        name = "pyarrow_many_row_groups"
        pages = lines("pages", "--format=json", name + ".parquet")
        page = [p for p in pages if p["row_group"] == 30][0]
        path = self.damaged(name, page["offset"])
        bad = run("cat", path, check=1)
        golden = (DATA / (name + ".jsonl")).read_bytes().splitlines(True)
        self.assertEqual(bad.stdout.splitlines(True), golden[:150])
        self.assertIn(b"row group 30", bad.stderr)

    def test_not_parquet(self):
        for content in (b"", b"PAR1", b"PAR1PAR1", b"hello" * 100, b"PAR1" + b"\0" * 40 + b"PAR1"):
            path = self.folder / "bad"
            path.write_bytes(content)
            for command in ("schema", "info", "columns", "pages", "cat", "head", "tail", "count", "verify"):
                bad = run(command, path, check=1)
                self.assertTrue(bad.stderr.decode().startswith("veneer: %s: corrupt: " % path), bad.stderr)
                self.assertEqual(len(bad.stderr.splitlines()), 1)

    def test_goes_on_after_a_bad_file(self):
        golden = (DATA / "pyarrow_sorting.jsonl").read_bytes()
        bad = run("cat", "nowhere.parquet", "pyarrow_sorting.parquet", check=1)
        self.assertEqual(bad.stdout, golden)
        self.assertTrue(bad.stderr.startswith(b"veneer: nowhere.parquet: not_found: "))

    def test_truncated_files_never_crash(self):
        data = (DATA / "pyarrow_nested.parquet").read_bytes()
        path = self.folder / "cut"
        for size in range(0, len(data), 1777):
            path.write_bytes(data[:size])
            run("cat", path, check=1)

    def test_control_characters_in_messages_are_escaped(self):
        bad = run("cat", "no\x1b[31msuch\nfile", check=1)
        self.assertEqual(len(bad.stderr.splitlines()), 1)
        self.assertNotIn(b"\x1b", bad.stderr)


class Use(unittest.TestCase):
    def test_help_and_version(self):
        self.assertIn(b"Commands:", run("--help", check=0).stdout)
        for command in ("schema", "info", "columns", "pages", "cat", "head", "tail", "count", "verify",
                        "dictionary", "ls", "scan"):
            text = run(command, "--help", check=0).stdout
            self.assertTrue(text.startswith(b"Usage: veneer " + command.encode()))
            self.assertEqual(run("help", command, check=0).stdout, text)
            self.assertEqual(run(command, check=2).stdout, b"")
        self.assertRegex(run("--version", check=0).stdout.decode(), r"^veneer \d+\.\d+\.\d+\ncodecs: UNCOMPRESSED")

    def test_every_option_is_in_the_manual_and_the_completion(self):
        folder = DATA.parent.parent / "tools/veneer"
        manual = (folder / "veneer.1").read_text().replace("\\-", "-")
        completion = (folder / "veneer.bash").read_text()
        known = {"--help", "--version"}
        for command in re.findall(r"^  (\w+) ", run("--help", check=0).stdout.decode(), re.M):
            if command == "veneer":
                continue
            options = set(re.findall(r"(?<![\w-])--[a-z-]+", run(command, "--help", check=0).stdout.decode()))
            known |= options
            if not re.search(r"(?<=[ |])" + command + r"[ |\"]", completion):
                self.fail(command + " is not completed")
            for option in options:
                self.assertRegex(manual, option + r"(?![a-z-])", command)
                self.assertRegex(completion, option + r"(?![a-z-])", command)
        for text in (manual, completion):
            words = set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*(?![a-z-])", text.replace("\\f", " ")))
            self.assertEqual(words - known, set())

    def test_wrong_use(self):
        path = "pyarrow_sorting.parquet"
        for args, hint in (([], "Usage"), (["cta", path], "did you mean 'cat'"),
                           (["cat", "--fromat=csv", path], "did you mean '--format'"),
                           (["cat", "--format=xml", path], "one of jsonl"),
                           (["cat", "--limit=-1", path], "--limit"), (["cat", "--limit=x", path], "--limit"),
                           (["cat", "--limit"], "wants a value"), (["cat", "--no-checksum=1", path], "no value"),
                           (["head", "-x", path], "-x"), (["cat"], "no file"), (["dictionary", "a"], "no file"),
                           (["cat", "--columns=cuont", path], "did you mean 'count'"),
                           (["pages", "--columns=nothing", path], "no column 'nothing'"),
                           (["pages", "--row-group=7", path], "no row group 7"),
                           (["columns", "--sort=color", path], "one of schema")):
            bad = run(*args, check=2)
            self.assertEqual(bad.stdout, b"", args)
            self.assertIn(hint, bad.stderr.decode(), args)

    def test_closed_pipe_is_quiet(self):
        for ignored in (False, True):
            handler = (lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN)) if ignored else None
            files = [str(DATA / "pyarrow_large_strings.parquet")] * 20
            process = subprocess.Popen([VENEER, "cat", *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       preexec_fn=handler)
            process.stdout.read(10)
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            process.stderr.close()
            self.assertIn(process.wait(), (0, -signal.SIGPIPE))

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([VENEER, "cat", DATA / "pyarrow_sorting.parquet"], stdout=full,
                                    stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 1)
        self.assertTrue(result.stderr.startswith(b"veneer: standard output: io: "), result.stderr)

    def test_options_may_follow_files_and_dashes_end_them(self):
        out = run("head", "pyarrow_sorting.parquet", "-n", "1", check=0).stdout
        self.assertEqual(len(out.splitlines()), 1)
        bad = run("cat", "--", "--limit=1", check=1)
        self.assertIn(b"veneer: --limit=1: not_found", bad.stderr)


if __name__ == "__main__":
    main()
