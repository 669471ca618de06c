"""How much each page of the desks asks of the database: the same for one demande and for ten, fifteen at most."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes import clock
from guichets.enums import RoleEdcPsc
from guichets.models import DemandeAuGuichet
from guichets.rules.declarations import Declaration
from preuves.operations.chapitres import submit_chapitre
from tests.candidatures.conftest import Team
from tests.candidatures.test_page_queries import count
from tests.factories import guichets as make
from tests.factories import preuves as prove
from tests.factories.guichets import MORNING
from tests.ground import standing
from tests.guichets.conftest import INSI, UTILISATEUR, make_team_with_constats

HOUR = timedelta(hours=1)
OTHER_PROXYS = [make.edc(proxy=f"Proxy {number}", numero=f"EDC-{number}") for number in range(6)]
DECLARED: list[Declaration] = [make.cnda(), make.cnda("DMP"), make.edc(), make.edc(RoleEdcPsc.PROXY), *OTHER_PROXYS]


@pytest.fixture(autouse=True)
def it_is_noon() -> Iterator[None]:
    with clock.travel(MORNING + 3 * HOUR):
        yield


team = standing(make_team_with_constats)


def declare(team: Team, declarations: list[Declaration]) -> list[DemandeAuGuichet]:
    """Demandes with everything that a page shows of them: answers, an anomaly, a capture, a return that is overdue."""
    demandes = [make.a_demande(team.candidature, team.salarie, declaration) for declaration in declarations]
    for demande in demandes:
        first = "pre_examen" if demande.guichet_id == "cnda" else "submitted"
        make.a_capture(demande, team.salarie, etape=first)
        make.a_releve(demande, first, retour_prevu=make.YESTERDAY)
        make.a_releve(demande, "recours", at=MORNING + HOUR)
    return demandes


PAGES = {
    ("guichets:page", "salarie"): 15,
    ("guichets:page", "instructeur"): 15,
    ("guichets:board", "instructeur"): 9,
    ("referencement:candidature", "salarie"): 14,
    ("referencement:candidature", "instructeur"): 13,
}


@pytest.mark.parametrize(("name", "who", "expected"), [(*page, expected) for page, expected in PAGES.items()])
def test_page_with_one_demande_and_with_ten(team: Team, name: str, who: str, expected: int) -> None:
    url = reverse(name, args=[] if name == "guichets:board" else [team.candidature.nru])
    declare(team, DECLARED[:1])
    alone = count(getattr(team, who), url)
    declare(team, DECLARED[1:])

    assert (alone, count(getattr(team, who), url)) == (expected, expected)
    assert expected <= 15


# The page of a preuve asks one more than fifteen: how much the candidature may still keep.
FORMS = {"guichets:declare": 6, "guichets:demande": 6, "guichets:capture": 6, "preuves:preuve": 16}


@pytest.mark.parametrize(("name", "expected"), FORMS.items())
def test_form_with_one_demande_and_with_nine(team: Team, name: str, expected: int) -> None:
    (demande,) = declare(team, DECLARED[:1])
    keys = {"guichets:declare": "cnda:/DMP", "preuves:preuve": INSI}
    url = reverse(name, args=[team.candidature.nru, keys.get(name, demande.pk)])
    alone = count(team.salarie, url)
    declare(team, DECLARED[2:])

    assert (alone, count(team.salarie, url)) == (expected, expected)


def test_review_screen_beside_a_desk(team: Team) -> None:
    declare(team, DECLARED)
    prove.a_deposit(team.candidature, team.salarie, UTILISATEUR, prove.not_applicable(), at=MORNING + 2 * HOUR)
    submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=MORNING + 2 * HOUR)
    address = reverse("preuves:examen", args=[team.candidature.nru, "INS"], query={"preuve": INSI})

    assert count(team.instructeur, address) == 15


def test_questions_ask_nothing_of_the_database(client: Client, db: None) -> None:
    address = reverse("guichets:questions", query={"profils": "PA", "proxy": "tiers"})

    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200

    assert [query["sql"] for query in queries if "SELECT" in query["sql"]] == []
