"""What each nature of preuve accepts, read from the content; without a database."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.conf import settings

from candidatures.rules.pieces import NotAPiece, tidy_name
from preuves.catalogue.natures import ENDINGS, LARGEST, MEGABYTE, NATURES
from preuves.enums import Nature
from preuves.rules.fichiers import content_type_of, endings_of, largest_of
from tests.factories import fichiers as some


def found(name: str, content: bytes, nature: Nature, *, size: int | None = None) -> str:
    entries = ZipFile(BytesIO(content)).namelist() if content.startswith(b"PK") else ()
    size = len(content) if size is None else size
    return content_type_of(name, content[:8192], size, nature, entries=entries, holds_nul=b"\0" in content)


@pytest.mark.parametrize(
    ("name", "content", "nature", "content_type"),
    [
        ("a.mp4", some.MP4, Nature.VIDEO, "video/mp4"),
        ("a.m4v", some.MP4.replace(b"isom", b"M4V "), Nature.VIDEO, "video/mp4"),
        ("a.mp4", some.MP4.replace(b"isom", b"dash"), Nature.VIDEO, "video/mp4"),
        ("a.webm", some.WEBM, Nature.VIDEO, "video/webm"),
        ("a.png", some.PNG, Nature.CAPTURE, "image/png"),
        ("a.JPEG", some.JPEG, Nature.CAPTURE, "image/jpeg"),
        ("a.webp", some.WEBP, Nature.CAPTURE, "image/webp"),
        ("a.pdf", some.PDF, Nature.CAPTURE, "application/pdf"),
        ("a.pdf", some.PDF, Nature.PENTEST, "application/pdf"),
        ("a.docx", some.DOCX, Nature.DOCUMENT, "docx"),
        ("a.xlsx", some.XLSX, Nature.DOCUMENT, "xlsx"),
        ("a.odt", some.ODT, Nature.DOCUMENT, "odt"),
        ("a.ods", some.ODS, Nature.DOCUMENT, "ods"),
        ("a.txt", "Voilà.\r\n".encode(), Nature.DOCUMENT, "text/plain"),
        ("a.txt", "Voilà.\r\n".encode("latin-1"), Nature.DOCUMENT, "text/plain"),
        ("a.csv", b"a;b\n1;2\n", Nature.DOCUMENT, "text/csv"),
        ("a.zip", some.ZIP, Nature.ARCHIVE_XDM, "application/zip"),
    ],
)
def test_content_tells_the_type(name: str, content: bytes, nature: Nature, content_type: str) -> None:
    by_ending = next((one for one, endings in ENDINGS.items() if content_type in endings), content_type)

    assert found(name, content, nature) == by_ending


@pytest.mark.parametrize(
    ("name", "content", "nature", "words"),
    [
        ("a.pdf", b"", Nature.CAPTURE, "Ce fichier est vide."),
        (
            "a.pdf",
            b"<!doctype html><script>alert(1)</script>",
            Nature.PENTEST,
            "le contenu de ce fichier dit autre chose",
        ),
        ("a.pdf", b"<!doctype html><script>alert(1)</script>", Nature.DOCUMENT, "«\u00a0.pdf\u00a0», mais son contenu"),
        ("a.html", b"<!doctype html>", Nature.DOCUMENT, "«\u00a0.html\u00a0», mais son contenu dit autre chose."),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", Nature.CAPTURE, "accepte des images"),
        ("a.png", some.PDF, Nature.CAPTURE, "«\u00a0.png\u00a0», mais son contenu dit autre chose."),
        ("a.mp4", some.PDF, Nature.VIDEO, "accepte des vidéos MP4 ou WebM"),
        ("a.mov", some.MP4.replace(b"isom", b"qt  "), Nature.VIDEO, "accepte des vidéos"),
        ("a.mkv", some.WEBM.replace(b"\x84webm", b"\x88matroska"), Nature.VIDEO, "accepte des vidéos"),
        ("a.heic", some.MP4.replace(b"isom", b"heic"), Nature.CAPTURE, "accepte des images"),
        ("a.txt", b"a\0b", Nature.DOCUMENT, "accepte des PDF, des textes"),
        ("a.txt", "à".encode("utf-16"), Nature.DOCUMENT, "accepte des PDF, des textes"),
        ("a.txt", b"MZ\x90\x03" + bytes(100), Nature.DOCUMENT, "accepte des PDF, des textes"),
        ("a.docx", some.ZIP, Nature.DOCUMENT, "accepte des PDF, des textes"),
        ("a.docx", some.DOCM, Nature.DOCUMENT, "Ce document contient des macros"),
        ("a.zip", some.DOCX, Nature.ARCHIVE_XDM, "accepte une archive ZIP"),
        ("a.pdf", some.PDF, Nature.GAZELLE, "ne se dépose pas sous forme de fichier"),
    ],
)
def test_file_that_is_not_accepted_is_refused_with_its_reason(
    name: str, content: bytes, nature: Nature, words: str
) -> None:
    with pytest.raises(NotAPiece, match=words):
        found(name, content, nature)


@pytest.mark.parametrize(
    ("name", "content", "nature", "megabytes"),
    [
        ("a.mp4", some.MP4, Nature.VIDEO, 500),
        ("a.pdf", some.PDF, Nature.PENTEST, 50),
        ("a.png", some.PNG, Nature.CAPTURE, 20),
        ("a.docx", some.DOCX, Nature.DOCUMENT, 20),
        ("a.zip", some.ZIP, Nature.ARCHIVE_XDM, 200),
    ],
)
def test_file_beyond_the_limit_is_refused(name: str, content: bytes, nature: Nature, megabytes: int) -> None:
    assert found(name, content, nature, size=megabytes * MEGABYTE)
    with pytest.raises(NotAPiece, match=f"Ce fichier pèse plus de {megabytes} Mo."):
        found(name, content, nature, size=megabytes * MEGABYTE + 1)


def test_file_so_large_that_nothing_was_kept_of_it_is_told_its_limit() -> None:
    with pytest.raises(NotAPiece, match="Ce fichier pèse plus de 500 Mo."):
        content_type_of("a.mp4", b"", 600 * MEGABYTE, Nature.VIDEO)


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\capture.pdf", "capture.pdf"),
        ("facture\u202efdp.exe.pdf", "facturefdp.exe.pdf"),
        ("\u200f\u2067a\u2069.pdf", "a.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("é" * 300 + ".pdf", "é" * 146 + ".pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_name_is_tidied(name: str, tidied: str) -> None:
    assert tidy_name(name) == tidied
    assert found(name, some.PDF, Nature.PENTEST) == "application/pdf"


def test_every_type_has_its_endings_and_no_limit_exceeds_what_is_received() -> None:
    assert {one for spec in NATURES.values() for one in spec.types} == set(ENDINGS)
    assert max(LARGEST.values()) == settings.LARGEST_UPLOAD


def test_form_knows_what_a_nature_accepts() -> None:
    assert (endings_of(Nature.VIDEO), largest_of(Nature.VIDEO)) == (".mp4,.m4v,.webm", 500 * MEGABYTE)
    assert (endings_of(Nature.TEXTE), largest_of(Nature.TEXTE)) == ("", 0)
