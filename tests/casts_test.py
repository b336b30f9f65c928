#!/usr/bin/env python3
"""reinterpret_cast occurs where it is listed here and nowhere else: each of these only looks at characters
as bytes, or at bytes as a vector register or as integers of the other sign."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALLOWED = {  # file: how many, and what they are
    "src/base/crc32.cc": (2, "vector loads and stores"),
    "src/codec/libsnappy.cc": (2, "libsnappy takes characters"),
    "src/codec/lz4.cc": (2, "liblz4 takes characters"),
    "src/codec/snappy.cc": (3, "vector loads and stores"),
    "src/column/levels_avx2.cc": (2, "vector loads and stores"),
    "src/encoding/delta.cc": (1, "signed values as unsigned ones, to add without overflow"),
    "src/encoding/delta_length.cc": (1, "signed lengths as unsigned ones"),
    "src/encoding/kernels_avx2.cc": (3, "vector loads and stores"),
    "src/file/verify_facts.cc": (1, "text as bytes"),
    "src/s3/sha256.h": (1, "bytes as text"),
    "src/source/token.cc": (1, "text as bytes"),
    "src/thrift/reader.h": (1, "bytes as text"),
}


def main() -> int:
    found = {}
    for folder in ("src", "include"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".h", ".cc", ".inc"}:
                count = len(re.findall(r"\breinterpret_cast\b", path.read_text(encoding="utf-8")))
                if count:
                    found[path.relative_to(ROOT).as_posix()] = count
    problems = []
    for name, count in found.items():
        allowed = ALLOWED.get(name, (0, ""))[0]
        if count != allowed:
            problems.append(f"{name}: {count} of reinterpret_cast, {allowed} allowed")
    problems += [f"{name}: listed, but has none" for name in ALLOWED if name not in found]
    for problem in problems:
        print(problem)
    print(f"{sum(found.values())} casts in {len(found)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
