"""Renders the rows of a Parquet file as canonical JSON lines, for the goldens beside the fixtures.

Nothing here is veneer: pyarrow decodes the values, the footer's schema (read below, independently of
any reader) decides how each is written: one object a row, keys in schema order, exact decimals, shortest
floats, timestamps with all the digits of their unit.

Usage: canonical.py FILE.parquet... prints the rows.
"""

import datetime
import io
import struct
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


# ---------------------------------------------------------------------------- thrift compact protocol

class Compact:
    """Structs become {field id: value}; just enough for a footer."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def varint(self):
        out = shift = 0
        while True:
            b = self.data[self.at]
            self.at += 1
            out |= (b & 0x7F) << shift
            shift += 7
            if b < 0x80:
                return out

    def zigzag(self):
        n = self.varint()
        return (n >> 1) ^ -(n & 1)

    def value(self, kind):
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            self.at += 1
            return struct.unpack_from("b", self.data, self.at - 1)[0]
        if kind in (4, 5, 6):
            return self.zigzag()
        if kind == 7:
            self.at += 8
            return struct.unpack_from("<d", self.data, self.at - 8)[0]
        if kind == 8:
            n = self.varint()
            self.at += n
            return bytes(self.data[self.at - n:self.at])
        if kind in (9, 10):
            head = self.data[self.at]
            self.at += 1
            n, kind = head >> 4, head & 15
            if n == 15:
                n = self.varint()
            if kind in (1, 2):
                self.at += n
                return [b == 1 for b in self.data[self.at - n:self.at]]
            return [self.value(kind) for _ in range(n)]
        if kind == 12:
            out, field = {}, 0
            while True:
                head = self.data[self.at]
                self.at += 1
                if head == 0:
                    return out
                delta, kind = head >> 4, head & 15
                field = field + delta if delta else self.zigzag()
                out[field] = self.value(kind)
        raise ValueError("thrift type %d" % kind)


def footer(data):
    """FileMetaData of the file's bytes, as nested {field id: value}."""
    length, magic = struct.unpack("<I4s", data[-8:])
    assert magic == b"PAR1", magic
    return Compact(data[len(data) - 8 - length:len(data) - 8]).value(12)


# ---------------------------------------------------------------------------- schema tree

BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTE_ARRAY, FLBA = range(8)
REQUIRED, OPTIONAL, REPEATED = range(3)
UNITS = {1: (3, 10**3), 2: (6, 10**6), 3: (9, 10**9)}  # TimeUnit member: digits, ticks a second
# ConvertedType -> the LogicalType member and parameters that mean the same
CONVERTED = {
    0: ("string",), 1: ("map",), 2: ("map",), 3: ("list",), 4: ("enum",), 6: ("date",),
    7: ("time", True, 1), 8: ("time", True, 2), 9: ("timestamp", True, 1), 10: ("timestamp", True, 2),
    11: ("uint",), 12: ("uint",), 13: ("uint",), 14: ("uint",), 15: ("int",), 16: ("int",),
    17: ("int",), 18: ("int",), 19: ("json",), 20: ("bson",), 21: ("interval",),
}
LOGICAL = {1: "string", 2: "map", 3: "list", 4: "enum", 6: "date", 11: "unknown", 12: "json",
           13: "bson", 14: "uuid", 15: "float16"}


class Node:
    def __init__(self, element):
        self.physical = element.get(1)
        self.repetition = element.get(3, REQUIRED)
        self.name = element[4].decode()
        self.children = []
        self.logical = self._logical(element)

    @staticmethod
    def _logical(element):
        for member, body in element.get(10, {}).items():
            if member == 5:
                return ("decimal", body[1])
            if member in (7, 8):
                return ("time" if member == 7 else "timestamp", body[1], next(iter(body[2])))
            if member == 10:
                return ("int" if body[2] else "uint",)
            if member in LOGICAL:
                return (LOGICAL[member],)
        converted = element.get(6)
        if converted == 5:
            return ("decimal", element.get(7, 0))
        return CONVERTED.get(converted, (None,))


def schema_tree(meta):
    elements = iter(meta[2])

    def build():
        element = next(elements)
        node = Node(element)
        node.children = [build() for _ in range(element.get(5, 0))]
        return node

    return build()


# ---------------------------------------------------------------------------- text of one value

def quote(s):
    out = ['"']
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    for c in s:
        out.append(short[c] if c in short else "\\u%04x" % ord(c) if c < " " else c)
    return "".join(out) + '"'


def number(x):
    """Shortest digits that round-trip at x's width, laid out as ECMAScript's Number.toString."""
    if np.isnan(x):
        return '"NaN"'
    if np.isinf(x):
        return '"Infinity"' if x > 0 else '"-Infinity"'
    sign = "-" if np.signbit(x) else ""
    if x == 0:
        return sign + "0"
    mantissa, exponent = np.format_float_scientific(abs(x), unique=True, trim="-").split("e")
    digits, n = mantissa.replace(".", ""), int(exponent) + 1  # value = 0.digits * 10^n
    k = len(digits)
    if k <= n <= 21:
        return sign + digits + "0" * (n - k)
    if 0 < n <= 21:
        return sign + digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return sign + "0." + "0" * -n + digits
    e = n - 1
    return sign + digits[0] + ("." + digits[1:] if k > 1 else "") + "e%s%d" % ("-+"[e > 0], abs(e))


def date(days):
    """Proleptic Gregorian, any year: Python's calendar moved by whole 400-year cycles."""
    cycles, day = divmod(days + 719162, 146097)  # days since 0001-01-01
    d = datetime.date.fromordinal(day + 1)
    year = d.year + 400 * cycles
    text = "%04d" % year if 0 <= year <= 9999 else "%+06d" % year if year > 0 else "-%04d" % -year
    return "%s-%02d-%02d" % (text, d.month, d.day)


def clock(ticks, per_second, digits):
    seconds, fraction = divmod(ticks, per_second)
    return "%02d:%02d:%02d.%0*d" % (seconds // 3600, seconds // 60 % 60, seconds % 60, digits, fraction)


def time(ticks, utc, unit):
    digits, per_second = UNITS[unit]
    return '"%s%s%s"' % ("-" if ticks < 0 else "", clock(abs(ticks), per_second, digits), "Z" if utc else "")


def timestamp(ticks, utc, unit):
    digits, per_second = UNITS[unit]
    days, rest = divmod(ticks, 86400 * per_second)
    return '"%sT%s%s"' % (date(days), clock(rest, per_second, digits), "Z" if utc else "")


def text(raw):
    try:
        return quote(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return '{"$hex":"%s"}' % raw.hex()


def decimal(value, scale):
    sign, digits, exponent = value.as_tuple()
    unscaled = int("".join(map(str, digits))) * 10 ** (exponent + scale)
    body = "%0*d" % (scale + 1, unscaled)
    return '"%s%s"' % ("-" if sign and unscaled else "", body[:-scale] + "." + body[-scale:] if scale else body)


# ---------------------------------------------------------------------------- columns to texts

def each(values, write):
    return ["null" if v is None else write(v) for v in values]


def as_bytes(array):
    if pa.types.is_fixed_size_binary(array.type):
        return array.to_pylist()
    return array.cast(pa.large_binary()).to_pylist()


def as_integers(array):
    width = {8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}[array.type.bit_width]
    return array.view(width).to_pylist()


def floats(array):
    if pa.types.is_float16(array.type):
        values = array.to_numpy(zero_copy_only=False).astype(np.float32) if array.null_count == 0 else [
            None if v is None else np.float32(v) for v in array.to_pylist()]
        return values
    kind = np.float32 if pa.types.is_float32(array.type) else np.float64
    return [None if v is None else kind(v) for v in array.to_pylist()]


def leaf(array, node):
    logical = node.logical
    kind = logical[0]
    if pa.types.is_null(array.type) or kind == "unknown":
        return ["null"] * len(array)
    if node.physical == BOOLEAN:
        return each(array.to_pylist(), lambda v: "true" if v else "false")
    if kind == "decimal":
        return each(array.to_pylist(), lambda v: decimal(v, logical[1]))
    if node.physical in (FLOAT, DOUBLE) or kind == "float16":
        return each(floats(array), number)
    if kind == "date":
        return each(as_integers(array), lambda v: '"%s"' % date(v))
    if kind == "time":
        return each(as_integers(array), lambda v: time(v, *logical[1:]))
    if kind == "timestamp":
        if array.type.unit == "s":
            array = array.cast(pa.timestamp("ms"))
        assert array.type.unit == {1: "ms", 2: "us", 3: "ns"}[logical[2]]
        return each(as_integers(array), lambda v: timestamp(v, *logical[1:]))
    if node.physical == INT96:
        return each(as_integers(array), lambda v: timestamp(v, False, 3))
    if node.physical in (INT32, INT64):
        return each(array.to_pylist(), str)
    values = as_bytes(array)
    if kind in ("string", "enum", "json"):
        return each(values, text)
    if kind == "uuid":
        return each(values, lambda v: '"%s-%s-%s-%s-%s"' % tuple(
            v[a:b].hex() for a, b in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 16))))
    if kind == "interval":
        return each(values, lambda v: '{"months":%d,"days":%d,"millis":%d}' % struct.unpack("<III", v))
    return each(values, lambda v: '"%s"' % v.hex())


def lists(array, element_texts):
    """Texts of a list or map array; element_texts are those of all of its child's slots."""
    valid = array.is_valid().to_pylist()
    if pa.types.is_fixed_size_list(array.type):
        size = array.type.list_size
        bounds = [(array.offset + i) * size for i in range(len(array) + 1)]
    else:
        bounds = array.offsets.to_pylist()
    return ["[" + ",".join(element_texts[bounds[i]:bounds[i + 1]]) + "]" if valid[i] else "null"
            for i in range(len(array))]


def struct_texts(arrays, nodes, valid):
    columns = [render(a, n) for a, n in zip(arrays, nodes)]
    keys = [quote(n.name) + ":" for n in nodes]
    return ["{" + ",".join(k + c[i] for k, c in zip(keys, columns)) + "}" if ok else "null"
            for i, ok in enumerate(valid)]


def group(array, node):
    if node.logical[0] == "list" and len(node.children) == 1 and node.children[0].repetition == REPEATED:
        r = node.children[0]
        three_level = len(r.children) == 1 and r.name not in ("array", node.name + "_tuple")
        return lists(array, render(array.values, r.children[0] if three_level else r, inside=True))
    if node.logical[0] == "map" and len(node.children) == 1 and node.children[0].repetition == REPEATED:
        entry = node.children[0].children
        if pa.types.is_map(array.type):
            keys, items = array.keys, array.items
        else:
            struct_array = array.values
            keys = struct_array.field(0) if pa.types.is_struct(struct_array.type) else struct_array
            items = struct_array.field(1) if len(entry) > 1 else None
        keys = render(keys, entry[0])
        items = render(items, entry[1]) if len(entry) > 1 else ["null"] * len(keys)
        return lists(array, ['{"key":%s,"value":%s}' % kv for kv in zip(keys, items)])
    fields = [array.field(i) for i in range(array.type.num_fields)]
    return struct_texts(fields, node.children, array.is_valid().to_pylist())


def render(array, node, inside=False):
    """One text a slot of `array`. `inside`: the list around a repeated field was taken off already."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if node.repetition == REPEATED and not inside:
        return lists(array, render(array.values, node, inside=True))
    return leaf(array, node) if node.physical is not None else group(array, node)


def table_rows(table, root):
    """The canonical lines of an Arrow table, as the types of the Parquet schema `root` have them."""
    if not root.children:
        return ["{}"] * table.num_rows
    out = []
    for batch in table.to_batches():
        out += struct_texts(batch.columns, root.children, [True] * batch.num_rows)
    return out


def rows(data):
    """The canonical lines of a Parquet file's bytes, without line ends."""
    # The footer's own types count, not the Arrow types that pyarrow may have left beside them.
    table = pq.ParquetFile(io.BytesIO(data.replace(b"ARROW:schema", b"ARROW_schema")),
                           arrow_extensions_enabled=False).read()
    return table_rows(table, schema_tree(footer(data)))


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path, "rb") as f:
            for line in rows(f.read()):
                sys.stdout.buffer.write(line.encode() + b"\n")
