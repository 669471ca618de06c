"""Échéances, dérogations, accusés and notifications in a real browser, on both sides and at both widths."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page

from candidatures.models import DeplacementDEcheance, Derogation
from candidatures.operations.derogations import grant_derogation, request_derogation
from candidatures.operations.echeances import approve_move, propose_move
from comptes import effects
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make

pytestmark = pytest.mark.long(
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
    "tests/navigateur/test_browser.py::test_public_page_is_accessible_and_fits",
)

AT = make.SUMMER
DAY = timedelta(days=1)
MOTIVE = "Le service de dépôt a été interrompu deux heures, la veille de l’échéance."


def a_responsable(last_name: str) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], first_name="Odile", last_name=last_name)


def propose(team: Team, by: Compte, code: str, to: datetime) -> DeplacementDEcheance:
    return propose_move(
        dispositif_code=team.candidature.dispositif_id,
        code=code,
        to=to,
        arrete="Arrêté du 01/07/2026",
        motive=MOTIVE,
        by=by,
        at=AT,
    )


def request(team: Team, by: Compte, code: str, to: datetime) -> Derogation:
    return request_derogation(candidature_id=team.candidature.pk, echeance=code, to=to, motive=MOTIVE, by=by, at=AT)


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None]) -> Team:
    """One volet submitted; Date 2 moved, Date 3 about to be; a dérogation given, another asked; letters sent."""
    freeze(AT + DAY)
    team = make_team()
    first, second = a_responsable("Roy"), a_responsable("Blin")
    make.a_submitted_volet(team.candidature, team.salarie)
    moved = propose(team, first, "date-2", make.DATE_1 + 395 * DAY)
    approve_move(move_id=moved.pk, by=second, at=AT)
    propose(team, first, "date-3", make.DATE_1 + 560 * DAY)
    given = request(team, first, "date-1", make.DATE_1 + 14 * DAY)
    grant_derogation(derogation_id=given.pk, by=second, at=AT)
    request(team, first, "date-2", make.DATE_1 + 400 * DAY)
    effects.deliver_to(team.mandataire.email)
    return team


def pages_of_the_editeur(team: Team) -> Iterator[tuple[str, str]]:
    nru = team.candidature.nru
    notice = Notice.objects.filter(compte=team.mandataire).order_by("pk")[0]
    yield "notifications", "/mon-compte/notifications/"
    yield "notification", f"/mon-compte/notifications/{notice.pk}/"
    yield "notification-reglages", "/mon-compte/notifications/reglages/"
    yield "accuses", f"/candidatures/{nru}/accuses/"
    yield "derogations", f"/candidatures/{nru}/derogations/"
    yield "echeance-deplacee", f"/candidatures/{nru}/"


def pages_of_the_ans(team: Team) -> Iterator[tuple[str, str]]:
    nru = team.candidature.nru
    move = DeplacementDEcheance.objects.order_by("-pk")[0]
    yield "echeances", "/echeances/"
    yield "deplacer", f"/echeances/{team.candidature.dispositif_id}/date-1/deplacer/"
    yield "deplacement", f"/echeances/deplacements/{move.pk}/"
    yield "derogations-ans", f"/candidatures/{nru}/derogations/"


def pages_of_anybody(team: Team) -> Iterator[tuple[str, str]]:
    numero = team.candidature.accuses.get().numero
    yield "verifier-accuse", f"/verifier/?numero={numero}"


@pytest.mark.parametrize(
    ("who", "pages"),
    [("mandataire", pages_of_the_editeur), ("responsable", pages_of_the_ans), ("", pages_of_anybody)],
    ids=["mandataire", "responsable", "visiteur"],
)
def test_every_page_of_the_echeances_is_accessible_and_fits(
    team: Team,
    who: str,
    pages: Callable[[Team], Iterator[tuple[str, str]]],
    enter: Callable[[Page, Compte], None],
    screen: Page,
    look: Callable[[Page, str], None],
) -> None:
    if who:
        enter(screen, team.mandataire if who == "mandataire" else a_responsable("Vidal"))
    for name, address in pages(team):
        answer = screen.goto(address)
        assert answer is not None
        assert answer.ok, f"{address} answers {answer.status}"
        look(screen, name)
