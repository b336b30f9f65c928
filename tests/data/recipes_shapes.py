"""Fixtures about the shape of files: empty, wide, odd names, special values, metadata files."""

import struct

import pyarrow as pa
import pyarrow.parquet as pq

from values import flat_columns, mixed, nested_fields, nulls, strings
from writer import fixture


@fixture("pyarrow: no rows and no row group; with columns")
def zero_rows(w):
    schema = mixed(1).schema
    with pq.ParquetWriter(w.path("pyarrow_no_row_groups"), schema):
        pass
    w.golden("pyarrow_no_row_groups")
    w.arrow("pyarrow_zero_rows", schema.empty_table())


@fixture("pyarrow: no columns, with and without rows")
def zero_columns(w):
    w.arrow("pyarrow_zero_columns", pa.table({}))
    w.arrow("pyarrow_zero_columns_rows", mixed(17).select([]))


@fixture("pyarrow: an empty row group first, in the middle and last")
def empty_row_group(w):
    table = mixed(20)
    with pq.ParquetWriter(w.path("pyarrow_empty_row_groups"), table.schema) as writer:
        for part in (table.slice(0, 0), table.slice(0, 8), table.slice(0, 0), table.slice(8), table.slice(0, 0)):
            writer.write_table(part)
    w.golden("pyarrow_empty_row_groups", table)


@fixture("pyarrow: one row, one column")
def one_value(w):
    w.arrow("pyarrow_one_value", pa.table({"v": pa.array([-7], pa.int16())}))


@fixture("pyarrow: 1,200 columns of four types, two row groups (larger than the other fixtures, for its footer)")
def wide(w):
    kinds = (lambda i: pa.array([i, None, -i], pa.int32()), lambda i: pa.array(["c%d" % i, "", None]),
             lambda i: pa.array([i / 2, 0.5, None]), lambda i: pa.array([True, None, i % 3 == 0]))
    w.arrow("pyarrow_wide", pa.table({"column_%04d" % i: kinds[i % 4](i) for i in range(1200)}), row_group_size=2,
            compression="none", write_statistics=False, use_dictionary=False, store_schema=False)


@fixture("pyarrow: field names that are empty, dotted, quoted, very long or beyond ASCII, top and nested; the dot is no path")
def names(w):
    odd = ["", ".", "a.b", "a", "東京", "🚕", 'q"uote', "back\\slash", "new\nline", " space ", "list", "element", "key_value", "n" * 300]
    table = pa.table({name: pa.array([i, None, i + 1], pa.int32()) for i, name in enumerate(odd)})
    nested_names = pa.struct([("b", pa.int32()), ("", pa.string()), ("c.d", pa.list_(pa.int32())), ("list", pa.list_(pa.struct([("list", pa.int32())])))])
    table = table.append_column(pa.field("outer.inner", nested_names), pa.array(
        [{"b": 1, "": "x", "c.d": [1, 2], "list": [{"list": 3}]}, None, {"b": None, "": None, "c.d": None, "list": []}], nested_names))
    w.arrow("pyarrow_names", table)


@fixture("pyarrow: two columns of one name, and two fields of one name in a struct")
def duplicate_names(w):
    inner = pa.StructArray.from_arrays([pa.array([1, 2, None]), pa.array(["x", None, "z"])], names=["f", "f"])
    table = pa.Table.from_arrays([pa.array([1, 2, 3]), pa.array(["a", "b", None]), inner], names=["dup", "dup", "s"])
    w.arrow("pyarrow_duplicate_names", table)


@fixture("pyarrow: key-value metadata of the file: empty key, empty, long and non-ASCII values")
def key_values(w):
    table = mixed(5).replace_schema_metadata({"empty": "", "": "no key", "ünï": "çödé 🚕", "long": "v" * 5000, "json": '{"a":1}'})
    w.arrow("pyarrow_key_values", table)


@fixture("pyarrow: strings of up to 20 KB among empty ones, compressed")
def large_strings(w):
    s = ["", "x" * 20_000, "é" * 100, None, "", "ab" * 500]
    w.arrow("pyarrow_large_strings", pa.table({"plain": s, "dict": s}), use_dictionary=["dict"], compression="zstd")


@fixture("pyarrow: columns of nothing but nulls, of every type")
def all_null(w):
    columns = {k: pa.nulls(40, v.type) for k, v in flat_columns(1).items()}
    for f in nested_fields():
        if f.nullable:
            columns[f.name] = pa.array([None] * 40, f.type)
    w.arrow("pyarrow_all_null", pa.table(columns))


@fixture("pyarrow: NaN of several payloads, infinities, zeros of both signs; FLOAT, DOUBLE, FLOAT16; statistics beside them")
def special_floats(w):
    d = struct.pack("<8Q", 0x7FF8000000000000, 0xFFF8000000000001, 0x7FF0000000000001, 0x8000000000000000, 0,
                    0x7FF0000000000000, 0xFFF0000000000000, 0x3FF0000000000000)
    f = struct.pack("<8I", 0x7FC00000, 0xFFC00001, 0x7F800001, 0x80000000, 0, 0x7F800000, 0xFF800000, 0x3F800000)
    h = struct.pack("<8H", 0x7E00, 0xFE01, 0x7C01, 0x8000, 0, 0x7C00, 0xFC00, 0x3C00)
    arrays = {n: pa.Array.from_buffers(t, 8, [None, pa.py_buffer(b)])
              for n, t, b in (("d", pa.float64(), d), ("f", pa.float32(), f), ("h", pa.float16(), h))}
    arrays["negative_zeros"] = pa.array([-0.0] * 8)
    arrays["nan_only"] = pa.array([float("nan")] * 8)
    w.arrow("pyarrow_special_floats", pa.table(arrays), row_group_size=4, write_page_index=True)


@fixture("pyarrow: metadata files `_metadata` and `_common_metadata` beside two parts; chunks carry file_path")
def summary(w):
    collected = []
    for i in range(2):
        name = "pyarrow_summary/part-%d" % i
        table = mixed(30, i)
        pq.write_table(table, w.path(name), metadata_collector=collected, row_group_size=20)
        collected[-1].set_file_path("part-%d.parquet" % i)
        w.golden(name, table)
    pq.write_metadata(table.schema, w.path("pyarrow_summary/_common_metadata"))
    pq.write_metadata(table.schema, w.path("pyarrow_summary/_metadata"), metadata_collector=collected)
    w.written += ["pyarrow_summary/_metadata", "pyarrow_summary/_common_metadata"]
