"""Fixtures about types: what each Arrow type becomes, nesting, decimals, INT96."""

import random
import uuid

import pyarrow as pa

from values import decimals, flat_columns, ints, nested_fields, nested_table, nulls, required, with_nulls
from writer import fixture


@fixture("pyarrow: every Arrow type that Parquet stores, nullable; extreme ints, dates, floats and timestamps")
def types_nullable(w):
    w.arrow("pyarrow_types_nullable", pa.table(with_nulls(flat_columns(50))))


@fixture("pyarrow: the same types, all columns required; data pages V2, ZSTD")
def types_required(w):
    w.arrow("pyarrow_types_required", required(pa.table(flat_columns(45))), data_page_version="2.0", compression="zstd")


@fixture("pyarrow: the same types without dictionaries, PLAIN, uncompressed")
def types_plain(w):
    w.arrow("pyarrow_types_plain", pa.table(with_nulls(flat_columns(40))), use_dictionary=False, compression="none")


@fixture("pyarrow: format version 1.0 (no unsigned 32, nanoseconds become microseconds, ConvertedType only in part)")
def types_version_1(w):
    columns = with_nulls(flat_columns(30))
    for name in ("timestamp_ns", "instant_ns", "time_ns"):
        columns.pop(name)
    w.arrow("pyarrow_types_version_1", pa.table(columns), version="1.0")


@fixture("pyarrow: lists, structs and maps of each other, nullable and required at each level")
def nested(w):
    w.arrow("pyarrow_nested", nested_table(nested_fields(), 40, 7))


@fixture("pyarrow: nested columns in data pages V2 of a few rows each, checksums, page index")
def nested_small_pages(w):
    w.arrow("pyarrow_nested_small_pages", nested_table(nested_fields()[:16], 60, 8), data_page_version="2.0",
            max_rows_per_page=7, write_batch_size=4, write_page_checksum=True, write_page_index=True)


@fixture("pyarrow: nested columns in data pages V1 of a few rows each, two row groups")
def nested_small_pages_v1(w):
    w.arrow("pyarrow_nested_small_pages_v1", nested_table(nested_fields(), 40, 9), max_rows_per_page=5,
            write_batch_size=3, row_group_size=23)


@fixture("pyarrow: list elements named `item` (use_compliant_nested_type off)")
def nested_old_names(w):
    w.arrow("pyarrow_nested_not_compliant", nested_table(nested_fields()[:8], 20, 10), use_compliant_nested_type=False)


@fixture("pyarrow: 12 lists in each other, and 40 structs in each other")
def nested_deep(w):
    l, s = pa.int32(), pa.int32()
    for _ in range(12):
        l = pa.list_(l)
    for i in range(40):
        s = pa.struct([("s%d" % i, s)])
    r = random.Random(11)

    def lists(depth):
        if r.random() < 0.06:
            return None
        return r.randrange(99) if depth == 0 else [lists(depth - 1) for _ in range(r.choice((0, 1, 1, 1, 2, 2)))]

    def structs(t):
        if r.random() < 0.02:
            return None
        return {t[0].name: structs(t[0].type)} if pa.types.is_struct(t) else r.randrange(99)
    table = pa.table([pa.array([lists(12) for _ in range(40)], l), pa.array([structs(s) for _ in range(40)], s)],
                     names=["lists", "structs"])
    w.arrow("pyarrow_nested_deep", table)


@fixture("pyarrow: decimals of precision 1 to 76 as FIXED_LEN_BYTE_ARRAY of every width")
def decimals_fixed(w):
    kinds = {"p%d_s%d" % (p, s): (pa.decimal128 if p <= 38 else pa.decimal256)(p, s)
             for p in range(1, 77) for s in [(p * 7) % (p + 1)]}
    w.arrow("pyarrow_decimals", pa.table({k: nulls(decimals(8, t.precision, t.scale, 3), 5) for k, t in kinds.items()},
                                         schema=pa.schema(kinds.items())))


@fixture("pyarrow: decimals of precision 1 to 20 stored as INT32, INT64 and FIXED_LEN_BYTE_ARRAY (store_decimal_as_integer)")
def decimals_integer(w):
    kinds = {"p%d_s%d" % (p, s): pa.decimal128(p, s) for p in range(1, 21) for s in {0, p // 2, p}}
    w.arrow("pyarrow_decimals_as_integer", pa.table(
        {k: nulls(decimals(12, t.precision, t.scale, 4), 6) for k, t in kinds.items()}, schema=pa.schema(kinds.items())),
        store_decimal_as_integer=True)


@fixture("pyarrow: timestamps as INT96, inside the range of 64-bit nanoseconds; nullable, and in lists")
def int96(w):
    raw = [0, 1, -1, 2**63 - 1, -2**63, 1_700_000_000_123_456_789, -86_400_000_000_000, 951_782_400_000_000_000]
    t = pa.timestamp("ns")
    table = pa.table({"t": pa.array(raw, t), "n": pa.array(nulls(raw, 2), t),
                      "l": pa.array([raw[:i % 4] for i in range(8)], pa.list_(t))})
    w.arrow("pyarrow_int96", table, use_deprecated_int96_timestamps=True)
    w.arrow("pyarrow_int96_spark_flavor", table, flavor="spark")


@fixture("pyarrow: UUID and JSON logical types from Arrow's extension types")
def extensions(w):
    r = random.Random(12)
    ids = [uuid.UUID(int=r.getrandbits(128)).bytes for _ in range(20)]
    table = pa.table({
        "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array(nulls(ids, 3), pa.binary(16))),
        "json": pa.ExtensionArray.from_storage(pa.json_(), pa.array(nulls(['{"a":%d}' % i for i in range(20)], 4))),
    })
    w.arrow("pyarrow_uuid_json", table)


@fixture("pyarrow: what examples/rows reads: a required struct and list, and fields that may be null")
def rides(w):
    schema = pa.schema([
        pa.field("id", pa.int64(), nullable=False), pa.field("fare", pa.float64()),
        pa.field("driver", pa.struct([pa.field("name", pa.string(), nullable=False),
                                      pa.field("rating", pa.float32())]), nullable=False),
        pa.field("tags", pa.list_(pa.field("element", pa.string(), nullable=False)), nullable=False),
        pa.field("at", pa.timestamp("us"), nullable=False)])
    w.arrow("pyarrow_rides", pa.table({
        "id": [7, 8], "fare": [12.5, None],
        "driver": [{"name": "Ada", "rating": 4.5}, {"name": "Bob", "rating": None}],
        "tags": [["airport", "night"], []], "at": [0, 1_000_000]}, schema=schema), compression="none")


@fixture("pyarrow: TIME annotated isAdjustedToUTC (write_time_adjusted_to_utc)")
def time_utc(w):
    columns = {k: v for k, v in with_nulls(flat_columns(30)).items() if k.startswith("time_")}
    w.arrow("pyarrow_time_utc", pa.table(columns), write_time_adjusted_to_utc=True)


@fixture("pyarrow: STRING values that are not valid UTF-8")
def bad_utf8(w):
    raw = [b"good", b"\xff\xfe", b"half \xc3", b"\xed\xa0\x80 surrogate", b"\xc0\xaf overlong", b"\xf4\x90\x80\x80", b""]
    array = pa.array(raw, pa.binary())
    array = pa.Array.from_buffers(pa.string(), len(raw), array.buffers())
    w.arrow("pyarrow_invalid_utf8", pa.table({"s": array, "l": pa.ListArray.from_arrays([0, 1, 3, 3, 6], array).take(
        [0, 1, 2, 3, 0, 1, 2])}), store_schema=False)
