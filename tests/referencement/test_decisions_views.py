"""What waits for another person of the ANS: mesures and new examens, on one queue, oldest first, and how many."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.models import Candidature
from comptes import clock
from comptes.dates import instant_in_words
from comptes.models import Compte
from referencement.enums import Decision, MesureKind, ReexamenGround
from referencement.operations.mesures import answer_mesure, decide_mesure, propose_mesure
from referencement.operations.reexamens import request_reexamen
from referencement.operations.versions import present_new_version
from tests.conftest import BY_PASSWORD
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen

AT = COLLEGE + timedelta(days=30)
DAY = timedelta(days=1)
QUEUE = reverse("referencement:decisions_waiting")
MOTIF = "L’exigence INS 12 n’est plus tenue."


def get(who: Compte, address: str, at: Any = AT) -> str:
    client = Client()
    client.force_login(who, backend=BY_PASSWORD)
    with clock.travel(at):
        return client.get(address).content.decode().replace("&nbsp;", "\u00a0")


def propose(parties: Parties, kind: MesureKind, candidature: Candidature | None = None, at: Any = AT) -> Any:
    pk = (candidature or parties.candidature).pk
    arguments = {"candidature_id": pk, "kind": kind, "reasons": MOTIF}
    return propose_mesure(**arguments, by=parties.team.instructeur, at=at)


def ask_again(parties: Parties, candidature: Candidature, at: Any = AT) -> None:
    an_examen(candidature, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=[MOTIF])
    arguments = {"candidature_id": candidature.pk, "ground": ReexamenGround.CORRECTED, "reason": MOTIF}
    request_reexamen(**arguments, by=parties.team.instructeur, at=at)


def test_mesure_says_how_old_it_is_and_until_when_it_is_answered(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    assert "Aucune mesure en attente" in get(parties.responsable, QUEUE)
    mesure = propose(parties, MesureKind.SUSPENSION)
    until = mesure.answer_until_at

    page = get(parties.responsable, QUEUE, at=AT + 3 * DAY)
    for text in (
        "Suspension",
        "3 jours",
        "Réponse possible jusqu’au 15\u00a0janvier 2028 inclus",
        str(parties.candidature.produit),
    ):
        assert text in page
    assert reverse("referencement:referencement", args=[parties.candidature.nru]) in page
    for seconds, passed in ((-1, False), (0, False), (1, True)):
        page = get(parties.responsable, QUEUE, at=until + timedelta(seconds=seconds))
        assert ("Sans réponse" in page, "À trancher" in page) == (passed, passed)

    answer_mesure(mesure_id=mesure.pk, answer="Corrigé.", by=parties.signatory, at=AT + DAY)
    page = get(parties.responsable, QUEUE, at=AT + 2 * DAY)
    assert (f"Réponse reçue le {instant_in_words(AT + DAY)}" in page, "À trancher" in page) == (True, True)

    day = AT + 2 * DAY
    decide_mesure(mesure_id=mesure.pk, reasons=MOTIF, effect=day.date(), by=parties.responsable, at=day)
    propose(parties, MesureKind.LEVEE, at=day)
    assert "Aucune réponse n’est attendue" in get(parties.responsable, QUEUE, at=day)


def test_new_examen_waits_with_its_ground(parties: Parties) -> None:
    ask_again(parties, parties.candidature)
    page = get(parties.responsable, QUEUE, at=AT + 2 * DAY)

    for text in (
        "Le dossier est corrigé",
        "2 jours",
        reverse("referencement:reexamen", args=[parties.candidature.nru]),
    ):
        assert text in page


def test_queue_is_in_order_and_asks_the_same_for_one_row_and_two(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    new = present_new_version(candidature_id=parties.candidature.pk, by=parties.signatory, at=AT)

    def asked() -> int:
        client = Client()
        client.force_login(parties.responsable, backend=BY_PASSWORD)
        with clock.travel(AT + 9 * DAY), CaptureQueriesContext(connection) as queries:
            page = client.get(QUEUE)
        assert [mesure["row"].proposed_at for mesure in page.context["mesures"]] == sorted(
            mesure["row"].proposed_at for mesure in page.context["mesures"]
        )
        return len(queries)

    propose(parties, MesureKind.SUSPENSION, at=AT + 5 * DAY)
    once = asked()
    other = some_parties()
    an_attributed_solution(other.candidature, other.signatory)
    propose(other, MesureKind.RETRAIT, at=AT + 4 * DAY)
    ask_again(parties, new)

    assert asked() == once
    page = get(parties.responsable, QUEUE, at=AT + 9 * DAY)
    assert "4 jours" in page
    assert page.index("5 jours") < page.index("4 jours")


def test_editeur_does_not_open_the_queue(parties: Parties) -> None:
    client = Client()
    client.force_login(parties.signatory, backend=BY_PASSWORD)
    assert client.get(QUEUE).status_code == 404
