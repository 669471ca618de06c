"""Sentences are short: fifteen words on average and thirty at most, but in legal texts (docs/redaction.md)."""

import pytest

from segur_portal.measure import AVERAGE, LONGEST, drawing, length, measures, sentences
from segur_portal.sentences import Phrase, every_phrase


def test_no_page_has_long_sentences() -> None:
    long = [
        f"{measure.page}: {measure.average:.1f} on average, {measure.longest} at most: {measure.sentence}"
        for measure in measures(every_phrase())
        if measure.is_long
    ]

    assert long == [], "Cut these sentences in two."


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Votre session a expiré. Connectez-vous.", ["Votre session a expiré.", "Connectez-vous."]),
        ("Le n° 1.2 est reçu.", ["Le n° 1.2 est reçu."]),
        ("Voir «\u00a0Qui\u00a0?\u00a0» ici", ["Voir «\u00a0Qui\u00a0?\u00a0» ici"]),
    ],
)
def test_a_phrase_is_cut_where_a_sentence_ends(text: str, cut: list[str]) -> None:
    assert list(sentences(text)) == cut


def test_words_are_counted_between_spaces() -> None:
    assert length("L’ANS a reçu… votre dossier\u00a0: 12 fichiers, merci –") == 8


def page(count: int, times: int = 1, path: str = "templates/comptes/page.html") -> list[Phrase]:
    return [Phrase(path, 1, " ".join(["mot"] * count) + ".") for _ in range(times)]


@pytest.mark.parametrize(
    ("count", "times", "path", "is_long"),
    [
        (LONGEST, 1, "templates/comptes/page.html", False),
        (LONGEST + 1, 1, "templates/comptes/page.html", True),
        (LONGEST + 1, 1, "templates/referencement/documents/1/convention.html", False),
        (AVERAGE, 5, "templates/comptes/page.html", False),
        (AVERAGE + 1, 5, "templates/comptes/page.html", True),
        (AVERAGE + 1, 4, "templates/comptes/page.html", False),
    ],
)
def test_thirty_words_at_most_and_fifteen_on_average(count: int, times: int, path: str, is_long: bool) -> None:
    [measure] = measures(page(count, times, path))

    assert measure.is_long is is_long


def test_the_page_has_a_row_for_each_app_and_each_file() -> None:
    drawn = drawing(measures([*page(4), *page(6, path="comptes/mails.py")]))

    assert "| comptes, pages and letters | 1 | 4.0 | 4 |" in drawn
    assert "| comptes, code | 1 | 6.0 | 6 |" in drawn
    assert "| `templates/comptes/page.html` | 1 | 4.0 | 4 |" in drawn
