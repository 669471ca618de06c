"""What an address asks of a work list, and how long things have waited: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from comptes.rules.ages import due, waiting
from comptes.rules.listes import Colonne, Filtre, Liste, Vue, headings, selects, tabs

LISTE = Liste(
    colonnes=(Colonne("nom", "Nom"), Colonne("age", "Âge", "age"), Colonne("date", "Date", "date")),
    vues=(Vue("moi", "À moi"), Vue("", "Toutes")),
    filtres=(Filtre("etat", "État", {"a": "Un", "b": "Deux"}),),
    usual="age",
)
AT = datetime(2026, 9, 30, 10, tzinfo=UTC)


def test_address_says_all_that_a_list_shows() -> None:
    asked = LISTE.read(
        {"vue": "moi", "etat": "b", "q": " x ", "tri": "-date", "page": "3", "apres": "12"}, searched=str.strip
    )

    assert (asked.vue, asked.of("etat"), asked.text, asked.tri) == ("moi", "b", "x", "-date")
    assert (asked.page, asked.after, asked.before, asked.unknown) == (3, 12, None, ())
    assert asked.query() == "vue=moi&etat=b&q=x&tri=-date"
    assert asked.place == "vue=moi&etat=b&q=x&tri=-date&page=3&apres=12"
    assert asked.narrows
    assert LISTE.read(dict(pair.split("=") for pair in asked.place.split("&")), searched=str) == asked


def test_what_a_list_does_not_offer_is_left_out_and_named() -> None:
    asked = LISTE.read(
        {"vue": "autre", "etat": "z", "tri": "couleur", "ancien": "1", "page": "-2", "apres": "x"}, searched=str
    )

    assert asked.query() == ""
    assert (asked.page, asked.after) == (1, None)
    assert sorted(asked.unknown) == ["ancien", "tri", "vue", "État"]


def test_tabs_and_headings_keep_what_is_asked() -> None:
    asked = LISTE.read({"etat": "a", "tri": "age"}, searched=str)

    assert [(tab.query, tab.count, tab.current) for tab in tabs(LISTE, asked, {"moi": 2})] == [
        ("vue=moi&etat=a&tri=age", 2, False),
        ("etat=a&tri=age", None, True),
    ]
    assert [(heading.query, heading.sort) for heading in headings(LISTE, asked)] == [
        ("", ""),
        ("etat=a&tri=-age", "ascending"),
        ("etat=a&tri=date", ""),
    ]
    turned = LISTE.read({"tri": "-age"}, searched=str)
    assert headings(LISTE, turned)[1].sort == "descending"
    assert headings(LISTE, turned)[1].query == "tri=age"
    ((_, options),) = selects(LISTE, asked)
    assert options == [("a", "Un", True), ("b", "Deux", False)]


def test_filter_of_one_value_is_there_unless_each_row_has_it() -> None:
    labels = {"7": "Recours"}
    filtres = (Filtre("etiquette", "Étiquette", labels), Filtre("pays", "Pays", labels, is_shared_out=True))
    liste = Liste(colonnes=(), filtres=(*filtres, Filtre("referent", "Référent", {})))

    shown = [filtre.name for filtre, _ in selects(liste, liste.read({}, searched=str))]

    assert shown == ["etiquette"]


@pytest.mark.parametrize(
    ("days", "text", "state"),
    [
        (0, "aujourd’hui", "neutral"),
        (1, "1\u00a0jour", "neutral"),
        (4, "4\u00a0jours", "neutral"),
        (5, "5\u00a0jours", "attention"),
        (14, "14\u00a0jours", "attention"),
        (15, "15\u00a0jours", "danger"),
    ],
)
def test_age_has_a_colour_and_a_word(days: int, text: str, state: str) -> None:
    age = waiting(AT - timedelta(days=days), at=AT)

    assert age is not None
    assert (age.text, age.state, bool(age.word)) == (text, state, state != "neutral")
    assert waiting(None, at=AT) is None


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (timedelta(days=7, seconds=1), "neutral"),
        (timedelta(days=7), "attention"),
        (timedelta(0), "attention"),
        (timedelta(seconds=-1), "danger"),
    ],
)
def test_date_has_a_colour_and_a_word(left: timedelta, state: str) -> None:
    near = due(AT + left, at=AT)

    assert near is not None
    assert (near.state, near.word) == (state, {"neutral": "", "attention": "proche", "danger": "dépassée"}[state])
    assert due(None, at=AT) is None
