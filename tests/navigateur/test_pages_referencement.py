"""What became of candidatures and of référencements, in a real browser: both sides and anybody, at three widths."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize

from candidatures.models import Candidature
from candidatures.operations.derogations import foreclose_candidature
from candidatures.operations.requetes import ask_derogation
from comptes.models import Compte
from referencement.enums import Decision, MesureKind, ReexamenGround
from referencement.operations.mesures import answer_mesure, decide_mesure, propose_mesure
from referencement.operations.reexamens import request_reexamen
from referencement.operations.retraits import withdraw_candidature
from tests.factories import candidatures as make
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen

pytestmark = pytest.mark.long(
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
    "tests/navigateur/test_browser.py::test_public_page_is_accessible_and_fits",
)

AT = COLLEGE + timedelta(days=30)
DAY = timedelta(days=1)
MOTIF = "L’exigence INS 12 n’est plus tenue depuis la version qui a été livrée en octobre."
WIDTHS = (360, 800, 1280)
Walk = Callable[[Compte | None, Iterable[tuple[str, str]]], None]


@pytest.fixture
def parties(portail: str, freeze: Callable[[datetime], None]) -> Parties:
    freeze(AT)
    return some_parties()


@pytest.fixture
def walk(somebody: Callable[..., Page], look: Callable[[Page, str], None]) -> Walk:
    """Open each page as somebody, at each width."""

    def through(compte: Compte | None, pages: Iterable[tuple[str, str]]) -> None:
        page = somebody(compte)
        for name, address in pages:
            for width in WIDTHS:
                page.set_viewport_size(ViewportSize(width=width, height=900))
                answer = page.goto(address)
                assert answer is not None
                assert answer.ok, f"{address} answers {answer.status}"
                look(page, name)

    return through


def announce(parties: Parties, kind: MesureKind, at: datetime = AT) -> int:
    arguments = {"candidature_id": parties.candidature.pk, "kind": kind, "reasons": MOTIF}
    return propose_mesure(**arguments, by=parties.team.instructeur, at=at).pk


def pronounce(parties: Parties, mesure_id: int) -> None:
    answer_mesure(mesure_id=mesure_id, answer="Une correction est prête.", by=parties.signatory, at=AT)
    decide_mesure(mesure_id=mesure_id, reasons=MOTIF, effect=AT.date(), by=parties.responsable, at=AT)


def another(parties: Parties, nom: str) -> Candidature:
    """Another product of the same éditeur, with a candidature of its own."""
    produit = make.a_produit(parties.team.editeur, parties.signatory, nom)
    return make.a_candidature(produit, parties.signatory)


def test_pages_of_a_referencement_are_accessible_and_fit(parties: Parties, walk: Walk) -> None:
    nru, by = parties.candidature.nru, parties.signatory
    own = f"/candidatures/{nru}/referencement/"
    an_attributed_solution(parties.candidature, by)
    walk(parties.team.instructeur, [("referencement-en-vigueur-ans", own)])
    walk(by, [("referencement-en-vigueur", own), ("referencement-renoncer", f"{own}renoncer/")])

    pronounce(parties, announce(parties, MesureKind.SUSPENSION))
    retrait = announce(parties, MesureKind.RETRAIT)
    walk(by, [("referencement-suspendu-retrait-annonce", own), ("referencee-suspendue", f"/candidatures/{nru}/")])
    walk(parties.responsable, [("referencement-suspendu-ans", own), ("decisions-a-prendre", "/instruction/decisions/")])
    walk(None, [("solution-suspendue", f"/solutions/{nru}/"), ("solutions-suspendues", "/solutions/?etat=suspendue")])

    pronounce(parties, retrait)
    walk(by, [("referencement-retire", own), ("referencee-retiree", f"/candidatures/{nru}/")])
    walk(parties.responsable, [("convention-de-ce-qui-est-retire", f"/candidatures/{nru}/convention/")])
    walk(None, [("solution-retiree", f"/solutions/{nru}/"), ("solutions-retirees", "/solutions/?etat=retiree")])


def test_pages_of_each_end_and_of_what_waits_are_accessible_and_fit(parties: Parties, walk: Walk) -> None:
    by, refused = parties.signatory, parties.candidature
    withdrawn, foreclosed, asking = (another(parties, f"Sirocco {nom}") for nom in ("Domicile", "Accueil", "Séjour"))
    walk(by, [("retirer-la-candidature", f"/candidatures/{withdrawn.nru}/retirer/")])
    withdraw_candidature(candidature_id=withdrawn.pk, by=by, at=AT)
    foreclose_candidature(candidature_id=foreclosed.pk, echeance="date-1", reason=MOTIF, by=parties.responsable, at=AT)
    ask_derogation(
        candidature_id=asking.pk, echeance="date-1", motive=MOTIF, wished=None, uploads=[], by=by, at=AT - 2 * DAY
    )
    an_examen(refused, by, Decision.NOT_ATTRIBUTED, reasons=[MOTIF])
    arguments = {"candidature_id": refused.pk, "ground": ReexamenGround.CORRECTED, "reason": MOTIF}
    request_reexamen(**arguments, by=parties.team.instructeur, at=AT)

    walk(
        by,
        [
            ("fin-non-attribuee", f"/candidatures/{refused.nru}/"),
            ("fin-forclose", f"/candidatures/{foreclosed.nru}/"),
            ("fin-retiree", f"/candidatures/{withdrawn.nru}/"),
            ("dates-manquees", f"/candidatures/{asking.nru}/"),
            ("derogation-demander", f"/candidatures/{foreclosed.nru}/derogations/demander/"),
            ("derogation-demandee", f"/candidatures/{asking.nru}/derogations/"),
            ("produits-chaque-fin", "/produits/"),
        ],
    )
    walk(
        parties.responsable,
        [
            ("fin-non-attribuee-ans", f"/candidatures/{refused.nru}/"),
            ("reexamen", f"/candidatures/{refused.nru}/nouvel-examen/"),
            ("decisions-nouvel-examen", "/instruction/decisions/"),
            ("derogations-a-traiter", "/instruction/derogations/"),
            ("derogation-instruire", f"/candidatures/{asking.nru}/derogations/"),
            ("instruction-chaque-fin", "/instruction/"),
            ("instruction-closes", "/instruction/?attend=close"),
        ],
    )
