"""The data that fixtures are made of: from seeds or by rule, extremes first."""

import decimal
import random

import numpy as np
import pyarrow as pa


WORDS = ("", "a", "Ab", "Zürich", "東京", "🚕 taxi", 'quote " and \\', "tab\tline\nend\r", "\x01\x7f", "nul\x00l",
         "twelve bytes", "thirteen byte", "a rather longer string that no inline view can hold", "-", "0")


def nulls(values, seed, share=0.25):
    r = random.Random(seed)
    return [None if r.random() < share else v for v in values]


def ints(n, bits, signed, seed):
    r = random.Random(seed)
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    edges = [low, high, 0, 1, low + 1, high - 1] + ([-1] if signed else [])
    return (edges + [r.randint(low, high) >> r.randrange(bits) for _ in range(n)])[:n]


def doubles(n, seed):
    r = random.Random(seed)
    edges = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324, 1.7976931348623157e308, 0.1, 1e21, 1e-7,
             123456789012345680000.0, 1e-6, -1.5, 2.0 ** 53]
    return (edges + [r.uniform(-1, 1) * 10 ** r.randint(-30, 30) for _ in range(n)])[:n]


def singles(n, seed):
    r = random.Random(seed)
    edges = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1e-45, 3.4028235e38, 0.1, 16777216.0, 1e-7]
    return [float(np.float32(v)) for v in (edges + [r.uniform(-1, 1) * 10 ** r.randint(-20, 20) for _ in range(n)])[:n]]


def halves(n, seed):
    r = random.Random(seed)
    edges = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 6e-8, 65504.0, 0.1, 6.1e-5, 1.0]
    return [np.float16(v) for v in (edges + [r.uniform(-1, 1) * 10 ** r.randint(-4, 4) for _ in range(n)])[:n]]


def strings(n, seed):
    r = random.Random(seed)
    return [r.choice(WORDS) + (str(r.randrange(100)) if r.random() < 0.5 else "") for _ in range(n)]


def blobs(n, seed, size=None):
    r = random.Random(seed)
    return [r.randbytes(r.randrange(20) if size is None else size) for _ in range(n)]


def decimals(n, precision, scale, seed):
    r = random.Random(seed)
    top = 10 ** precision - 1
    with decimal.localcontext() as context:
        context.prec = 80
        edges = [top, -top, 0, 1, -1]
        return [decimal.Decimal(u).scaleb(-scale) for u in
                (edges + [r.choice((1, -1)) * r.randrange(10 ** r.randint(1, precision)) for _ in range(n)])[:n]]


def flat_columns(n):
    """Every type that Arrow stores in Parquet, without nulls."""
    day = 86400
    big = [v >> 12 for v in ints(n, 64, True, 30)]  # what every unit of time can hold
    columns = {
        "bool": pa.array([bool(v & 1) for v in ints(n, 16, True, 1)]),
        "string": pa.array(strings(n, 2)),
        "large_string": pa.array(strings(n, 3), pa.large_string()),
        "binary": pa.array(blobs(n, 4), pa.binary()),
        "fixed7": pa.array(blobs(n, 5, 7), pa.binary(7)),
        "fixed1": pa.array(blobs(n, 6, 1), pa.binary(1)),
        "float": pa.array(singles(n, 7), pa.float32()),
        "double": pa.array(doubles(n, 8), pa.float64()),
        "half": pa.array(halves(n, 9), pa.float16()),
        "date32": pa.array([v >> 9 for v in ints(n, 32, True, 10)], pa.int32()).cast(pa.date32()),
        "date64": pa.array([day * 1000 * (v >> 16) for v in ints(n, 32, True, 11)], pa.int64()).cast(pa.date64()),
        "time_ms": pa.array([v % (day * 10**3) for v in ints(n, 32, False, 12)], pa.int32()).cast(pa.time32("ms")),
        "time_us": pa.array([v % (day * 10**6) for v in ints(n, 63, False, 13)], pa.int64()).cast(pa.time64("us")),
        "time_ns": pa.array([v % (day * 10**9) for v in ints(n, 63, False, 14)], pa.int64()).cast(pa.time64("ns")),
        "duration": pa.array(ints(n, 64, True, 15), pa.int64()).cast(pa.duration("us")),
        "dictionary": pa.array(strings(n, 16)).dictionary_encode(),
        "null": pa.nulls(n),
        "dec32": pa.array(decimals(n, 9, 2, 17), pa.decimal32(9, 2)),
        "dec64": pa.array(decimals(n, 18, 18, 18), pa.decimal64(18, 18)),
        "dec128": pa.array(decimals(n, 38, 10, 19), pa.decimal128(38, 10)),
        "dec256": pa.array(decimals(n, 76, 0, 20), pa.decimal256(76, 0)),
    }
    for bits in (8, 16, 32, 64):
        columns["int%d" % bits] = pa.array(ints(n, bits, True, bits), getattr(pa, "int%d" % bits)())
        columns["uint%d" % bits] = pa.array(ints(n, bits, False, bits + 1), getattr(pa, "uint%d" % bits)())
    for unit in ("ms", "us", "ns"):
        raw = pa.array(ints(n, 64, True, 40) if unit != "ms" else big, pa.int64())
        columns["timestamp_" + unit] = raw.cast(pa.timestamp(unit))
        columns["instant_" + unit] = raw.cast(pa.timestamp(unit, "UTC"))
    columns["timestamp_s"] = pa.array([v >> 20 for v in big], pa.int64()).cast(pa.timestamp("s"))
    columns["instant_berlin"] = pa.array(big, pa.int64()).cast(pa.timestamp("us", "Europe/Berlin"))
    return columns


def with_nulls(columns):
    out = {}
    for i, (name, array) in enumerate(columns.items()):
        keep = nulls([True] * len(array), 100 + i)
        out[name] = pa.compute.if_else(pa.array([k is not None for k in keep]), array, pa.scalar(None, array.type))
    return out


def required(table):
    fields = [f if pa.types.is_null(f.type) else f.with_nullable(False) for f in table.schema]
    return table.cast(pa.schema(fields))


def mixed(n, seed=0):
    """A few columns of ordinary data, as most files hold: for everything that is not about types."""
    r = random.Random(seed)
    return pa.table({
        "id": pa.array(range(1000, 1000 + n), pa.int64()),
        "city": pa.array(nulls([r.choice(("Zürich", "Oslo", "Lima", "Quito")) for _ in range(n)], seed, 0.1)),
        "fare": pa.array(nulls([r.randrange(100, 9999) / 100 for _ in range(n)], seed + 1, 0.1)),
        "count": pa.array([r.randrange(8) for _ in range(n)], pa.int32()),
        "paid": pa.array(nulls([r.random() < 0.8 for _ in range(n)], seed + 2, 0.1)),
        "tags": pa.array(nulls([nulls([r.choice(WORDS[1:5]) for _ in range(r.randrange(4))], seed + i, 0.2)
                                for i in range(n)], seed + 3, 0.1), pa.list_(pa.string())),
    })


def nested_value(t, r, nullable=True):
    if nullable and r.random() < 0.2:
        return None
    if pa.types.is_struct(t):
        return {f.name: nested_value(f.type, r, f.nullable) for f in t}
    if pa.types.is_map(t):
        return [(nested_value(t.key_type, r, False), nested_value(t.item_type, r, t.item_field.nullable))
                for _ in range(r.randrange(4))]
    if pa.types.is_fixed_size_list(t):
        return [nested_value(t.value_type, r, t.value_field.nullable) for _ in range(t.list_size)]
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        return [nested_value(t.value_type, r, t.value_field.nullable) for _ in range(r.choice((0, 1, 2, 3, 5)))]
    if pa.types.is_string(t):
        return r.choice(WORDS)
    if pa.types.is_boolean(t):
        return r.random() < 0.5
    if pa.types.is_floating(t):
        return r.randrange(1000) / 8
    return r.randrange(-100, 100)


def nested_table(fields, n, seed):
    r = random.Random(seed)
    schema = pa.schema(fields)
    return pa.table([pa.array([nested_value(f.type, r, f.nullable) for _ in range(n)], f.type) for f in schema],
                    schema=schema)


def nested_fields():
    i32, s = pa.int32(), pa.string()
    point = pa.struct([("x", pa.float64()), pa.field("y", pa.float64(), nullable=False)])
    return [
        pa.field("list", pa.list_(i32)),
        pa.field("list_required_elements", pa.list_(pa.field("element", i32, nullable=False))),
        pa.field("required_list", pa.list_(s), nullable=False),
        pa.field("required_list_required", pa.list_(pa.field("element", pa.bool_(), nullable=False)), nullable=False),
        pa.field("list_list", pa.list_(pa.list_(s))),
        pa.field("list_list_list", pa.list_(pa.list_(pa.list_(i32)))),
        pa.field("struct", point),
        pa.field("required_struct", point, nullable=False),
        pa.field("struct_struct", pa.struct([("a", pa.struct([("b", pa.struct([("c", i32)]))])), ("d", s)])),
        pa.field("map", pa.map_(s, i32)),
        pa.field("required_map", pa.map_(i32, pa.field("value", s, nullable=False)), nullable=False),
        pa.field("map_map", pa.map_(s, pa.map_(i32, s))),
        pa.field("map_struct", pa.map_(s, point)),
        pa.field("map_list", pa.map_(s, pa.list_(i32))),
        pa.field("list_struct", pa.list_(point)),
        pa.field("list_map", pa.list_(pa.map_(s, i32))),
        pa.field("list_struct_map", pa.list_(pa.struct([("id", i32), ("m", pa.map_(s, pa.list_(pa.int64())))]))),
        pa.field("struct_list", pa.struct([("l", pa.list_(i32)), ("s", s)])),
        pa.field("struct_lists", pa.struct([("l", pa.list_(pa.list_(i32))), ("m", pa.map_(s, s))])),
        pa.field("fixed_list", pa.list_(pa.float32(), 3), nullable=False),
        pa.field("large_list", pa.large_list(pa.int64())),
    ]


def pandas_mixed(n):
    import pandas as pd
    r = random.Random(20)
    return pd.DataFrame({
        "id": np.arange(n, dtype="int64"), "small": np.array(ints(n, 8, True, 1), "int8"),
        "u": np.array(ints(n, 16, False, 2), "uint16"), "f": np.array(singles(n, 3), "float32"),
        "d": [r.randrange(1000) / 8 for _ in range(n)], "b": [r.random() < 0.5 for _ in range(n)],
        "s": pd.Series(nulls(strings(n, 4), 5), dtype=object),
        "t": pd.to_datetime(np.array([r.randrange(2**40) for _ in range(n)], "int64"), unit="ms").as_unit("us"),
        "c": pd.Categorical([r.choice(("red", "green", "blue")) for _ in range(n)]),
    })
