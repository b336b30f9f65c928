"""Fixtures about codecs, encodings, pages, row groups and indexes."""

import decimal
import random

import pyarrow as pa
import pyarrow.parquet as pq

from values import blobs, decimals, doubles, flat_columns, halves, ints, mixed, nulls, pandas_mixed, singles, strings, with_nulls
from writer import fixture


PYARROW_CODECS = ("none", "snappy", "gzip", "zstd", "lz4", "brotli")


@fixture("pyarrow: the same rows with each codec, data pages V1 and V2, a few pages a chunk")
def codecs_pyarrow(w):
    for codec in PYARROW_CODECS:
        for version in (1, 2):
            w.arrow("pyarrow_codec_%s_v%d" % ("lz4_raw" if codec == "lz4" else codec, version), mixed(200),
                    compression=codec, data_page_version="%d.0" % version, max_rows_per_page=70)


@fixture("pyarrow: another codec for each column of one file")
def codecs_by_column(w):
    names = mixed(1).column_names
    paths = names[:-1] + ["tags.list.element"]
    w.arrow("pyarrow_codec_by_column", mixed(100), compression=dict(zip(paths, PYARROW_CODECS)))


@fixture("pyarrow: pages that hold much once decompressed (runs of one byte), each codec that compresses")
def codecs_ratio(w):
    table = pa.table({"s": ["x" * 3000] * 3 + ["y" * 9000, ""], "i": pa.array([0] * 5, pa.int64())})
    for codec in PYARROW_CODECS[1:]:
        w.arrow("pyarrow_ratio_" + ("lz4_raw" if codec == "lz4" else codec), table, compression=codec, use_dictionary=False)


@fixture("fastparquet: each codec it offers, its own LZ4 among them; page headers without a V2 in sight")
def codecs_fastparquet(w):
    for codec in ("UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4", "LZ4_RAW", "BROTLI"):
        name = "fastparquet_codec_" + codec.lower()
        try:
            w.fastparquet(name, pandas_mixed(60), compression=codec, object_encoding="utf8")
        except (OSError, pa.ArrowException, RuntimeError) as e:
            w.path(name).unlink(missing_ok=True)
            print("  left out %s: %s" % (name, e))


DUCKDB_MIXED = """SELECT i AS id, CASE WHEN i % 7 = 0 THEN NULL ELSE 'name ' || (i % 13) END AS name, i * 0.25 AS x,
  (i * 37 % 101)::SMALLINT AS small, i % 3 = 0 AS flag, [i, NULL, i + 1] AS l, {'a': i, 'b': 'b' || i} AS st,
  TIMESTAMP '2026-01-01' + to_seconds(i * 977) AS ts FROM range(150) t(i)"""


@fixture("DuckDB: each codec it offers, PARQUET_VERSION V1 (dictionary, PLAIN) and V2 (DELTA_*, BYTE_STREAM_SPLIT)")
def codecs_duckdb(w):
    for codec in ("uncompressed", "snappy", "gzip", "zstd", "lz4_raw", "brotli"):
        w.duckdb("duckdb_codec_" + codec, DUCKDB_MIXED, "CODEC " + codec)
    w.duckdb("duckdb_v2", DUCKDB_MIXED, "PARQUET_VERSION V2", "CODEC zstd")


@fixture("polars: each codec it offers")
def codecs_polars(w):
    import polars as pl
    for codec in ("uncompressed", "snappy", "gzip", "zstd", "lz4", "brotli"):
        w.polars("polars_codec_" + ("lz4_raw" if codec == "lz4" else codec), pl.from_arrow(mixed(80)), compression=codec)


def encoded_columns(n):
    r = random.Random(31)
    columns = {"i32": pa.array(ints(n, 32, True, 1), pa.int32()), "i64": pa.array(ints(n, 64, True, 2), pa.int64()),
               "u32": pa.array(ints(n, 32, False, 3), pa.uint32()), "u64": pa.array(ints(n, 64, False, 4), pa.uint64()),
               "i8": pa.array(ints(n, 8, True, 5), pa.int8()),
               "ts": pa.array([10**15 + i * 977 for i in range(n)], pa.int64()).cast(pa.timestamp("us")),
               "same": pa.array([42] * n, pa.int32()), "step": pa.array(range(0, 3 * n, 3), pa.int64()),
               "jump": pa.array([r.choice((2**62, -2**62)) for _ in range(n)], pa.int64())}
    return columns


def delta_integers(w, name, columns, n, **options):
    table = pa.table({**columns, **{k + "_null": v for k, v in with_nulls(columns).items()}})
    encoding = {c: "DELTA_BINARY_PACKED" for c in table.column_names}
    w.arrow(name, table, use_dictionary=False, column_encoding=encoding, **options)


@fixture("pyarrow: DELTA_BINARY_PACKED for all integers, extremes whose differences wrap; counts around block borders")
def encoding_delta(w):
    for n in (1, 2, 32, 33, 128, 129, 270):
        delta_integers(w, "pyarrow_delta_binary_packed_%d" % n, encoded_columns(n), n,
                       data_page_version="2.0" if n % 2 else "1.0")


def string_columns(n):
    shared = ["https://example.org/%04d/%s" % (i // 7, "x" * (i % 5)) for i in range(n)]
    return {"s": pa.array(strings(n, 1)), "sorted": pa.array(sorted(shared)), "empty": pa.array([""] * n),
            "binary": pa.array(blobs(n, 3), pa.binary())}


@fixture("pyarrow: DELTA_LENGTH_BYTE_ARRAY and DELTA_BYTE_ARRAY, the latter for fixed lengths and decimals too")
def encoding_delta_strings(w):
    columns = string_columns(150)
    columns.update({k + "_null": v for k, v in with_nulls(columns).items()})
    for version in (1, 2):
        w.arrow("pyarrow_delta_length_byte_array_v%d" % version, pa.table(columns), use_dictionary=False,
                column_encoding={c: "DELTA_LENGTH_BYTE_ARRAY" for c in columns}, data_page_version="%d.0" % version)
        fixed = {**columns, "fixed": pa.array(blobs(150, 9, 5), pa.binary(5)),
                 "dec": pa.array(decimals(150, 30, 3, 9), pa.decimal128(30, 3))}
        w.arrow("pyarrow_delta_byte_array_v%d" % version, pa.table(fixed), use_dictionary=False,
                column_encoding={c: "DELTA_BYTE_ARRAY" for c in fixed}, data_page_version="%d.0" % version)


@fixture("pyarrow: BYTE_STREAM_SPLIT for FLOAT, DOUBLE, INT32, INT64, FLOAT16, decimals and fixed lengths")
def encoding_split(w):
    n = 70
    columns = {"f": pa.array(singles(n, 1), pa.float32()), "d": pa.array(doubles(n, 2)),
               "h": pa.array(halves(n, 3), pa.float16()), "i32": pa.array(ints(n, 32, True, 4), pa.int32()),
               "i64": pa.array(ints(n, 64, True, 5), pa.int64()), "fixed1": pa.array(blobs(n, 6, 1), pa.binary(1)),
               "fixed3": pa.array(blobs(n, 7, 3), pa.binary(3)), "fixed16": pa.array(blobs(n, 8, 16), pa.binary(16)),
               "dec": pa.array(decimals(n, 20, 2, 9), pa.decimal128(20, 2))}
    columns.update({k + "_null": v for k, v in with_nulls(columns).items()})
    for version in (1, 2):
        w.arrow("pyarrow_byte_stream_split_v%d" % version, pa.table(columns), use_dictionary=False,
                column_encoding={c: "BYTE_STREAM_SPLIT" for c in columns}, data_page_version="%d.0" % version,
                max_rows_per_page=33)


@fixture("pyarrow: booleans RLE and PLAIN; random, constant, alternating, long runs; nullable")
def encoding_boolean(w):
    r = random.Random(33)
    n = 300
    columns = {"random": [r.random() < 0.5 for _ in range(n)], "true": [True] * n, "false": [False] * n,
               "alternate": [i % 2 == 0 for i in range(n)], "runs": [i // 37 % 2 == 0 for i in range(n)]}
    columns["null"] = nulls(columns["random"], 1)
    for encoding in ("RLE", "PLAIN"):
        for version in (1, 2):
            w.arrow("pyarrow_boolean_%s_v%d" % (encoding.lower(), version), pa.table(columns), use_dictionary=False,
                    column_encoding={c: encoding for c in columns}, data_page_version="%d.0" % version, compression="none")


@fixture("pyarrow: dictionaries of every type, index widths 0 to 9 bits")
def encoding_dictionary(w):
    n = 300
    columns = {"bits%d" % b: pa.array([(i * 7919) % (1 << b) if b else 5 for i in range(n)], pa.int32()) for b in range(10)}
    types = {}
    for name, array in with_nulls(flat_columns(12)).items():
        types[name] = array.take(pa.array([(i * i) % 12 for i in range(50)]))
    w.arrow("pyarrow_dictionary_widths", pa.table(columns))
    w.arrow("pyarrow_dictionary_types", pa.table(types), row_group_size=30)


@fixture("pyarrow: dictionary given up in mid-chunk: dictionary pages, then PLAIN pages in the same chunk")
def encoding_fallback(w):
    n = 300
    columns = {"s": pa.array(["value %d" % (i // 2) for i in range(n)]), "i": pa.array(range(n), pa.int64()),
               "d": pa.array([i / 8 for i in range(n)]), "few": pa.array([i % 3 for i in range(n)], pa.int32())}
    table = pa.table({**columns, **{k + "_null": v for k, v in with_nulls(columns).items()}})
    for version in (1, 2):
        w.arrow("pyarrow_dictionary_fallback_v%d" % version, table, dictionary_pagesize_limit=400, write_batch_size=20,
                data_page_size=100, data_page_version="%d.0" % version)



@fixture("pyarrow: page checksums, V1 and V2, compressed and not")
def checksums(w):
    for version in (1, 2):
        for codec in ("none", "snappy"):
            w.arrow("pyarrow_checksum_v%d_%s" % (version, codec), mixed(100), write_page_checksum=True,
                    data_page_version="%d.0" % version, compression=codec, max_rows_per_page=30)


@fixture("pyarrow: column and offset index: ascending, descending, unordered, with null pages; two row groups")
def page_index(w):
    n = 200
    r = random.Random(41)
    table = pa.table({
        "up": pa.array(range(n), pa.int64()), "down": pa.array(range(n, 0, -1), pa.int32()),
        "any": pa.array([r.randrange(1000) for _ in range(n)], pa.int32()),
        "null_pages": pa.array([None if i // 20 % 2 else i for i in range(n)], pa.int64()),
        "all_null": pa.array([None] * n, pa.int32()), "s": pa.array(["key %05d" % (i * 3) for i in range(n)]),
        "long": pa.array([("%04d" % i) + "x" * 60 for i in range(n)]), "d": pa.array([i / 4 for i in range(n)]),
        "ts": pa.array([10**15 + i * 10**6 for i in range(n)], pa.int64()).cast(pa.timestamp("us", "UTC")),
        "dec": pa.array([decimal.Decimal(i - 100).scaleb(-2) for i in range(n)], pa.decimal128(12, 2)),
        "l": pa.array([[i, i + 1] if i % 3 else None for i in range(n)], pa.list_(pa.int32())),
    })
    w.arrow("pyarrow_page_index", table, write_page_index=True, max_rows_per_page=20, write_batch_size=10,
            row_group_size=130)


@fixture("pyarrow: bloom filters for every type that may have one, two row groups")
def bloom(w):
    table = pa.table({k: v for k, v in with_nulls(flat_columns(50)).items() if k not in ("bool", "null", "dictionary")})
    w.arrow("pyarrow_bloom", table, row_group_size=30,
            bloom_filter_options={c: {"ndv": 40, "fpp": 0.05} for c in table.column_names})


@fixture("DuckDB: bloom filters, sorted data in several row groups")
def bloom_duckdb(w):
    w.duckdb("duckdb_bloom", "SELECT i // 4 AS k, 'name ' || (i // 3) AS s, (i // 5) * 0.5::DOUBLE AS d FROM range(2600) t(i)",
             "ROW_GROUP_SIZE 2048", "DICTIONARY_SIZE_LIMIT 4000", "CODEC zstd")


@fixture("pyarrow: sorting_columns declared, descending with nulls first and ascending")
def sorting(w):
    table = mixed(60).select(["count", "id"]).sort_by([("count", "descending"), ("id", "ascending")])
    w.arrow("pyarrow_sorting", table, sorting_columns=[pq.SortingColumn(0, True, True), pq.SortingColumn(1)])


@fixture("pyarrow: a page for every one to three rows, V1 and V2")
def small_pages(w):
    for version in (1, 2):
        w.arrow("pyarrow_many_pages_v%d" % version, mixed(160), data_page_size=1, write_batch_size=1 + version,
                data_page_version="%d.0" % version, write_page_index=True)


@fixture("pyarrow: 60 row groups of five rows")
def many_row_groups(w):
    w.arrow("pyarrow_many_row_groups", mixed(300).select(["id", "city", "tags"]), row_group_size=5)


@fixture("pyarrow: content-defined chunking: pages end where the content says")
def content_chunks(w):
    w.arrow("pyarrow_content_defined_chunks", mixed(250), use_content_defined_chunking={
        "min_chunk_size": 256, "max_chunk_size": 1024})


@fixture("pyarrow: statistics off, and on for one column only")
def no_statistics(w):
    w.arrow("pyarrow_statistics_off", mixed(40), write_statistics=False)
    w.arrow("pyarrow_statistics_some", mixed(40), write_statistics=["id"])
