"""What file may be deposited, without a database."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.rules.pieces import ATTESTATION, NotAPiece, content_type_of, tidy_name

PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
JPEG = b"\xff\xd8\xff\xe0" + bytes(24)
PROGRAM = b"MZ" + bytes(200)
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "head", "content_type"),
    [
        ("attestation.pdf", PDF, "application/pdf"),
        ("ATTESTATION.PDF", PDF, "application/pdf"),
        ("attestation.signee.pdf", PDF, "application/pdf"),
        ("scan.png", PNG, "image/png"),
        ("scan.jpg", JPEG, "image/jpeg"),
        ("scan.jpeg", JPEG, "image/jpeg"),
    ],
)
def test_content_type_is_read_from_the_first_bytes(name: str, head: bytes, content_type: str) -> None:
    assert content_type_of(name, head, len(head), ATTESTATION) == content_type


@pytest.mark.parametrize(
    ("name", "head", "sentence"),
    [
        ("attestation.pdf", b"", "Ce fichier est vide."),
        ("attestation.pdf", HTML, "n’est pas un PDF ou une image"),
        ("attestation.pdf", PROGRAM, "n’est pas un PDF ou une image"),
        ("attestation.pdf", b"\x00" * 64, "n’est pas un PDF ou une image"),
        ("attestation.pdf", PNG, "nommé «\u00a0.pdf\u00a0», mais son contenu dit autre chose"),
        ("attestation.html", PDF, "nommé «\u00a0.html\u00a0», mais son contenu dit autre chose"),
        ("attestation", PDF, "mais son contenu dit autre chose"),
        ("attestation.\u202efdp", PDF, "mais son contenu dit autre chose"),
        ("", PDF, "mais son contenu dit autre chose"),
    ],
)
def test_content_type_refused_says_why(name: str, head: bytes, sentence: str) -> None:
    with pytest.raises(NotAPiece, match=sentence):
        content_type_of(name, head, len(head), ATTESTATION)


def test_content_type_at_the_largest_size_and_one_byte_over() -> None:
    assert content_type_of("a.pdf", PDF, ATTESTATION.largest, ATTESTATION) == "application/pdf"
    with pytest.raises(NotAPiece, match="Ce fichier pèse plus de 20 Mo."):
        content_type_of("a.pdf", PDF, ATTESTATION.largest + 1, ATTESTATION)


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("attestation.pdf", "attestation.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Léa\\attestation.pdf", "attestation.pdf"),
        ("atte\u0301station.pdf", "attéstation.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a\x00b\n\tc.pdf", "abc.pdf"),
        ("a   b.pdf", "a b.pdf"),
        ("..", "fichier"),
        ("", "fichier"),
        (".pdf", "pdf"),
    ],
)
def test_name_is_tidied(typed: str, tidied: str) -> None:
    assert tidy_name(typed) == tidied


def test_name_of_300_characters_keeps_its_ending() -> None:
    tidied = tidy_name("x" * 300 + ".pdf")

    assert (len(tidied) <= 150, tidied[-5:]) == (True, "x.pdf")


@given(st.text(max_size=400))
def test_name_of_anything_is_short_visible_and_without_a_folder(typed: str) -> None:
    tidied = tidy_name(typed)

    assert 0 < len(tidied) <= 150
    assert not set(tidied) & {"/", "\\", "\x00"}
    assert all(unicodedata.category(character)[0] != "C" for character in tidied)
    assert tidied not in {".", ".."}
