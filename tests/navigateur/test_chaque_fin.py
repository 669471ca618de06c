"""Start page, candidature and path of each end, as each side reads them, at three widths: it is said, and short."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from comptes.models import Compte
from referencement.enums import FinKind, Publication
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import a_listed_examen
from tests.navigateur.test_hauteurs import CANDIDATURE, TALL
from tests.referencement.test_issues import AT, DAY, LABELS, become

pytestmark = pytest.mark.long(
    "tests/referencement/test_accueil.py::test_each_solution_has_its_sentence",
    "tests/referencement/test_parcours_views.py::test_path_of_what_is_withdrawn_leads_to_the_candidature",
)
WIDTHS = (360, 800, 1280)
# What the page of the candidature says, where the lists say it otherwise.
SAID = {state: f"{state.label} depuis le" for state in Publication} | {
    Publication.REFERENCED: "Le référencement est attribué"
}
Walk = Callable[[Compte, str, str], Page]


@pytest.fixture
def parties(portail: str, freeze: Callable[[datetime], None]) -> Parties:
    freeze(AT + DAY)
    return some_parties()


@pytest.fixture
def walk(somebody: Callable[..., Page], look: Callable[[Page, str], None]) -> Walk:
    """Open a page as somebody, at each width; return it at the last one."""

    def through(compte: Compte, name: str, address: str) -> Page:
        page = somebody(compte)
        for width in WIDTHS:
            page.set_viewport_size(ViewportSize(width=width, height=900))
            page.goto(address)
            look(page, name)
        return page

    return through


@pytest.mark.parametrize("issue", LABELS, ids=lambda issue: f"{type(issue).__name__}-{issue.value}")
def test_each_end_is_said_and_leads_no_further(parties: Parties, walk: Walk, issue: FinKind | Publication) -> None:
    become(parties, issue)
    nru, label, name = parties.candidature.nru, LABELS[issue], f"fin-{type(issue).__name__}-{issue.value}"

    home = walk(parties.signatory, f"{name}-accueil", "/accueil/")
    article = home.locator(f'article[aria-labelledby="solution-{nru}"]')
    expect(article.get_by_text(label).first).to_be_visible()
    expect(article.locator(".ps-acte")).to_have_count(0)
    for side, compte in (("editeur", parties.signatory), ("ans", parties.responsable)):
        page = walk(compte, f"{name}-{side}", f"/candidatures/{nru}/")
        expect(page.locator("main").get_by_text(SAID.get(issue, label)).first).to_be_visible()
        assert page.evaluate(TALL) <= CANDIDATURE
        path = walk(compte, f"{name}-parcours-{side}", f"/candidatures/{nru}/parcours/")
        expect(path.get_by_text("pourrait examiner la candidature")).to_have_count(0)


@pytest.mark.parametrize("situation", ["late", "listed"])
def test_what_is_late_or_before_the_college_says_so(parties: Parties, walk: Walk, situation: str) -> None:
    """Nothing is forecast of what is late; the séance is, whatever is missing."""
    nru = parties.candidature.nru
    if situation == "listed":
        a_listed_examen(parties.candidature, AT + 4 * DAY, is_open=False)
    walk(parties.signatory, f"{situation}-accueil", "/accueil/")
    for side, compte in (("editeur", parties.signatory), ("ans", parties.responsable)):
        walk(compte, f"{situation}-{side}", f"/candidatures/{nru}/")
        path = walk(compte, f"{situation}-parcours-{side}", f"/candidatures/{nru}/parcours/")
        expect(path.get_by_text("à l’ordre du jour de la séance du collège")).to_have_count(int(situation == "listed"))
