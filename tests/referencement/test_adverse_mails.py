"""Every adverse decision is told with how it may be contested; an act of the éditeur is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from candidatures.catalogue.dispositifs import recours_of
from candidatures.operations.derogations import foreclose_candidature
from comptes import notices
from comptes.models import Notice
from referencement.enums import Decision, MesureKind
from referencement.mails.college import message_of
from tests.dates import DATE_2
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import an_attributed_solution, an_examen

from .test_referencement_machine import LATER, apply, renounce

TITLE = "Voies et délais de recours"


def foreclose(parties: Parties) -> None:
    foreclose_candidature(
        candidature_id=parties.candidature.pk, echeance=DATE_2, reason="Vu.", by=parties.responsable, at=LATER
    )


def suspend(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    apply(parties, MesureKind.SUSPENSION)


def withdraw(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    apply(parties, MesureKind.RETRAIT)


def give_up(parties: Parties) -> None:
    an_attributed_solution(parties.candidature, parties.signatory)
    renounce(parties)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "kind", "is_adverse"),
    [
        (foreclose, "candidatures.foreclosed", True),
        (suspend, "referencement.moved", True),
        (withdraw, "referencement.moved", True),
        (give_up, "referencement.moved", False),
    ],
    ids=["forclusion", "suspension", "retrait", "renonciation"],
)
def test_mail_says_how_it_is_contested(act: Callable[[Parties], None], kind: str, is_adverse: bool) -> None:
    parties = some_parties()
    act(parties)
    notice = Notice.objects.filter(kind=kind, compte=parties.signatory).latest("pk")
    check(parties, notices.kind(kind).render(notice).body, is_adverse=is_adverse)


@pytest.mark.django_db
@pytest.mark.parametrize("decision", list(Decision))
def test_letter_of_the_college_says_how_a_refusal_is_contested(decision: Decision) -> None:
    parties, refused = some_parties(), decision == Decision.NOT_ATTRIBUTED
    if decision == Decision.ATTRIBUTED:
        examen = an_attributed_solution(parties.candidature, parties.signatory)
    else:
        examen = an_examen(parties.candidature, parties.signatory, decision, reasons=["Une preuve."] * refused)

    check(parties, message_of(examen, decision).body, is_adverse=refused)


def check(parties: Parties, body: str, *, is_adverse: bool) -> None:
    assert (TITLE in body) is is_adverse
    for part in recours_of(parties.candidature.dispositif_id).paragraphs:
        assert (part in body) is is_adverse
