"""Files that nobody saved: those of the public cases and one of each listed format, broken at random.

In their bytes, their beginning, their name, what they declare of their size, or what their archive holds.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from candidatures.catalogue.formats import FORMATS
from tests.factories import fichiers as some
from tests.factories.mutants import mutants as workbooks
from tests.factories.videos import a_video_of
from tests.factories.workbooks import an_ods, an_ods_table, rows_of

CASES = Path(__file__).parents[1] / "cas" / "fichiers"
MEGABYTE = 1024 * 1024
FAR = (0, 1, 2**15, 2**16 - 1, 2**31 - 1, 2**32 - 1)

# Each lone surrogate stands for a byte that is no UTF-8, or for a character that is none.
NAMES = (
    *("", " ", ".", "..", ".pdf", "pdf", "a.", "a.pdf.", "a.pdf ", "A.PDF", "a.pdf\u00a0", "a.jpg.exe", "con.pdf"),
    *("../../etc/passwd", "..\\..\\windows\\x.pdf", "/etc/passwd", "C:\\x.pdf", "%2e%2e%2f.pdf", "100%0Days.pdf"),
    *(
        "a\0b.pdf",
        "a%00.pdf",
        "a\r\nX: y\r\n\r\n<x>.pdf",
        'a"; filename="b.pdf',
        "a;b.pdf",
        "a\tb.pdf",
        "a\x1b[31m.pdf",
    ),
    *("x" * 300 + ".pdf", "x." + "y" * 5000, "é" * 160 + ".png", "e\u0301t\u00e9.pdf", "\u202efdp.exe", "\u200b.pdf"),
    *(
        "😀.png",
        "фото.png",
        "写真.jpg",
        "صورة.png",
        "ﬁn.pdf",
        "\ufeff.pdf",
        "a\u2028b.pdf",
        "\ud800.pdf",
        "a\udcff.png",
    ),
    *("<script>alert(1)</script>.pdf", "' OR 1=1 --.png", "=cmd|' /C calc'!A0.csv", "{{ a }}.txt", "%s%n.pdf"),
)


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """A name and a content each: every format that a door takes is there, and those that none takes."""
    cases = [(path.name, path.read_bytes()) for path in sorted(CASES.iterdir()) if path.suffix != ".py"]
    made = [
        ("video.mp4", a_video_of()),
        ("video.webm", some.a_video()),
        ("image.png", some.PNG),
        ("image.jpg", some.JPEG),
        ("image.webp", some.WEBP),
        ("page.pdf", some.PDF),
        ("écrit.pdf", some.a_written_pdf("Un écrit", pages=2)),
        ("fermé.pdf", some.LOCKED_PDF),
        ("xdm.zip", some.ZIP),
        ("texte.docx", some.DOCX),
        ("macros.docm", some.DOCM),
        ("table.xlsx", some.XLSX),
        ("texte.odt", some.ODT),
        ("table.ods", an_ods(an_ods_table(rows_of(1, 2))).getvalue()),
        ("notes.txt", "Des notes, en français.\n".encode() * 40),
        ("table.csv", b"a;b\n1;2\n" * 40),
        ("annotations.toml", b'[chapitres]\n"MAT" = "Maturit\xc3\xa9"\n'),
    ]
    return (*cases, *made)


def mutants(number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give so many files, each with its name; the same seed gives the same ones."""
    books = workbooks(number, seed)
    for rank in range(number):
        dice = random.Random(seed * 1_000_033 + rank)
        name, content = next(books) if dice.random() < 0.08 else dice.choice(seeds())
        for _ in range(dice.choice((1, 1, 1, 2, 4))):
            name, content = dice.choice(WAYS)(name, content, dice)
        yield name, content


def _flip(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    changed = bytearray(content)
    for _ in range(dice.randint(1, 40)):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return name, bytes(changed)


def _cut(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    kept = dice.choice((0, 1, 3, 8, 512, dice.randrange(len(content) + 1)))
    return name, content[:kept] + dice.choice((b"", bytes(dice.randrange(3000))))


def _beginning(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    """Begin as another file."""
    length = dice.choice((4, 12, 64, 600))
    return name, dice.choice(seeds())[1][:length] + content[length if dice.random() < 0.5 else 0 :]


def _ending(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    return f"{name.rpartition('.')[0]}.{dice.choice(dice.choice(list(FORMATS.values())).endings)}", content


def _name(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    hostile = dice.choice(NAMES)
    return (hostile if dice.random() < 0.5 else f"{hostile}{name}"), content


def _number(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    """Write an extreme number somewhere near the beginning, or near the end, where sizes and places are declared."""
    far, wide = dice.choice(FAR), dice.choice((">I", "<I", ">H", "<H"))
    written = struct.pack(wide, far & (0xFFFF if wide[1] == "H" else 0xFFFFFFFF))
    near = min(len(content), 200)
    place = dice.randrange(near + 1) if dice.random() < 0.6 else len(content) - dice.randrange(near + 1)
    return name, content[:place] + written + content[place + len(written) :]


def _giant(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    """Declare an image of billions of points: a PNG rewritten with its right checksum, a JPEG in its frame."""
    width, height = dice.choice(((65_500, 65_500), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1), (0, 0), (30_000, 30_000)))
    if content.startswith(b"\x89PNG") and len(content) > 33:
        header = b"IHDR" + struct.pack(">II", width, height) + content[24:29]
        return name, content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]
    place = content.find(b"\xff\xc0")
    if content.startswith(b"\xff\xd8") and place >= 0:
        return name, content[: place + 5] + struct.pack(">HH", height & 0xFFFF, width & 0xFFFF) + content[place + 9 :]
    return "géant.png", _giant("", some.PNG, dice)[1]


def _nested(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    for _ in range(dice.choice((1, 1, 2, 30))):
        content = some.a_zip_of({name.encode(errors="replace").decode()[:60].replace("\0", "") or "x": content})
        name = "archive.zip"
    return name, content


def _bomb(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        inside = dice.choice(("word/document.xml", "xl/workbook.xml", "a.txt", "IHE_XDM/S/METADATA.XML", "content.xml"))
        archive.writestr(inside, bytes(dice.choice((2, 12)) * MEGABYTE))
        for rank in range(dice.choice((0, 0, 3, 2000))):
            archive.writestr(f"{rank}.txt", b"")
    changed = bytearray(file.getvalue())
    if dice.random() < 0.4:  # the list says something else than what there is
        place = changed.rfind(b"PK\x01\x02") + dice.choice((20, 24, 42))
        changed[place : place + 4] = struct.pack("<I", dice.choice(FAR))
    return dice.choice((name, "bombe.zip", "bombe.docx", "bombe.xlsx")), bytes(changed)


def _slip(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    entries = {dice.choice(NAMES).encode(errors="replace").decode() or "vide": content[:1000] for _ in range(3)}
    return dice.choice((name, "archive.zip")), some.a_zip_of(entries | {"../../x.txt": b"x"} | entries)


def _locked(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    """Say that something is encrypted: every entry of an archive, or a whole PDF."""
    if content.startswith(b"%PDF"):
        return name, content.replace(b"trailer", b"trailer\n<< /Encrypt 5 0 R >>", 1) + b"\n/Encrypt\n"
    changed = bytearray(content)
    place = changed.find(b"PK\x01\x02")
    while place >= 0:
        if place + 9 < len(changed):
            changed[place + 8] |= 1
        place = changed.find(b"PK\x01\x02", place + 4)
    return name, bytes(changed)


def _again(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    first, last = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return name, (content[:last] + content[first:last] * dice.choice((1, 3)) + content[last:])[: 4 * MEGABYTE]


def _as_it_is(name: str, content: bytes, dice: random.Random) -> tuple[str, bytes]:
    return name, content


Way = Callable[[str, bytes, random.Random], tuple[str, bytes]]
WAYS: tuple[Way, ...] = (
    *(_flip, _flip, _cut, _beginning, _ending, _name, _name, _number, _giant),
    *(_nested, _bomb, _slip, _locked, _again, _as_it_is),
)
