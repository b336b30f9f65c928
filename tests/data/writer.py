"""How a fixture is written: each of the libraries, with the golden beside the file."""

import pyarrow as pa
import pyarrow.parquet as pq

import canonical


FIXTURES = []  # (function, description); names come from what the function writes


def fixture(description):
    def add(function):
        FIXTURES.append((function, description))
        return function
    return add


def matches_input(data, table):
    """Whether the file's rows are those of the Arrow table it was written from."""
    root = canonical.schema_tree(canonical.footer(data))
    got = canonical.rows(data)
    want = canonical.table_rows(plain(table), root)
    for a, b in zip(got, want):
        if a != b:
            print("  got ", a[:3000], "\n  want", b[:3000])
            return False
    return len(got) == len(want)


def plain(table):
    """Without the Arrow types that Parquet has no word for: those are stored as another type."""
    columns = []
    for c in table.columns:
        t = c.type
        if pa.types.is_dictionary(t):
            c = pa.chunked_array([x.dictionary_decode() for x in c.chunks], t.value_type)
        elif pa.types.is_date64(t):
            c = c.cast(pa.date32())
        elif pa.types.is_duration(t):
            c = c.cast(pa.int64())
        elif pa.types.is_time32(t) and t.unit == "s":
            c = c.cast(pa.time32("ms"))
        columns.append(c)
    return pa.Table.from_arrays(columns, names=table.column_names)


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.written = []

    def path(self, name):
        path = self.folder / (name + ("" if name.endswith("/_metadata") or name.endswith("/_common_metadata") else ".parquet"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def golden(self, name, table=None, lines=None):
        path = self.path(name)
        data = path.read_bytes()
        if table is not None:
            assert matches_input(data, table), name
        lines = canonical.rows(data) if lines is None else lines
        text = "".join(line + "\n" for line in lines).encode()
        (path.parent / (path.name.removesuffix(".parquet") + ".jsonl")).write_bytes(text)
        self.written.append(name)

    def arrow(self, name, table, lossy=False, row_group_size=None, **options):
        pq.write_table(table, self.path(name), row_group_size=row_group_size, **options)
        self.golden(name, None if lossy else table)

    def duckdb(self, name, query, *options, setup=()):
        import duckdb
        db = duckdb.connect()
        db.execute("SET threads=1; SET TimeZone='UTC'")
        for s in setup:
            db.execute(s)
        db.execute("COPY (%s) TO '%s' (%s)" % (query, self.path(name), ", ".join(("FORMAT parquet",) + options)))
        self.golden(name)

    def polars(self, name, frame, **options):
        frame.write_parquet(self.path(name), **options)
        self.golden(name)

    def fastparquet(self, name, frame, **options):
        import fastparquet
        fastparquet.write(str(self.path(name)), frame, **options)
        self.golden(name)
