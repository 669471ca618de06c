"""What the list of a ZIP says of it, whichever tool wrote it."""

import stat
import struct
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest

from candidatures.catalogue.formats import CLASSEUR, JOINED, WORKBOOK, Door
from candidatures.catalogue.zipped import is_a_macro
from candidatures.queries.uploads import content_type_of
from candidatures.rules.archives import (
    BOMB,
    CROWDED,
    EMPTY,
    LARGEST_LIST,
    LOCKED,
    ODD,
    Entry,
    Unlisted,
    fault_of,
    listed,
    why_not_xdm,
)
from candidatures.rules.pieces import NotAPiece
from preuves.catalogue.natures import NATURES
from preuves.enums import Nature
from tests.factories import fichiers as some


def zipped(*entries: ZipInfo | str, method: int = ZIP_STORED) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for entry in entries:
            archive.writestr(entry if isinstance(entry, ZipInfo) else ZipInfo(entry), b"a" * 40, compress_type=method)
    return content.getvalue()


def a_link(name: str) -> ZipInfo:
    link = ZipInfo(name)
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return link


def compressed_by(method: int, *, flags: int = 0) -> bytes:
    """An archive of one entry that says to be compressed so, locked with 1 among its flags."""
    content = bytearray(zipped("a.txt"))
    central = content.find(b"PK\x01\x02")
    for place in (6, central + 8):
        struct.pack_into("<HH", content, place, flags, method)
    return bytes(content)


def a_zip64(*, length: int | None = None) -> bytes:
    """The numbers of the end are in the longer record, as some tools write them whatever the size."""
    content = zipped("a.txt")
    end = content.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<LL", content, end + 12)
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, length or size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:end] + record + locator + last


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (zipped("a.txt"), ""),
        (a_zip64(), ""),
        (a_zip64(length=LARGEST_LIST + 1), CROWDED),
        # What Windows and macOS do not unzip without another tool, an instructeur cannot open.
        (zipped("a.txt", method=ZIP_LZMA), ODD),
        (zipped("a.txt", method=ZIP_BZIP2), ODD),
        (zipped("a.txt", method=ZIP_STORED), ""),
        (zipped("a.txt", "b.txt").replace(b"b.txt", b"a.txt"), "Cette archive contient deux fois «\u00a0a.txt\u00a0»"),
        (zipped("a.txt", "A.TXT"), "Cette archive contient deux fois «\u00a0a.txt\u00a0»"),
        (zipped("\u00e9.txt", "e\u0301.txt"), "Cette archive contient deux fois «\u00a0\u00e9.txt\u00a0»"),
        (zipped("./a.txt", "a.txt"), "Cette archive contient deux fois «\u00a0./a.txt\u00a0»"),
        (zipped("a.tar.bz2", "b.iso"), "Cette archive n’en contient qu’une autre"),
        (compressed_by(9), ODD),
        (compressed_by(93), ODD),
        (compressed_by(98), ODD),
        (compressed_by(99, flags=1), LOCKED),
        (zipped("a/", "b/"), EMPTY),
        (zipped("__MACOSX/._a.txt", "a/.DS_Store", "Thumbs.db", "a/desktop.ini"), EMPTY),
        (zipped("__MACOSX/._a.zip", "a.zip"), "Cette archive n’en contient qu’une autre"),
        (zipped("a.txt", a_link("b")), "Cette archive contient un raccourci («\u00a0b\u00a0»)"),
        (zipped("/etc/passwd"), "Cette archive range un fichier hors d’elle-même"),
        (zipped("C:/a"), "Cette archive range un fichier hors d’elle-même"),
        (zipped("a\\..\\..\\b"), "Cette archive range un fichier hors d’elle-même"),
        (zipped("./a.txt"), ""),
        (some.a_zip_of({"a": bytes(40_000_000)}), BOMB),
    ],
)
def test_what_is_wrong_in_an_archive_is_said_by_its_list(content: bytes, fault: str) -> None:
    try:
        sentence = fault_of(listed(BytesIO(content)))
    except Unlisted as reason:
        sentence = str(reason)

    assert sentence.startswith(fault)
    assert bool(sentence) is bool(fault)


@pytest.mark.parametrize(
    ("entry", "answer"),
    [
        ("word/vbaProject.bin", True),
        ("XL\\VBAPROJECT.BIN", True),
        ("xl/macrosheets/sheet1.xml", True),
        ("Basic/Standard/Module1.xml", True),
        ("Scripts/python/a.py", True),
        ("Basic/script-lc.xml", False),
        ("Basic/Standard/script-lb.xml", False),
        ("Basic/", False),
        ("word/document.xml", False),
        ("xl/worksheets/sheet1.xml", False),
    ],
)
def test_macros_are_told_from_the_list_of_libraries(entry: str, answer: bool) -> None:
    assert is_a_macro(entry) is answer


@pytest.mark.parametrize("door", [JOINED, NATURES[Nature.DOCUMENT].door, WORKBOOK, CLASSEUR])
def test_document_with_a_password_is_refused_at_every_door(door: Door) -> None:
    kind = "spreadsheet" if door.only else "text"
    content = some.a_zip_of(
        {"content.xml": b"x", "META-INF/manifest.xml": b"<manifest:encryption-data/>"},
        first=f"application/vnd.oasis.opendocument.{kind}",
    )
    upload = some.an_upload("a.ods" if door.only else "a.odt", content)

    with pytest.raises(NotAPiece, match="protégé par un mot de passe"):
        content_type_of(upload=upload, door=door)


def test_root_of_an_xdm_may_be_written_with_a_dot() -> None:
    names = ("./INDEX.HTM", "./README.TXT", "./IHE_XDM/SUBSET01/METADATA.XML")

    assert why_not_xdm([Entry(name, size=1) for name in names]) == ""
