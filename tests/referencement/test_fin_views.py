"""The page of what is over, one for each end: no turn, no gap, no countdown, no green tick; and what may follow."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from comptes import clock
from comptes.models import Compte
from referencement.enums import Decision, FinKind, MesureKind
from referencement.operations.mesures import abandon_mesure, answer_mesure, propose_mesure
from referencement.operations.retraits import withdraw_candidature
from tests.conftest import BY_PASSWORD
from tests.factories.conventions import Parties
from tests.factories.referencement import COLLEGE, a_granted_reexamen, an_attributed_solution, an_examen

AT = COLLEGE + timedelta(days=30)
MOTIF = "Une preuve ne convainc pas."


def end(parties: Parties, kind: FinKind) -> None:
    candidature, by = parties.candidature, parties.signatory
    if kind == FinKind.NOT_ATTRIBUTED:
        an_examen(candidature, by, Decision.NOT_ATTRIBUTED, reasons=[MOTIF])
    elif kind == FinKind.WITHDRAWN:
        withdraw_candidature(candidature_id=candidature.pk, by=by, at=AT)
    else:
        again = Candidature.objects.get(pk=candidature.pk)
        again.foreclose(by=parties.responsable, at=AT, echeance="date-2", reason=MOTIF)
        again.save()


def read(parties: Parties, who: Compte, name: str = "candidature", **posted: Any) -> Any:
    client, address = Client(), reverse(f"referencement:{name}", args=[parties.candidature.nru])
    client.force_login(who, backend=BY_PASSWORD)
    with clock.travel(AT + timedelta(days=1)):
        return client.post(address, posted) if posted else client.get(address)


ENDS = {
    FinKind.NOT_ATTRIBUTED: ("Le référencement n’est pas attribué", True, MOTIF),
    FinKind.FORECLOSED: ("Cette candidature est close pour dépôt hors délai (forclusion)", True, MOTIF),
    FinKind.WITHDRAWN: ("Cette candidature est retirée", False, "Non. Une autre candidature"),
}


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize("who", ["signatory", "responsable"])
def test_what_is_over_says_so_and_asks_nothing(parties: Parties, kind: FinKind, who: str) -> None:
    end(parties, kind)
    title, has_recours, sentence = ENDS[kind]
    body = read(parties, getattr(parties, who)).content.decode()

    assert (title in body, sentence in body) == (True, True)
    assert ("Voies et délais de recours" in body) is has_recours
    assert ("L’éditeur ne peut plus" in body or "L’éditeur peut encore" in body) is (who == "responsable")
    assert ("Ce que l’éditeur lit" in body) is (has_recours and who == "responsable")
    assert ("Vous pouvez encore" in body or "Vous ne pouvez plus" in body) is (who == "signatory")
    for never in ("C’est au tour", "C’est à vous", "pas faite à temps", "Il reste", 'data-state="done"', "Parcours"):
        assert never not in body


def test_ans_is_led_to_the_new_examen_and_the_editeur_is_told_how(parties: Parties) -> None:
    end(parties, FinKind.NOT_ATTRIBUTED)
    address = reverse("referencement:reexamen", args=[parties.candidature.nru])

    assert address in read(parties, parties.responsable).content.decode()
    page = read(parties, parties.signatory).content.decode()
    assert (address in page, "écrivez à l’ANS" in page) == (False, True)


def test_examined_again_it_is_a_candidature_in_progress(parties: Parties) -> None:
    end(parties, FinKind.NOT_ATTRIBUTED)
    a_granted_reexamen(parties.candidature.examens.get())
    body = read(parties, parties.signatory).content.decode()

    assert ("Parcours" in body, "Le référencement n’est pas attribué" in body) == (True, False)


def test_announced_mesure_is_answered_from_the_page(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    mesure = propose_mesure(
        candidature_id=parties.candidature.pk,
        kind=MesureKind.SUSPENSION,
        reasons=MOTIF,
        by=parties.team.instructeur,
        at=AT,
    )
    assert "Suspension annoncée par l’ANS" in read(parties, parties.signatory).content.decode()
    page = read(parties, parties.team.salarie, "referencement").content.decode()
    assert (MOTIF in page, "Envoyer ma réponse" in page) == (True, True)

    client = Client()
    client.force_login(parties.team.salarie, backend=BY_PASSWORD)
    address = reverse("referencement:referencement_act", args=[parties.candidature.nru, "repondre"])
    with clock.travel(AT + timedelta(days=2)):
        assert client.post(address, {"mesure": mesure.pk, "answer": ""}).status_code == 422
        assert client.post(address, {"mesure": "x", "answer": "Corrigé."}).status_code == 404
        assert client.post(address, {"mesure": mesure.pk, "answer": "Corrigé."}).status_code == 302
    mesure.refresh_from_db()
    assert (mesure.answer, mesure.answered_by) == ("Corrigé.", parties.team.salarie)
    decide = read(parties, parties.responsable, "referencement").content.decode()
    assert ("Corrigé." in decide, "Prononcer la mesure" in decide) == (True, True)


def test_mesure_that_cannot_be_decided_that_day_gives_back_what_was_typed(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    given = {"kind": MesureKind.SUSPENSION, "reasons": MOTIF, "by": parties.team.instructeur, "at": AT}
    mesure = propose_mesure(candidature_id=parties.candidature.pk, **given)
    answer_mesure(mesure_id=mesure.pk, answer="Corrigé.", by=parties.signatory, at=AT)
    client = Client()
    client.force_login(parties.responsable, backend=BY_PASSWORD)
    address = reverse("referencement:referencement_act", args=[parties.candidature.nru, "prononcer"])
    typed = {"mesure": mesure.pk, "reasons": "Le correctif ne suffit pas.", "effect": "0001-01-01"}
    with clock.travel(AT + timedelta(days=2)):
        refused = client.post(address, typed)
        page = refused.content.decode()
        assert (refused.status_code, "Le correctif ne suffit pas." in page, "0001-01-01" in page) == (422, True, True)
        abandon_mesure(mesure_id=mesure.pk, reason="Corrigé.", by=parties.responsable, at=AT + timedelta(days=1))
        assert client.post(address, {**typed, "effect": "2047-01-01"}).status_code == 409


def test_referenced_candidature_is_led_from_its_withdrawal_to_its_renonciation(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    renounce = reverse("referencement:renounce", args=[parties.candidature.nru])
    page = read(parties, parties.signatory, "withdraw").content.decode()
    refused = read(parties, parties.signatory, "withdraw", geste="retirer")

    assert ("renoncez-y" in page, renounce in page) == (True, True)
    assert (refused.status_code, Candidature.objects.get(pk=parties.candidature.pk).state) == (409, "open")
