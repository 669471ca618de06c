"""How each candidature ended, and what its référencement is, on every list; once it ended, nobody is waited for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.models import Candidature
from comptes import clock
from comptes.models import Compte
from referencement.enums import ConventionState, Decision, FinKind, MesureKind, ObjetDAttente, Publication
from referencement.models import Convention
from referencement.operations.mesures import answer_mesure, decide_mesure, propose_mesure
from referencement.operations.referencements import renounce_referencement
from referencement.operations.retraits import withdraw_candidature
from referencement.operations.signatures import SignatureNotPossible, send_code
from referencement.operations.versions import present_new_version
from referencement.queries.projections import projected_of
from referencement.queries.tours import tours_of
from tests.conftest import BY_PASSWORD
from tests.factories.conventions import Parties
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen
from tests.factories.tours import project_everything

AT = COLLEGE + timedelta(days=30)
DAY = timedelta(days=1)
MOTIF = "Une preuve ne convainc pas."
LABELS = {
    FinKind.NOT_ATTRIBUTED: "Référencement non attribué",
    FinKind.FORECLOSED: "Candidature close pour dépôt hors délai (forclusion)",
    FinKind.WITHDRAWN: "Candidature retirée",
    Publication.REFERENCED: "Solution référencée",
    Publication.SUSPENDED: "Solution suspendue",
    Publication.WITHDRAWN: "Solution retirée",
    Publication.RENOUNCED: "Solution renoncée",
    Publication.REPLACED: "Solution remplacée",
}
ENDED = (Publication.WITHDRAWN, Publication.RENOUNCED, Publication.REPLACED)


def decide(parties: Parties, kind: MesureKind) -> None:
    arguments = {"candidature_id": parties.candidature.pk, "kind": kind, "reasons": MOTIF}
    mesure = propose_mesure(**arguments, by=parties.team.instructeur, at=AT)
    answer_mesure(mesure_id=mesure.pk, answer="Corrigé.", by=parties.signatory, at=AT)
    decide_mesure(mesure_id=mesure.pk, reasons=MOTIF, effect=AT.date(), by=parties.responsable, at=AT)


def withdraw(parties: Parties) -> None:
    withdraw_candidature(candidature_id=parties.candidature.pk, by=parties.signatory, at=AT)


def foreclose(parties: Parties) -> None:
    candidature = Candidature.objects.get(pk=parties.candidature.pk)
    candidature.foreclose(by=parties.responsable, at=AT, echeance="date-2", reason=MOTIF)
    candidature.save()


def renounce(parties: Parties, effect: datetime = AT) -> None:
    arguments = {"candidature_id": parties.candidature.pk, "reason": MOTIF, "effect": effect.date()}
    renounce_referencement(**arguments, by=parties.signatory, at=AT)


def replace_it(parties: Parties) -> None:
    new = present_new_version(candidature_id=parties.candidature.pk, by=parties.signatory, at=AT)
    an_attributed_solution(new, parties.signatory, at=AT)


ENDING: dict[FinKind | Publication, Callable[[Parties], None]] = {
    FinKind.NOT_ATTRIBUTED: lambda parties: an_examen(
        parties.candidature, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=[MOTIF]
    ),
    FinKind.WITHDRAWN: withdraw,
    FinKind.FORECLOSED: foreclose,
    Publication.REFERENCED: lambda parties: None,
    Publication.SUSPENDED: lambda parties: decide(parties, MesureKind.SUSPENSION),
    Publication.WITHDRAWN: lambda parties: decide(parties, MesureKind.RETRAIT),
    Publication.RENOUNCED: renounce,
    Publication.REPLACED: replace_it,
}


def become(parties: Parties, issue: FinKind | Publication) -> None:
    if isinstance(issue, Publication):
        an_attributed_solution(parties.candidature, parties.signatory)
    ENDING[issue](parties)


def read(who: Compte, name: str, *args: str, at: datetime = AT + DAY) -> Any:
    client = Client()
    client.force_login(who, backend=BY_PASSWORD)
    with clock.travel(at):
        return client.get(reverse(name, args=args))


def lines_of(parties: Parties, at: datetime = AT + DAY) -> tuple[Any, Any]:
    """What « Mes produits » and the ANS's list hold of that candidature."""
    nru = parties.candidature.nru
    mine = read(parties.signatory, "candidatures:produits", at=at)
    (line,) = [line for produit in mine.context["produits"] for line in produit.candidatures if line.nru == nru]
    theirs = read(parties.responsable, "referencement:instruction", at=at)
    (row,) = [line for line in theirs.context["lines"] if line.nru == nru]
    for page, issue in ((mine, line.issue), (theirs, row.issue)):
        assert issue is None or issue.label in page.content.decode()
    return line, row


@pytest.mark.parametrize("projected", [True, False])
@pytest.mark.parametrize("issue", LABELS)
def test_every_list_says_how_it_ended(parties: Parties, issue: FinKind | Publication, projected: bool) -> None:
    line, row = lines_of(parties)
    assert (line.issue, row.issue) == (None, None)
    become(parties, issue)
    if projected:
        project_everything(at=AT)
    line, row = lines_of(parties)

    assert (line.issue.label, row.issue) == (LABELS[issue], line.issue)
    assert row.is_over is (issue not in (Publication.REFERENCED, Publication.SUSPENDED))


def test_lists_ask_the_same_whatever_ended(parties: Parties) -> None:
    def asked() -> list[int]:
        project_everything(at=AT)
        counts = []
        for who, name in (
            (parties.signatory, "candidatures:produits"),
            (parties.responsable, "referencement:instruction"),
        ):
            read(who, name)
            with CaptureQueriesContext(connection) as queries:
                read(who, name)
            counts.append(len(queries))
        return counts

    before = asked()
    become(parties, Publication.RENOUNCED)
    assert asked() == before


def test_countersignature_is_due_while_it_is_in_force(parties: Parties) -> None:
    become(parties, Publication.REFERENCED)
    convention = Convention.objects.get(candidature=parties.candidature)
    (tour,) = tours_of([parties.candidature.pk], at=AT).values()
    assert convention.state == ConventionState.SIGNED_BY_EDITEUR
    assert [attente.objet for attente in tour.attentes] == [ObjetDAttente.CONVENTION_TO_COUNTERSIGN]
    assert read(parties.responsable, "referencement:convention", parties.candidature.nru).context["panel"] == "sign"


@pytest.mark.parametrize("issue", ENDED)
def test_nothing_is_signed_once_the_referencement_ended(parties: Parties, issue: Publication) -> None:
    become(parties, issue)
    convention = Convention.objects.get(candidature=parties.candidature)
    (tour,) = tours_of([parties.candidature.pk], at=AT).values()

    assert (tour.is_over, tour.attentes) == (True, ())
    page = read(parties.responsable, "referencement:convention", parties.candidature.nru)
    assert (page.context["panel"], "Cette convention ne peut plus être signée" in page.content.decode()) == (
        "ended",
        True,
    )
    with pytest.raises(SignatureNotPossible, match="a pris fin"):
        send_code(convention_id=convention.pk, by=parties.responsable, at=AT)


def test_renonciation_to_come_ends_the_turn_at_its_instant(parties: Parties) -> None:
    become(parties, Publication.REFERENCED)
    renounce(parties, effect=AT + 10 * DAY)
    project_everything(at=AT)
    ids, midnight = [parties.candidature.pk], (AT + 10 * DAY).replace(hour=23, minute=0, second=0) - DAY

    for left, over in ((-1, False), (0, True), (1, True)):
        at = midnight + timedelta(seconds=left)
        assert projected_of(ids, at=at)[ids[0]].is_over is over
        assert lines_of(parties, at=at)[0].issue.label == LABELS[ENDED[1] if over else Publication.REFERENCED]
