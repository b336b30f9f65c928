"""Fixtures of the types that libraries other than pyarrow write."""

import datetime

import numpy as np

from values import WORDS, blobs, decimals, doubles, ints, nulls, pandas_mixed, singles, strings
from writer import fixture


@fixture("DuckDB: all its types: HUGEINT, decimals, TIMETZ, TIMESTAMP_S/MS/NS, INTERVAL, UUID, ENUM, JSON, BLOB, BIT, nested")
def duckdb_types(w):
    columns = ["i % 2 = 0 AS b", "(i - 100)::TINYINT AS i8", "(i * 300)::SMALLINT AS i16", "(i * 70000)::INTEGER AS i32",
               "(i * 5000000000) AS i64", "i::UTINYINT AS u8", "(i * 600)::USMALLINT AS u16",
               "(i::BIGINT * 42000000)::UINTEGER AS u32", "(i::HUGEINT * 180000000000000000)::UBIGINT AS u64",
               "(i::HUGEINT * 170141183460469231731687303715)::HUGEINT AS i128", "i::UHUGEINT AS u128",
               "(i / 8)::FLOAT AS f", "i / 8 AS d", "(i * 1.5 - 20)::DECIMAL(4,1) AS dec4", "(i * 1234.567)::DECIMAL(9,3) AS dec9",
               "(-i * 12345.6789)::DECIMAL(18,4) AS dec18", "(i * 1e15)::DECIMAL(38,5) AS dec38",
               "'s' || i AS s", "encode('b' || i) AS blob", "DATE '1582-10-01' + i::INTEGER * 4000 AS date",
               "TIME '00:00:01.5' + to_minutes(i * 11) AS time",
               "(TIMESTAMP '1960-01-01 00:00:00.123456' + to_days(i::INTEGER * 300)) AS ts", "(TIMESTAMP '2026-01-01' + to_days(i::INTEGER))::TIMESTAMP_S AS ts_s",
               "(TIMESTAMP '2026-01-01 00:00:00.125' + to_days(i::INTEGER))::TIMESTAMP_MS AS ts_ms",
               "(TIMESTAMP_NS '2026-01-01 00:00:00.000000001') AS ts_ns", "(TIMESTAMPTZ '2026-03-01 12:00:00+02' + to_hours(i)) AS tstz",
               "TIMETZ '10:11:12.5+00' AS timetz",
               "to_months(i::INTEGER) + to_days(i::INTEGER) + to_milliseconds(i * 1001) AS iv",
               "('00000000-0000-4000-8000-' || lpad(i::VARCHAR, 12, '0'))::UUID AS uuid",
               "(CASE i % 3 WHEN 0 THEN 'sad' WHEN 1 THEN 'ok' ELSE 'happy' END)::mood AS mood",
               "json_object('i', i) AS json", "'101'::BIT AS bit", "[i, i + 1] AS l", "[[i], NULL, []] AS ll",
               "{'x': i, 'y': {'z': 's' || i}} AS st", "MAP {'k' || i: i, 'z': NULL} AS m",
               "[{'m': MAP {i: ['a', NULL]}}] AS lsm"]
    wrapped = ["CASE WHEN (i + %d) %% 6 = 0 THEN NULL ELSE %s END AS %s" % ((n,) + tuple(c.rsplit(" AS ", 1)))
               for n, c in enumerate(columns)]
    w.duckdb("duckdb_types", "SELECT %s FROM range(40) t(i)" % ", ".join(wrapped),
             setup=["CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')"])
    w.duckdb("duckdb_types_v2", "SELECT %s FROM range(40) t(i)" % ", ".join(columns), "PARQUET_VERSION V2",
             setup=["CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')"])


@fixture("DuckDB: decimals of precision 1 to 38 as INT32, INT64 and FIXED_LEN_BYTE_ARRAY")
def duckdb_decimals(w):
    columns = ["CASE WHEN i = 3 THEN NULL ELSE ((i - 2)::HUGEINT * %d)::VARCHAR::DECIMAL(%d,0) / 1 END::VARCHAR::DECIMAL(%d,0) AS p%d"
               % (10 ** (p - 1) * 2, p, p, p) for p in range(1, 39)]
    columns += ["((i - 2) * 0.01)::DECIMAL(%d,2) AS s%d" % (p, p) for p in (4, 9, 10, 18, 19, 38)]
    w.duckdb("duckdb_decimals", "SELECT %s FROM range(6) t(i)" % ", ".join(columns))


@fixture("DuckDB: geometry logical type (WKB), null and several kinds")
def duckdb_geometry(w):
    shapes = ["POINT(1 2)", "LINESTRING(0 0, 1 1, 2 0)", "POLYGON((0 0, 4 0, 4 4, 0 0))", "MULTIPOINT(1 1, 2 2)", "POINT Z(1 2 3)",
              "GEOMETRYCOLLECTION(POINT(5 5), LINESTRING(0 0, 1 1))"]
    w.duckdb("duckdb_geometry", " UNION ALL ".join("SELECT %d AS id, '%s'::GEOMETRY AS g" % (i, s) for i, s in enumerate(shapes))
             + " UNION ALL SELECT 99, NULL")


@fixture("DuckDB: VARIANT of scalars, lists and structs")
def duckdb_variant(w):
    values = ["1", "'text'", "true", "NULL", "1.5::DOUBLE", "[1, 2, 3]", "{'a': 1, 'b': 'x'}", "DATE '2026-05-01'", "12.34::DECIMAL(9,2)"]
    w.duckdb("duckdb_variant", " UNION ALL ".join("SELECT %d AS id, (%s)::VARIANT AS v" % (i, v) for i, v in enumerate(values)))


@fixture("polars: its types, Decimal, Duration, Time, Categorical, Enum, List, Array, Struct, Binary and Null among them")
def polars_types(w):
    import polars as pl
    n = 30
    data = {"i%d" % b: pl.Series(nulls(ints(n, b, True, b), b), dtype=getattr(pl, "Int%d" % b)) for b in (8, 16, 32, 64)}
    data.update({"u%d" % b: pl.Series(nulls(ints(n, b, False, b), b), dtype=getattr(pl, "UInt%d" % b)) for b in (8, 16, 32, 64)})
    data.update({
        "f32": pl.Series(singles(n, 1), dtype=pl.Float32), "f64": pl.Series(nulls(doubles(n, 2), 3), dtype=pl.Float64),
        "bool": pl.Series(nulls([i % 3 == 0 for i in range(n)], 4)), "str": pl.Series(nulls(strings(n, 5), 6)),
        "bin": pl.Series(nulls(blobs(n, 7), 8), dtype=pl.Binary),
        "date": pl.Series(nulls([datetime.date(1900, 1, 1) + datetime.timedelta(1500 * i) for i in range(n)], 9)),
        "time": pl.Series(nulls([datetime.time(i % 24, i % 60, 1, 250) for i in range(n)], 10)),
        "duration": pl.Series(nulls([datetime.timedelta(i, 5) for i in range(n)], 11)),
        "ms": pl.Series([10**12 + i for i in range(n)]).cast(pl.Datetime("ms")),
        "us": pl.Series([-10**12 - i for i in range(n)]).cast(pl.Datetime("us", "UTC")),
        "ns": pl.Series([10**18 + i for i in range(n)]).cast(pl.Datetime("ns")),
        "dec": pl.Series(nulls(decimals(n, 38, 4, 12), 13), dtype=pl.Decimal(38, 4)),
        "dec9": pl.Series(nulls(decimals(n, 9, 2, 14), 15), dtype=pl.Decimal(9, 2)),
        "cat": pl.Series(nulls([WORDS[i % 5] for i in range(n)], 16), dtype=pl.Categorical),
        "enum": pl.Series(nulls(["ab"[i % 2] for i in range(n)], 17), dtype=pl.Enum(["a", "b"])),
        "list": pl.Series(nulls([list(range(i % 4)) for i in range(n)], 18), dtype=pl.List(pl.Int64)),
        "array": pl.Series(nulls([[i, i + 1] for i in range(n)], 19), dtype=pl.Array(pl.Int32, 2)),
        "struct": pl.Series([{"a": i, "b": [{"c": str(i)}]} for i in range(n)]),
        "null": pl.Series([None] * n),
    })
    w.polars("polars_types", pl.DataFrame(data))
    w.polars("polars_small_pages", pl.DataFrame(data), data_page_size=64, row_group_size=17, compression="zstd")


@fixture("fastparquet: its own layout of types; nulls marked, times as int96, categories as dictionaries, JSON objects")
def fastparquet_types(w):
    import pandas as pd
    frame = pandas_mixed(50)
    frame["nullable_int"] = pd.array(nulls(ints(50, 32, True, 8), 9), dtype="Int32")
    frame["nullable_bool"] = pd.array(nulls([i % 2 == 0 for i in range(50)], 10), dtype="boolean")
    frame["delta"] = pd.to_timedelta(np.arange(50) * 977, unit="ms").as_unit("us")
    w.fastparquet("fastparquet_types", frame, object_encoding={"s": "utf8"}, row_group_offsets=20)
    frame["json"] = pd.Series([{"a": i, "b": [i]} for i in range(50)], dtype=object)
    frame["bytes"] = pd.Series(blobs(50, 3), dtype=object)
    w.fastparquet("fastparquet_objects", frame[["id", "json", "bytes"]], object_encoding={"json": "json", "bytes": "bytes"}, has_nulls=False)
    w.fastparquet("fastparquet_int96", frame[["id", "t"]], times="int96", compression="GZIP")


@fixture("fastparquet: a folder with `_metadata`, partitioned by a column; chunks carry file_path")
def fastparquet_summary(w):
    import fastparquet
    folder = w.folder / "fastparquet_summary"
    fastparquet.write(str(folder), pandas_mixed(40)[["id", "s", "c"]], file_scheme="hive", partition_on=["c"],
                      object_encoding="utf8", row_group_offsets=20)
    for path in sorted(folder.rglob("*.parquet")):
        w.golden(str(path.relative_to(w.folder)).removesuffix(".parquet"))
    w.written += ["fastparquet_summary/_metadata", "fastparquet_summary/_common_metadata"]


@fixture("pandas through pyarrow: a named index and the `pandas` metadata")
def pandas_index(w):
    frame = pandas_mixed(25).set_index(["s", "id"])
    frame.to_parquet(w.path("pandas_index"))
    w.golden("pandas_index")
