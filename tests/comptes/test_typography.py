"""Texts made ready to be read, and sizes in words."""

import pytest
from django.template import Context, Template

from comptes.typography import elided, size_in_words, typeset, with_apostrophes


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("la solution « Sirocco », version 4", "la solution «\u00a0Sirocco\u00a0», version 4"),
        ("«\u202fSirocco\u202f»", "«\u00a0Sirocco\u00a0»"),
        ("Recours gracieux : écrivez ; attendez", "Recours gracieux\u00a0: écrivez\u00a0; attendez"),
        ("candidature n° 12, Article 4", "candidature n°\u00a012, Article\u00a04"),
        ("http://portail.example:8000 reste", "http://portail.example:8000 reste"),
        ("«", "«"),
    ],
)
def test_text_is_set_in_french(typed: str, read: str) -> None:
    assert typeset(typed) == read
    assert typeset(read) == read


def test_apostrophe_of_typewriters_becomes_french_between_letters_alone() -> None:
    assert with_apostrophes("l'INS, aujourd'hui, 5' et 'x'") == "l’INS, aujourd’hui, 5' et 'x'"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0\u00a0octets"),
        (1023, "1023\u00a0octets"),
        (1024, "1\u00a0Ko"),
        (123_456, "121\u00a0Ko"),
        (12_999_000, "12,4\u00a0Mo"),
        (5 * 1024**3, "5\u00a0Go"),
    ],
)
def test_size_is_said_as_the_deposit_says_it(size: int, text: str) -> None:
    assert size_in_words(size) == text


@pytest.mark.parametrize(
    ("word", "name", "elision"),
    [
        ("de", "Sirocco", "de Sirocco"),
        ("de", "Alizé Foyer", "d’Alizé Foyer"),
        ("de", "Élan", "d’Élan"),
        ("que", "inès Moreau", "qu’inès Moreau"),
        ("de", "Yves", "d’Yves"),
        ("de", "Yann", "de Yann"),
        ("de", "Hub", "de Hub"),
        ("de", "", "de "),
    ],
)
def test_a_small_word_is_elided_before_a_vowel(word: str, name: str, elision: str) -> None:
    assert elided(word, name) == elision


@pytest.mark.parametrize(("count", "noun"), [(0, "preuve "), (1, "preuve "), (2, "preuves x"), ([], "preuve ")])
def test_nought_and_one_take_the_singular(count: object, noun: str) -> None:
    drawn = Template('preuve{{ count|pluralize }} {{ count|pluralize:",x" }}').render(Context({"count": count}))

    assert drawn == noun


def test_a_name_stays_escaped_after_its_small_word() -> None:
    assert Template("{{ name|de }}").render(Context({"name": "<Alpha>"})) == "de &lt;Alpha&gt;"
    assert Template("{{ name|que }}").render(Context({"name": "Alpha & co"})) == "qu’Alpha &amp; co"
