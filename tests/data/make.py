"""Writes the fixtures NAME.parquet, their goldens NAME.jsonl and README.md of this folder.

Usage: make.py          write everything anew
       make.py --check  write to a temporary folder and tell which goldens differ from the committed ones

Needs pyarrow, duckdb, polars, fastparquet and pandas. All data is made from seeds or by rule, so the
same versions of the libraries give the same bytes. Other versions give other bytes: --check informs,
it is no test. Goldens come from canonical.py, never from veneer; where the writer was handed an Arrow
table, the golden is also held against that table, so that a library's own reading errors show.
"""

import pathlib
import shutil
import sys
import tempfile

import recipes_pages  # noqa: F401 (they register their fixtures)
import recipes_shapes
import recipes_types
import recipes_writers
from writer import FIXTURES, Writer

HERE = pathlib.Path(__file__).resolve().parent
README_HEAD = """# Fixtures

Small Parquet files that common libraries write, each with a golden `NAME.jsonl` beside it: the rows as
canonical JSON lines, one object a row. `make.py` wrote them all (with {versions}) by the rules of `recipes_*.py`;
`canonical.py` rendered the goldens from what pyarrow decodes and from the types of the footer's schema, never with veneer.

How a golden writes values: keys in schema order and never left out; null is `null`; integers as they
are (unsigned where annotated); floats with the shortest digits that round-trip at their width, laid
out as ECMAScript's `Number.toString`, `-0` kept, `"NaN"`, `"Infinity"`, `"-Infinity"` as strings; decimals, dates,
times and timestamps as strings with all the digits of their scale or unit, `Z` when adjusted to UTC;
strings as strings, `{{"$hex":"…"}}` when not valid UTF-8; other bytes as a string of hex; maps as arrays of
`{{"key":…,"value":…}}`; INTERVAL as `{{"months":…,"days":…,"millis":…}}`.

`make.py --check` writes everything to a temporary folder and tells what differs.

| files | who wrote them, and what for |
|---|---|
"""


def write_all(folder):
    import duckdb, fastparquet, pandas, polars, pyarrow
    versions = ", ".join("%s %s" % (m.__name__, m.__version__) for m in (pyarrow, duckdb, polars, fastparquet, pandas))
    lines = []
    for function, description in FIXTURES:  # which the recipes_*.py have registered
        w = Writer(folder)
        function(w)
        lines.append("| %s | %s |\n" % (", ".join("`%s`" % n for n in w.written), description))
    (folder / "README.md").write_text(README_HEAD.format(versions=versions) + "".join(lines))


def files(folder):
    return {str(p.relative_to(folder)): p for p in folder.rglob("*")
            if p.suffix in (".parquet", ".jsonl", ".md") or p.name.endswith("_metadata")}


def main():
    with tempfile.TemporaryDirectory() as temporary:
        fresh = pathlib.Path(temporary)
        write_all(fresh)
        new, old = files(fresh), files(HERE)
        if "--check" in sys.argv:
            differ = [n for n in sorted(new.keys() | old.keys())
                      if n not in new or n not in old or new[n].read_bytes() != old[n].read_bytes()]
            goldens = [n for n in differ if n.endswith(".jsonl")]
            print("%d files, %d differ, %d goldens differ" % (len(new), len(differ), len(goldens)))
            for n in differ:
                print(" ", n)
            return 1 if goldens else 0
        for name in sorted(old.keys() - new.keys()):
            print("not written by make.py any more:", name)
        for name, path in new.items():
            (HERE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, HERE / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
