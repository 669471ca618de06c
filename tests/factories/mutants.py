"""Workbooks that nobody saved: those of the public cases, broken at random in their bytes, their parts or their XML."""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from tests.cas.rem_read import REM
from tests.factories.layouts import exported, spread
from tests.factories.workbooks import an_ods, an_ods_table, rows_of

XML = (".xml", ".rels")
NUMBER, ATTRIBUTE, TAG = (
    re.compile(rb'="(-?\d+)"'),
    re.compile(rb'="[^"<]{0,40}"'),
    re.compile(rb"</?[a-zA-Z:]+[^<>]*>"),
)
EXTREMES = (b"-1", b"0", b"", b"99999999999999999999", b"1e999", b"NaN", b"abc", b"\xc3\xa9", b"&#0;", b"4294967296")
SCRAPS = (
    *(b"\x00", b"\xff\xfe", b"<", b"&", b"]]>", b"<![CDATA[", b"&bomb;", "\u202e\u200b".encode(), b"_x0000_"),
    *(b"<c/>", b"<row>", b"<v>9</v>", b"<f>1+1</f>", b"<table:table-row>", b"<text:p>x</text:p>"),
)
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


@cache
def sources() -> tuple[bytes, ...]:
    files = [path.read_bytes() for path in sorted(REM.iterdir()) if path.stat().st_size > 1000]
    made = [exported(12, 8, 10), spread(4), an_ods(an_ods_table(rows_of(*range(1, 12))))]
    return (*files, *(file.getvalue() for file in made))


def mutants(number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give so many workbooks, each with its name; the same seed gives the same ones."""
    for rank in range(number):
        dice = random.Random(seed * 1_000_003 + rank)
        content = dice.choice(sources())
        for _ in range(dice.choice((1, 1, 1, 2, 5))):
            content = dice.choice(WAYS)(content, dice)
        yield dice.choice(("rem.xlsx", "rem.ods", "REM final.XLSX", "rem")), content


def _flip(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.randint(1, 40)):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content) + 1)] + dice.choice((b"", bytes(dice.randrange(300))))


def _in_a_part(change: Callable[[bytes, random.Random], bytes]) -> Callable[[bytes, random.Random], bytes]:
    """Change one part of the archive, most often its rows; what is no archive any more stays as it is."""

    def changed(content: bytes, dice: random.Random) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error):
            return content
        names = [name for name in parts if name.endswith(XML)]
        if names:
            rows = [name for name in names if "sheet" in name or name == "content.xml"]
            name = dice.choice(rows if rows and dice.random() < 0.6 else names)
            parts[name] = change(parts[name], dice)
        return _packed(parts, dice)

    return changed


def _packed(parts: dict[str, bytes], dice: random.Random) -> bytes:
    names = list(parts)
    if dice.random() < 0.1 and names:
        del parts[dice.choice(names)]
    if dice.random() < 0.05:
        names.reverse()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for name in names:
            if name in parts:
                archive.writestr(name, parts[name])
    return file.getvalue()


def _scrap(part: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(part) + 1)
    return part[:place] + dice.choice(SCRAPS) * dice.choice((1, 1, 1, 50)) + part[place:]


def _extreme(part: bytes, dice: random.Random) -> bytes:
    matches = list((NUMBER if dice.random() < 0.7 else ATTRIBUTE).finditer(part))
    for match in sorted(dice.sample(matches, min(len(matches), dice.randint(1, 5))), key=lambda place: -place.start()):
        part = part[: match.start()] + b'="' + dice.choice(EXTREMES) + b'"' + part[match.end() :]
    return part


def _tag(part: bytes, dice: random.Random) -> bytes:
    """Lose a tag, or say it again, here or elsewhere."""
    tags = list(TAG.finditer(part))
    if not tags:
        return part
    match, other = dice.choice(tags), dice.choice(tags)
    if dice.random() < 0.5:
        return part[: match.start()] + part[match.end() :]
    return part[: other.start()] + match[0] * dice.choice((1, 1, 300)) + part[other.start() :]


def _again(part: bytes, dice: random.Random) -> bytes:
    first, last = sorted(dice.randrange(len(part) + 1) for _ in range(2))
    return part[:last] + part[first:last] * dice.choice((1, 3, 20)) + part[last:]


def _declared(part: bytes, dice: random.Random) -> bytes:
    _, end, rest = part.partition(b"?>")
    return part[: -len(rest) or None] + DOCTYPE + rest if end else DOCTYPE + part


def _repeated(part: bytes, dice: random.Random) -> bytes:
    """Make an OpenDocument row or cell repeat itself very often."""
    times = dice.choice((b"1048576", b"2147483647", b"16384"))
    what = dice.choice((b"table:table-row", b"table:table-cell", b"row", b"c"))
    return part.replace(b"<" + what, b"<" + what + b' table:number-rows-repeated="' + times + b'"', dice.randint(1, 3))


def _deep(part: bytes, dice: random.Random) -> bytes:
    place = part.find(b">", len(part) // 2) + 1
    return part[:place] + b"<x>" * 5000 + part[place:]


WAYS = (_flip, _cut, *map(_in_a_part, (_scrap, _extreme, _extreme, _tag, _tag, _again, _declared, _repeated, _deep)))
