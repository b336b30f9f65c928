"""Writes trips/, the data set of the examples and the demo: taxi trips, partitioned as Spark does.

Usage: make.py   (needs pyarrow; from a seed, so the same pyarrow writes the same bytes)

Every month has another codec. Some files have a page index, some bloom filters on `id`, `pickup_at` and `city`,
one has data pages V2, one is without dictionaries. So each kind of evidence by which a filter leaves something out
decides in some file; docs/predicates.md has a command for each. README.md tells what is in them.
"""

import collections
import datetime
import decimal
import pathlib
import random
import shutil
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).resolve().parent
CITIES = ("Amsterdam", "Bogotá", "Chicago", "Kraków", "Lagos", "São Paulo", "Zürich", "東京")
TAGS = ("airport", "card", "night", "pool", "rain", "rush hour", "student", "wheelchair")
METHODS = ("card", "cash", "voucher", "wallet")
NAMES = ("Ada", "Bo", "Chidi", "Dolores", "Eun-ji", "Fatima", "Grzegorz", "Hiro", "Inês", "Jürgen")

SCHEMA = pa.schema([
    pa.field("id", pa.int64(), nullable=False),
    pa.field("pickup_at", pa.timestamp("us", "UTC"), nullable=False),
    pa.field("city", pa.string(), nullable=False),
    pa.field("fare", pa.decimal128(9, 2)),
    pa.field("distance", pa.float64()),
    pa.field("passengers", pa.int32()),
    pa.field("tags", pa.list_(pa.string())),
    pa.field("driver", pa.struct([pa.field("id", pa.int32(), nullable=False), ("name", pa.string()), ("rating", pa.float32())])),
    pa.field("payments", pa.map_(pa.string(), pa.decimal128(9, 2))),
])

# The counts of December's passengers were lost. Without statistics only the histogram of definition levels in its
# size statistics tells that all of them are null.
UNCOUNTED = (2025, 12)
COUNTED = ["id", "pickup_at", "city", "fare", "distance", "tags.list.element", "driver.id", "driver.name",
           "driver.rating", "payments.key_value.key", "payments.key_value.value"]

# month, codec, its suffix as Spark writes it, rows a file, options. January has several pages a column and no index,
# so that only their headers tell them apart.
INDEX = {"write_page_index": True, "max_rows_per_page": 1000}
BLOOM = {"bloom_filter_options": {"id": {"ndv": 8000, "fpp": 0.01}, "pickup_at": {"ndv": 8000, "fpp": 0.01},
                                  "city": {"ndv": 8, "fpp": 0.01}}}
MONTHS = (
    (UNCOUNTED, "none", "", (4000,), {"write_statistics": COUNTED}),
    ((2026, 1), "gzip", ".gz", (6500, 4500), {"max_rows_per_page": 1000}),
    ((2026, 2), "brotli", ".brotli", (9000,), {"data_page_version": "2.0", **INDEX}),
    ((2026, 3), "lz4", ".lz4raw", (7000, 4200), {"use_dictionary": ["city", "tags.list.element"], **BLOOM}),
    ((2026, 4), "zstd", ".zstd", (8800, 6000), {**INDEX, **BLOOM, "write_page_checksum": True}),
    ((2026, 5), "snappy", ".snappy", (7800, 5600), {**INDEX, "row_group_size": 3000}),
)


def cents(value):
    return decimal.Decimal(value).scaleb(-2)


def maybe(r, share, value):
    return None if r.random() < share else value


def trip(r, number, at):
    distance = round(min(80.0, 0.4 + r.expovariate(1 / 5.5)), 2)
    fare = 300 + int(distance * r.randrange(140, 260))
    first = r.choice(METHODS)
    payments = [(first, cents(fare))]
    if r.random() < 0.1:
        other = r.choice([m for m in METHODS if m != first])
        payments = [(first, cents(fare // 2)), (other, cents(fare - fare // 2))]
    driver = r.randrange(1, 120)
    return {
        "id": number, "pickup_at": at, "city": r.choices(CITIES, range(len(CITIES), 0, -1))[0],
        "fare": maybe(r, 0.02, cents(fare)), "distance": maybe(r, 0.05, distance),
        "passengers": maybe(r, 0.08, r.choices((1, 2, 3, 4, 5, 6), (70, 15, 6, 5, 3, 1))[0]),
        "tags": maybe(r, 0.1, sorted(r.sample(TAGS, r.choice((0, 0, 1, 1, 2, 3))))),
        "driver": maybe(r, 0.03, {"id": driver, "name": maybe(r, 0.1, NAMES[driver % len(NAMES)]),
                                  "rating": maybe(r, 0.2, round(3 + (driver % 21) / 10, 1))}),
        "payments": maybe(r, 0.04, payments),
    }


def trips(r, number, year, month, count):
    start = datetime.datetime(year, month, 1, tzinfo=datetime.timezone.utc)
    end = datetime.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=datetime.timezone.utc)
    span = int((end - start).total_seconds())
    seconds = sorted(r.randrange(span) for _ in range(count))
    return [trip(r, number + i, start + datetime.timedelta(seconds=s, milliseconds=r.randrange(1000)))
            for i, s in enumerate(seconds)]


def main():
    r = random.Random(20260501)
    root = HERE / "trips"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "_SUCCESS").touch()
    number = 1
    lines, rows, by_city = [], 0, collections.Counter()
    fare = decimal.Decimal(0)
    for (year, month), codec, suffix, counts, options in MONTHS:
        folder = root / ("year=%d" % year) / ("month=%02d" % month)
        folder.mkdir(parents=True)
        job = uuid.UUID(int=r.getrandbits(128), version=4)
        month_trips = trips(r, number, year, month, sum(counts))
        if (year, month) == UNCOUNTED:
            month_trips = [{**t, "passengers": None} for t in month_trips]
        number += sum(counts)
        for part, count in enumerate(counts):
            data, month_trips = month_trips[:count], month_trips[count:]
            path = folder / ("part-%05d-%s.c000%s.parquet" % (part, job, suffix))
            pq.write_table(pa.Table.from_pylist(data, SCHEMA), path, compression=codec, **options)
            rows += count
            by_city.update(t["city"] for t in data)
            fare += sum(t["fare"] for t in data if t["fare"] is not None)
            lines.append("| `%s` | %s | %d | %d |\n" % (
                path.relative_to(root).parent, "lz4_raw" if codec == "lz4" else codec, count, path.stat().st_size))
    (HERE / "README.md").write_text("""# Example data

`trips/` holds invented taxi trips, written by `make.py`: a folder as Spark leaves it, partitioned by
`year` and `month` (which stand in the path only), another codec in every month.

| folder | codec | rows | bytes |
|---|---|---|---|
""" + "".join(lines) + """
December has no counts of passengers, and no statistics on them.

Altogether %d trips with ids 1 to %d; the fares that are not null add up to %s. Trips by city: %s.
""" % (rows, number - 1, fare, ", ".join("%s %d" % c for c in sorted(by_city.items()))))


if __name__ == "__main__":
    main()
