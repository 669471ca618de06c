"""The name under which a file is kept, without a database."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.rules.pieces import tidy_name


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("attestation.pdf", "attestation.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\capture.pdf", "capture.pdf"),
        ("C:\\Users\\Léa\\attestation.pdf", "attestation.pdf"),
        ("atte\u0301station.pdf", "attéstation.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("\u200f\u2067a\u2069.pdf", "a.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\n\tb\u00a0c\u202fd.pdf", "a b c d.pdf"),
        ("a   b.pdf", "a b.pdf"),
        ("a \u200b b.pdf", "a b.pdf"),
        ("a%22b%0D%0Ac.pdf", 'a"b%0D%0Ac.pdf'),
        ("50%2F50.pdf", "50%2F50.pdf"),
        ("a . pdf ", "a.pdf"),
        ("version 1.2 de la procédure finale", "version 1.2 de la procédure finale"),
        ("attestation", "attestation"),
        ("..", "fichier"),
        ("", "fichier"),
        (".pdf", "fichier.pdf"),
        ("\u00a0.pdf", "fichier.pdf"),
        ("é" * 300 + ".pdf", "é" * 146 + ".pdf"),
        ("preuve\u00a0finale.pdf", "preuve finale.pdf"),
        ("preuve\tfinale.pdf", "preuve finale.pdf"),
        ("a%22b.pdf", 'a"b.pdf'),
        ("Preuve v2. finale", "Preuve v2. finale"),
    ],
)
def test_name_is_tidied(typed: str, tidied: str) -> None:
    assert tidy_name(typed) == tidied


@given(st.text(max_size=400))
def test_name_of_anything_is_short_visible_and_without_a_folder(typed: str) -> None:
    tidied = tidy_name(typed)

    assert 0 < len(tidied) <= 150
    assert not set(tidied) & {"/", "\\", "\x00"}
    # What this Python does not know yet is seen by others: an emoji of this year.
    assert all(unicodedata.category(character) in ("Cn", "Cf") or character.isprintable() for character in tidied)
    assert tidy_name(tidied) == tidied
    assert tidied not in {".", ".."}
    assert tidied == tidied.strip()
