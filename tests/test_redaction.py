"""docs/redaction.md is kept: one word for each thing, in every phrase that people read."""

from collections import defaultdict
from functools import cache

import pytest

from segur_portal import sentences
from segur_portal.sentences import Phrase, every_phrase
from segur_portal.wording import LISTS, Fault, Term, area, faults, known, terms

TERMS, FORMULAS = terms()
ROWS = [*TERMS, *FORMULAS]
AREAS = sorted({area(str(path.relative_to(sentences.ROOT))) for path in sentences.sources()})


@cache
def faults_by_area() -> dict[str, list[Fault]]:
    by_area: dict[str, list[Fault]] = defaultdict(list)
    for phrase in every_phrase():
        for fault in faults(phrase):
            by_area[area(phrase.path)].append(fault)
    return by_area


@pytest.mark.parametrize("name", AREAS)
def test_no_new_word_is_refused(name: str) -> None:
    new = [str(fault) for fault in faults_by_area()[name] if fault.listed not in known(name)]

    assert new == [], "\n".join(["docs/redaction.md says what to write instead.", *new])


@pytest.mark.parametrize("name", sorted(path.stem for path in LISTS.glob("*.txt")))
def test_what_was_mended_leaves_the_list(name: str) -> None:
    assert sorted(known(name) - {fault.listed for fault in faults_by_area()[name]}) == [], (
        "Run `script/manage check_words`."
    )


def test_the_glossary_is_short_and_has_one_row_for_each_thing() -> None:
    assert 0 < len(TERMS) <= 80
    assert len({term.thing for term in ROWS}) == len(ROWS)
    assert all(term.word for term in ROWS)


@pytest.mark.parametrize("term", ROWS, ids=lambda term: term.thing)
def test_each_refused_word_is_seen(term: Term) -> None:
    """Planted in a sentence, each makes the test fail, and the fault says what to write."""
    for word in term.never:
        planted = Phrase("templates/planted.html", 1, f"Voici {word.replace('*', '')}, ici.")
        assert (word, term.word) in {(fault.word, fault.instead) for fault in faults(planted)}


@pytest.mark.parametrize("term", ROWS, ids=lambda term: term.thing)
def test_the_word_to_write_is_refused_nowhere(term: Term) -> None:
    assert [str(fault) for fault in faults(Phrase("templates/planted.html", 1, term.word))] == []


@pytest.mark.parametrize(
    "text", ["Vous êtes prévenu(e).", "Les agent·es", "le nom de Inès", "Il faut que elle", "Bravo\u00a0!"]
)
def test_each_refused_shape_is_seen(text: str) -> None:
    assert list(faults(Phrase("templates/planted.html", 1, text)))


def test_an_exception_holds_by_its_words_and_by_its_files() -> None:
    page = "templates/planted.html"

    assert list(faults(Phrase(page, 1, "Cet instant est passé.")))
    assert not list(faults(Phrase(page, 1, "Vérifié à\u00a0l’instant")))
    assert list(faults(Phrase(page, 1, "Journal des actes")))
    assert not list(faults(Phrase("catalogue/conservation/portail.toml", 1, "Journal des actes")))


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".html", "<p>Cliquez\n<strong>ici</strong></p>"),
        (".html", '{% include "a.html" with title="Cliquez ici" only %}'),
        (".html", '<button aria-label="Cliquez ici">x</button>'),
        (".html", "<p>{% if one %}Cliquez{% endif %} {{ two }} ici</p>"),
        (".txt", "Bonjour,\n{% if one %}Cliquez ici{% endif %}"),
        (".py", 'one = f"Cliquez sur {two} pour voir"'),
        (".py", 'one = "Cliquez"'),
        (".toml", '[one]\ntwo = ["Cliquez ici"]'),
        (".js", 'const one = "Cliquez pour voir";'),
        (".js", "const one = `Cliquez pour ${two}`;"),
    ],
)
def test_a_planted_word_is_read_in_each_kind_of_file(suffix: str, text: str) -> None:
    read = [phrase for _, phrase in sentences.READERS[suffix](text)]

    assert any(list(faults(Phrase("templates/planted.html", 1, phrase))) for phrase in read)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".html", "{# Cliquez #}<p>{% comment %}Cliquez{% endcomment %}</p><!-- Cliquez -->"),
        (".py", '"""Cliquez ici pour voir."""\none = "cliquez"  # Cliquez ici'),
        (".js", "// Cliquez ici"),
    ],
)
def test_what_nobody_reads_is_not_read(suffix: str, text: str) -> None:
    assert not [phrase for _, phrase in sentences.READERS[suffix](text) if "cliquez" in phrase.lower()]
