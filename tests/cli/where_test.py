"""--where and --explain of the veneer command, held against the rows that it prints without them.

    where_test.py VENEER [TEST...]

Standard library only. The last line is 'N passed, N failed'.
"""

import json
import re
import unittest

from command import DATA, TRIPS, main, run

TRIP = sorted(TRIPS.glob("**/*.parquet"))[0]


def rows(*args):
    return [json.loads(line) for line in run(*args, check=0).stdout.decode().splitlines()]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Where(unittest.TestCase):
    def test_every_fixture_by_a_value_of_each_column(self):
        """Equality, ranges and nulls of integers and text, against the rows that were printed."""
        asked = 0
        for path in sorted(DATA.glob("*.parquet")):
            if path.stat().st_size > 200_000 or "duplicate_names" in path.name or "wide" in path.name:
                continue
            result = run("cat", "--format=jsonl", path)
            schema = run("schema", "--format=json", path, check=0).stdout.decode()
            if result.returncode != 0 or not result.stdout:
                continue
            everything = [json.loads(line) for line in result.stdout.decode().splitlines()]
            for name in everything[0]:
                values = [row[name] for row in everything]
                some = next((v for v in values if v is not None), None)
                column = '"' + name.replace('"', '""') + '"'
                if isinstance(some, bool) or not isinstance(some, (int, str)):
                    continue
                if any(isinstance(v, (dict, list)) for v in values) or "\0" in str(some) + name:
                    continue
                literal = str(some) if isinstance(some, int) else quoted(some)
                told = run("count", path, "--where", column + " = " + literal)
                if told.returncode == 2:
                    # Of types whose text is JSON's and not the literal's: wrong use, told by name.
                    self.assertIn(b"column " + name.encode(), told.stderr, schema)
                    continue
                self.assertEqual(told.returncode, 0, told.stderr)
                if told.stdout == b"0\n" and isinstance(some, str) and re.fullmatch("([0-9a-f]{2})+", some):
                    literal = "x" + literal  # bytes are printed so
                if isinstance(some, str) and any(c in name + path.name for c in ("decimal", "time", "int96")):
                    continue
                for text, keeps in (
                        (" = ", lambda v: v is not None and v == some),
                        (" <> ", lambda v: v is not None and v != some)):
                    wanted = [row for row in everything if keeps(row[name])]
                    self.assertEqual(rows("cat", "--format=jsonl", path, "--where", column + text + literal),
                                     wanted, "%s %s%s%s" % (path.name, name, text, literal))
                asked += 1
                nulls = sum(v is None for v in values)
                self.assertEqual(run("count", path, "--where", column + " is null", check=0).stdout.strip(),
                                 str(nulls).encode())
        self.assertGreater(asked, 100)

    def test_offsets_limits_and_ends(self):
        everything = [row for row in rows("cat", TRIP) if float(row["fare"] or 0) > 40]
        where = ("--where", "fare > 40")
        self.assertGreater(len(everything), 20)
        self.assertEqual(rows("cat", TRIP, *where), everything)
        self.assertEqual(rows("cat", TRIP, "--threads=2", *where), everything)
        self.assertEqual(rows("cat", TRIP, *where, "--offset=3", "--limit=5"), everything[3:8])
        self.assertEqual(rows("head", TRIP, *where, "-n", "4"), everything[:4])
        self.assertEqual(rows("tail", TRIP, *where, "-n", "4"), everything[-4:])
        self.assertEqual(rows("tail", TRIP, *where, "-n", "4", "--offset=2"), everything[-6:-2])
        self.assertEqual(rows("tail", TRIP, *where, "-n", "100000"), everything)
        twice = everything + everything
        self.assertEqual(rows("cat", TRIP, TRIP, *where, "--offset=%d" % (len(everything) - 2), "--limit=4"),
                         twice[len(everything) - 2:len(everything) + 2])
        self.assertEqual(rows("cat", TRIP, *where, "--columns=id"), [{"id": row["id"]} for row in everything])
        self.assertEqual(run("count", TRIP, *where, check=0).stdout, b"%d\n" % len(everything))
        self.assertEqual(run("count", TRIP, "--decode", *where, check=0).stdout, b"%d\n" % len(everything))

    def test_nested_columns_and_lists(self):
        everything = rows("cat", TRIP)
        named = [row for row in everything if row["driver"] and row["driver"]["name"] == "Ada"]
        self.assertGreater(len(named), 5)
        self.assertEqual(rows("cat", TRIP, "--where", "driver.name = 'Ada'"), named)
        told = run("cat", TRIP, "--where", "tags = 'pool'", check=2).stderr.decode()
        self.assertIn("column tags is a list", told)

    def test_wrong_use_is_told_before_anything_is_printed(self):
        for where, told in (("fare > 'x'", "column fare is FIXED_LEN_BYTE_ARRAY DECIMAL(9,2)"),
                            ("fare >", "column 7: expected a value"),
                            ("fae > 1", "did you mean 'fare'?")):
            result = run("cat", TRIP, "--where", where, check=2)
            self.assertEqual(result.stdout, b"")
            self.assertIn(told, result.stderr.decode())

    def test_explain(self):
        path = "pyarrow_page_index.parquet"
        name = next(iter(rows("head", path, "-n", "1")[0]))
        told = json.loads(run("cat", path, "--where", name + " is null", "--explain", "--format=json",
                              check=0).stdout)
        self.assertEqual(told["rows"]["kept"], int(run("count", path, "--where", name + " is null").stdout))
        self.assertEqual(told["bytes"]["size"], (DATA / path).stat().st_size)
        none = json.loads(run("count", TRIP, "--where", "id < 0", "--explain", "--format=json", check=0).stdout)
        self.assertEqual(none["row_groups"]["dropped_by_statistics"], none["row_groups"]["seen"])
        self.assertEqual(none["rows"]["tested"], 0)
        whole = json.loads(run("count", TRIP, "--where", "id > 0", "--explain", "--format=json", check=0).stdout)
        self.assertEqual(whole["row_groups"]["kept_whole"], whole["row_groups"]["seen"])
        tree = run("cat", TRIP, "--where", "id > 0", "--explain", "--format=table", check=0).stdout.decode()
        self.assertIn("kept whole by what metadata proves", tree)


if __name__ == "__main__":
    main()
