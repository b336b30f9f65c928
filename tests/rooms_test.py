#!/usr/bin/env python3
"""Holds the tree to the room table of docs/architecture.md.

Every #include under src/ and include/ must be one that the table allows; the command sees the public
headers only; third-party headers stay in the rooms that own them; public headers export what they declare.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
OWNERS = {  # third-party header -> the one room that may include it
    "zstd": "codec", "zlib.h": "codec", "lz4": "codec", "brotli/": "codec", "snappy": "codec",
    "curl/": "s3",
}
BANNED = {"iostream", "istream", "ostream", "fstream", "sstream", "iomanip", "regex", "stdexcept"}


def read_table():
    """room -> rooms that it may include; public header -> room."""
    allowed, headers = {}, {}
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    section = text.split("\n## Rooms\n")[1].split("\n## ")[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        name = re.fullmatch(r"`(\w+)`", cells[0])
        if len(cells) != 4 or not name:
            continue
        room = name.group(1)
        allowed[room] = {room} | {r.strip() for r in cells[1].split(",")} - {"std"}
        for header in re.findall(r"`([\w./]+)`", cells[3]):
            headers[header] = room
    return allowed, headers


def main():
    allowed, headers = read_table()
    problems, includes = [], 0

    def say(path, line, what):
        problems.append(f"{path.relative_to(ROOT)}:{line}: {what}")

    def check(path, room):
        nonlocal includes
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(text)
            if not match:
                continue
            includes += 1
            quote, name = match.groups()
            if quote == "<":
                if name in BANNED:
                    say(path, number, f"<{name}> is not for the library")
                for prefix, owner in OWNERS.items():
                    if name.startswith(prefix) and room != owner:
                        say(path, number, f"<{name}> belongs to the room {owner}")
                if name.startswith("veneer/"):
                    say(path, number, f"write \"{name}\" inside the library")
                continue
            first, _, rest = name.partition("/")
            target = headers.get(rest) if first == "veneer" else first
            if target is None:
                say(path, number, f"{name} has no room in docs/architecture.md")
            elif target not in allowed:
                say(path, number, f"{name}: no room {target}; name headers from src/ or include/")
            elif target not in allowed[room]:
                say(path, number, f"{room} may not include {target} ({name})")

    for folder in sorted(p for p in (ROOT / "src").iterdir() if p.is_dir()):
        if folder.name not in allowed:
            problems.append(f"src/{folder.name}: not a room of docs/architecture.md")
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                say(path, 0, "rooms are one level deep")
            elif path.suffix in {".h", ".cc", ".inc"}:
                check(path, folder.name)

    public = ROOT / "include/veneer"
    for path in sorted(public.rglob("*.h")):
        name = path.relative_to(public).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        if name == "veneer.h":
            missing = {p.name for p in path.parent.glob("*.h")} - {"veneer.h"} - {
                m.group(2).removeprefix("veneer/") for m in map(INCLUDE.match, lines) if m}
            for header in sorted(missing):
                say(path, 0, f"does not include {header}")
            continue
        if name not in headers:
            say(path, 0, "belongs to no room of docs/architecture.md")
            continue
        check(path, headers[name])
        declares = any(line.startswith("namespace veneer") for line in lines)
        if declares and ("#pragma GCC visibility push(default)" not in lines
                         or "#pragma GCC visibility pop" not in lines):
            say(path, 0, "wants '#pragma GCC visibility push(default)' before its namespace and "
                         "'pop' behind it, or the shared library does not export it")

    command = ROOT / "tools/veneer"
    for path in sorted(command.rglob("*")) if command.is_dir() else []:
        if path.suffix not in {".h", ".cc"}:
            continue
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(text)
            if not match:
                continue
            includes += 1
            name = match.group(2)
            known = (name.startswith("veneer/") and (ROOT / "include" / name).is_file()) or (
                (path.parent / name).is_file() or (command / name).is_file())
            inside = name.split("/")[0] in allowed and not known
            if (match.group(1) == '"' and not known) or inside or "src/" in name:
                say(path, number, f"the command sees include/ only, not {name}")

    for problem in problems:
        print(problem)
    print(f"{includes} includes read, {len(allowed)} rooms, {len(problems)} problems")
    return 1 if problems or not includes or len(allowed) < 8 else 0


if __name__ == "__main__":
    sys.exit(main())
