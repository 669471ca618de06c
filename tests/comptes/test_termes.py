"""A legal term is explained where a page first says it: the file, the bubble, the glossary."""

import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client

from comptes.catalogue.terms import every_term, in_glossary
from segur_portal.measure import LONGEST, length, sentences

PAGES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
USED = re.compile(r"{%\s*terme \"([\w-]+)\"")


def test_each_term_has_a_short_definition() -> None:
    for term in every_term().values():
        assert term.word
        assert term.definition.endswith(".")
        assert all(length(sentence) <= LONGEST for sentence in sentences(term.definition))


def test_pages_explain_known_terms_once_each() -> None:
    """Twice in a page would be two bubbles of one name: a screen reader would open the first."""
    used = {path: USED.findall(path.read_text()) for path in PAGES}

    assert {code for codes in used.values() for code in codes} <= every_term().keys()
    assert [path for path, codes in used.items() if len(codes) != len(set(codes))] == []
    explaining = {path.relative_to(settings.BASE_DIR).parts[1] for path, codes in used.items() if codes}
    assert {"comptes", "candidatures", "preuves", "guichets", "referencement"} <= explaining


def test_bubble_opens_without_a_script_and_is_named() -> None:
    drawn = Template('{% load termes %}{% terme "rem" text="référentiel" %}').render(Context())

    assert re.search(r'<dfn[^>]*><button[^>]*type="button"[^>]*popovertarget="terme-rem">référentiel', drawn)
    assert re.search(
        r'id="terme-rem" popover><strong>REM \(référentiel d’exigences et de preuves\)\.</strong> Liste', drawn
    )
    assert " (définition)</span></button>" in drawn


def test_unknown_term_is_a_fault() -> None:
    with pytest.raises(KeyError):
        Template('{% load termes %}{% terme "inconnu" %}').render(Context())


def test_glossary_has_every_term_in_order(client: Client, db: None) -> None:
    page = client.get("/glossaire/").content.decode()

    places = [page.index(f'<details id="{term.code}">') for term in in_glossary()]
    assert places == sorted(places)
    assert len(places) == len(every_term())
    assert page.index('id="accuse"') < page.index('id="echeance"') < page.index('id="volet"')
