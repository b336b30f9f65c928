"""The property test of filters over files that other writers wrote.

    filter_peers_test.py TEST_FILTER_RANDOM [FILES]

The program writes the files of so many cases, pyarrow reads them, and pyarrow, DuckDB and polars write the same rows
in random layouts; then the program tries random predicates on these, of which it knows from the case which rows they
keep. Columns that pyarrow cannot read, and types that a writer has not, are left out. Where the writers cannot be had
(tests/peers.py) it skips, and says so.
"""
import inspect
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from peers import with_peers

FILES = 40
CODECS = ["none", "snappy", "zstd", "gzip"]


def readable(path):
    """The table of those columns that pyarrow reads."""
    import pyarrow
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(path)
    fields, columns = [], []
    for name in file.schema_arrow.names:
        try:
            column = file.read(columns=[name])
        except OSError as error:  # ALP, dictionaries of booleans
            assert "not implemented" in str(error) or "Unknown encoding" in str(error), error
            continue
        fields.append(column.schema.field(0))
        columns.append(column.column(0))
    return pyarrow.table(columns, schema=pyarrow.schema(fields))


def plainer(array):
    """As a type that all writers have and that takes the same literals; None where there is none."""
    import pyarrow

    kind = array.type
    if pyarrow.types.is_struct(kind):
        child = plainer(array.field(0))
        return child if child is None else pyarrow.StructArray.from_arrays([child], [kind.field(0).name],
                                                                           mask=array.is_null())
    if pyarrow.types.is_float16(kind):
        return array.cast(pyarrow.float32())
    if pyarrow.types.is_string(kind):
        try:
            array.validate(full=True)
        except pyarrow.ArrowInvalid:  # bytes that are no UTF-8
            return array.cast(pyarrow.binary())
    return None if isinstance(kind, pyarrow.BaseExtensionType) else array


def plainer_table(table):
    import pyarrow

    columns = {name: plainer(table.column(name).combine_chunks()) for name in table.column_names}
    return pyarrow.table({name: array for name, array in columns.items() if array is not None})


def encodings(kind):
    import pyarrow.types as types

    if types.is_integer(kind) or types.is_temporal(kind):
        return ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]
    if types.is_floating(kind):
        return ["PLAIN", "BYTE_STREAM_SPLIT"]
    if types.is_string(kind) or types.is_binary(kind):
        return ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]
    return []


def write_by_pyarrow(table, path, chance):
    import pyarrow.parquet

    dictionary = chance.random() < 0.6
    options = {
        "use_dictionary": dictionary, "compression": chance.choice(CODECS),
        "write_statistics": chance.random() < 0.8, "write_page_index": chance.random() < 0.7,
        "row_group_size": chance.randint(20, 500), "write_batch_size": chance.randint(3, 60),
        "data_page_size": chance.choice([1, 100, 1000]), "data_page_version": chance.choice(["1.0", "2.0"]),
        "dictionary_pagesize_limit": chance.choice([20, 1 << 20]), "store_decimal_as_integer": chance.random() < 0.5,
    }
    if not dictionary:
        options["column_encoding"] = {field.name: chance.choice(encodings(field.type)) for field in table.schema
                                      if encodings(field.type)}
    # Newer versions write them.
    if "bloom_filter_options" in inspect.signature(pyarrow.parquet.write_table).parameters and chance.random() < 0.5:
        options["bloom_filter_options"] = {name: {"ndv": 50} for name in table.column_names
                                           if not pyarrow.types.is_nested(table.schema.field(name).type)
                                           and not pyarrow.types.is_boolean(table.schema.field(name).type)}
    pyarrow.parquet.write_table(table, path, **options)


def write_by_polars(table, path, chance):
    import polars

    polars.from_arrow(plainer_table(table)).write_parquet(
        path, compression=chance.choice(["uncompressed", "snappy", "zstd"]), statistics=chance.choice([True, False, "full"]),
        row_group_size=chance.randint(20, 500), data_page_size=chance.choice([50, 1000]))


def write_by_duckdb(table, path, chance):
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.register("rows_of_case", plainer_table(table))
    connection.execute("copy (from rows_of_case) to '%s' (format parquet, compression %s, parquet_version %s, "
                       "dictionary_size_limit %d, row_group_size %d)" % (
                           path, chance.choice(["uncompressed", "snappy", "zstd"]), chance.choice(["v1", "v2"]),
                           chance.choice([0, 5, 1000]), chance.choice([2048, 100000])))


def main():
    if not with_peers():
        print("SKIPPED: no DuckDB, polars and pyarrow to write files")
        return 77
    program = os.path.abspath(sys.argv[1])
    files = int(sys.argv[2]) if len(sys.argv) > 2 else FILES
    with tempfile.TemporaryDirectory() as folder:
        cases, written = Path(folder) / "cases", Path(folder) / "written"
        cases.mkdir()
        written.mkdir()
        subprocess.run([program, "-tc=files of cases*"], check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, VENEER_FILTER_WRITE=str(cases), VENEER_FILTER_FILES=str(files)))
        for case in range(files):
            table = readable(cases / ("%d.parquet" % case))
            for write in (write_by_pyarrow, write_by_polars, write_by_duckdb):
                some = table if write is write_by_pyarrow else plainer_table(table)
                if some.column_names != ["l"]:
                    write(table, str(written / ("%d-%s.parquet" % (case, write.__name__[9:]))), random.Random(case))
        return subprocess.run([program, "-tc=*of files that others wrote"],
                              env=dict(os.environ, VENEER_FILTER_READ=str(written))).returncode


if __name__ == "__main__":
    sys.exit(main())
