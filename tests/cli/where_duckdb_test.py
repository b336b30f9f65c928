"""Counts of veneer count --where against DuckDB's, over generated predicates.

    where_duckdb_test.py VENEER [FILE...]

Without a FILE it makes some of every type, by DuckDB, pyarrow and polars in several layouts. Where these cannot be had
(tests/peers.py) it skips, and says so. The last line is 'N passed, N failed'.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from peers import with_peers

SEED = 20260508
PREDICATES = 300

MAKE = """
copy (
  select i::integer as id,
         case when i % 7 = 0 then null else (i * 7919 % 1000)::smallint end as small,
         (i * 104729 % 100000)::bigint * 1000000007 as big,
         (i % 251)::utinyint as tiny,
         case when i % 11 = 0 then null when i % 13 = 0 then 'NaN'::double else (i * 31 % 997) / 8.0 - 50 end as x,
         ((i * 17 % 501) / 4.0)::float as f,
         case when i % 5 = 0 then null else ((i * 37 % 20000) / 100)::decimal(9, 2) end as price,
         ((i * 37 % 20000) / 100)::decimal(30, 4) as wide,
         case when i % 9 = 0 then null else 'name ' || (i * 13 % 211) end as name,
         date '2026-01-01' + (i % 365)::integer as day,
         timestamp '2026-01-01' + to_seconds(i * 61) as moment,
         time '00:00:00' + to_seconds(i % 86400) as clock,
         i % 3 = 0 as flag,
         md5((i % 50)::varchar)::uuid as token
  from range({rows}) t(i)
) to '{path}' (format parquet, row_group_size 2048{more})
"""


# By pyarrow: pages of a few hundred rows, with all that can prune, or with none of it.
LAYOUTS = {
    "index": {"write_page_index": True, "data_page_size": 2048, "row_group_size": 3000},
    "plain": {"use_dictionary": False, "write_statistics": False, "compression": "none", "row_group_size": 2500},
    "v2": {"data_page_version": "2.0", "write_page_index": True, "data_page_size": 1024, "compression": "zstd"},
    "chunk": {"write_statistics": ["id", "small", "price"], "row_group_size": 500, "dictionary_pagesize_limit": 512},
}


def write_by_others(table, folder):
    import polars
    import pyarrow.parquet

    paths = []
    for name, options in LAYOUTS.items():
        paths.append(os.path.join(folder, "pyarrow-%s.parquet" % name))
        pyarrow.parquet.write_table(table, paths[-1], **options)
    for statistics in (True, False):
        paths.append(os.path.join(folder, "polars-%s.parquet" % statistics))
        polars.from_arrow(table).write_parquet(paths[-1], row_group_size=1500, data_page_size=1024,
                                               statistics=statistics, compression="snappy")
    return paths


def literal(kind, value):
    if value is None:
        return "null"
    if kind == "BOOLEAN":
        return str(value).lower()
    if kind in ("DOUBLE", "FLOAT") and value != value:
        return "'NaN'"
    if kind in ("DOUBLE", "FLOAT"):
        return "%.10f" % value
    if kind.startswith("DECIMAL") or kind.endswith("INT") or kind == "INTEGER":
        return format(value, "f") if kind.startswith("DECIMAL") else str(value)
    return "'" + str(value).replace("'", "''") + "'"


class Predicates:
    def __init__(self, connection, path, seed):
        self.random = random.Random(seed)
        told = connection.execute("describe select * from '%s'" % path).fetchall()
        self.columns = [(name, kind) for name, kind, *_ in told]
        sample = connection.execute("select * from '%s' using sample 200 rows (reservoir, %d)" % (path, seed)).fetchall()
        self.values = {name: [row[i] for row in sample if row[i] is not None] or [None]
                       for i, (name, _) in enumerate(self.columns)}

    def leaf(self):
        name, kind = self.random.choice(self.columns)
        some = [literal(kind, self.random.choice(self.values[name])) for _ in range(4)]
        form = self.random.randrange(8 if kind == "VARCHAR" else 6)
        if form == 0:
            return "%s is %snull" % (name, self.random.choice(("", "not ")))
        if form == 1:
            return "%s %sin (%s)" % (name, self.random.choice(("", "not ")), ", ".join(some))
        if form == 2:
            return "%s %sbetween %s and %s" % (name, self.random.choice(("", "not ")), some[0], some[1])
        if form > 5:
            text = some[0][1:-1]
            cut = text[:self.random.randrange(len(text) + 1)].replace("''", "'").replace("'", "")
            return "%s like '%s'" % (name, self.random.choice((cut + "%", "%" + cut, cut + "_", cut + "%_1")))
        return "%s %s %s" % (name, self.random.choice(("=", "<>", "<", "<=", ">", ">=")), some[0])

    def any(self, depth):
        if depth == 0 or self.random.random() < 0.4:
            return self.leaf()
        if self.random.random() < 0.2:
            return "not (%s)" % self.any(depth - 1)
        return "(%s %s %s)" % (self.any(depth - 1), self.random.choice(("and", "or")), self.any(depth - 1))


def compare(veneer, connection, path):
    predicates = Predicates(connection, path, SEED)
    # Asked of a table: DuckDB 2.0 prunes by bounds without a look at NaN, which others leave out of theirs.
    connection.execute("create or replace temp table rows_of_file as select * from '%s'" % path)
    passed, failed = 0, 0
    for _ in range(PREDICATES):
        where = predicates.any(3)
        wanted = connection.execute("select count(*) from rows_of_file where " + where).fetchone()[0]
        told = subprocess.run([veneer, "count", path, "--where", where], capture_output=True, timeout=60)
        if told.returncode == 0 and int(told.stdout) == wanted:
            passed += 1
            continue
        failed += 1
        print("%s: %s: DuckDB has %d, veneer %s%s" % (path, where, wanted, told.stdout.decode().strip(),
                                                     told.stderr.decode().strip()))
    return passed, failed


def main():
    if not with_peers():
        print("SKIPPED: no DuckDB, polars and pyarrow to compare with")
        return 77
    import duckdb

    veneer = os.path.abspath(sys.argv[1])
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        paths = sys.argv[2:]
        if not paths:
            for name, more in (("v1", ""), ("v2", ", parquet_version 'v2'")):
                paths.append(os.path.join(folder, name + ".parquet"))
                connection.execute(MAKE.format(rows=10000, path=paths[-1], more=more))
            table = connection.sql("select * replace (token::varchar as token) from '%s'" % paths[0])
            paths += write_by_others(table.to_arrow_table(), folder)
        for path in paths:
            more = compare(veneer, connection, path)
            passed, failed = passed + more[0], failed + more[1]
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
