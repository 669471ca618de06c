"""What the members and the éditeurs read of a séance, and what is not sent once it is no longer true."""

from datetime import timedelta
from functools import partial

import pytest

from comptes import notices
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.operations import examens
from referencement.operations.retraits import withdraw_candidature
from tests.factories.conventions import Parties, some_parties
from tests.ground import standing

from .test_seance_machine import DAY, PLANNED_AT, Seance, a_planned_seance
from .test_seances import AT, REASON

pytestmark = pytest.mark.django_db
WHY = "Le dossier Bora pose question."


@pytest.fixture
def seance(db: None) -> Seance:
    return a_planned_seance()


parties = standing(partial(some_parties, profils=["AHI"]))


def last(kind: str) -> Notice:
    return Notice.objects.filter(kind=f"referencement.{kind}").order_by("-pk")[0]


def written(kind: str) -> NoticeMail:
    notice = last(kind)
    assert notices.kind(notice.kind).still_true(notice)
    return notices.kind(notice.kind).render(notice)


def is_still_true(notice: Notice) -> bool:
    return notices.kind(notice.kind).still_true(notice)


def test_first_call_says_when_and_the_second_what(seance: Seance, parties: Parties) -> None:
    first = last("seance_called")
    assert "L’ordre du jour vous sera envoyé" in notices.kind(first.kind).render(first).body
    seance.list(parties)
    seance.send()
    message = written("seance_called")

    assert message.subject == "Séance du collège du 16\u00a0novembre 2027 à 14\u00a0h\u00a0: ordre du jour modifié"
    assert f"1. {parties.candidature.produit.nom}" in message.body
    assert f"/college/{seance.pk}/" in message.body
    assert not message.body.startswith("Vous siégez")


def test_agenda_sent_before_the_call_has_left_never_hides_it(seance: Seance, parties: Parties) -> None:
    """The call waits for a digest; an agenda that a newer one replaced is not sent."""
    examen = seance.list(parties)
    seance.send()
    at = PLANNED_AT + timedelta(hours=1)
    examens.unlist_candidature(examen_id=examen.pk, reason=REASON, by=seance.secretaire, at=at)
    seance.send(at)
    membre = seance.membres[0].compte
    rows = Notice.objects.filter(kind="referencement.seance_called", compte=membre).order_by("occurrence")
    bodies = [notices.kind(row.kind).render(row).body for row in rows]

    assert [is_still_true(row) for row in rows] == [True, False, True]
    assert [(body.startswith("Vous siégez")) for body in bodies] == [True, False, False]
    assert "Aucun dossier n’y est plus inscrit." in bodies[2]


def test_move_says_both_dates_and_its_reason_to_members_alone(seance: Seance, parties: Parties) -> None:
    seance.list(parties)
    seance.move(AT + DAY, WHY)
    members, editeur = written("seance_moved"), written("examen_moved")

    for message in (members, editeur):
        assert "16\u00a0novembre 2027 à 14\u00a0h" in message.body
        assert "17\u00a0novembre 2027 à 14\u00a0h" in message.body
    assert WHY in members.body
    assert WHY not in editeur.body
    earlier = [last("seance_moved"), last("examen_moved")]
    seance.move(AT + 2 * DAY, REASON)
    assert [is_still_true(mail) for mail in earlier] == [False, False]


def test_cancellation_says_its_reason_to_members_alone(seance: Seance, parties: Parties) -> None:
    seance.list(parties)
    called = last("seance_called")
    seance.cancel(WHY)
    members, editeur = written("seance_cancelled"), written("examen_cancelled")

    assert (WHY in members.body, WHY in editeur.body) == (True, False)
    assert "Aucune décision" in editeur.body
    assert not is_still_true(called)


def test_who_is_given_the_place_is_told(seance: Seance) -> None:
    seance.entrust()
    assert "vous en êtes secrétaire" in written("seance_entrusted").subject
    notice = last("seance_entrusted")
    seance.entrust(seance.secretaire)
    assert not is_still_true(notice)


def test_dossier_taken_off_the_agenda_is_told_nothing_of_a_move(seance: Seance, parties: Parties) -> None:
    examen = seance.list(parties)
    seance.move(AT + DAY)
    notice = last("examen_moved")
    at = PLANNED_AT + timedelta(hours=1)
    examens.unlist_candidature(examen_id=examen.pk, reason=REASON, by=seance.secretaire, at=at)

    assert not is_still_true(notice)


def test_editeur_is_told_why_its_dossier_leaves_the_agenda_until_it_is_listed_again(
    seance: Seance, parties: Parties
) -> None:
    examen = seance.list(parties)
    at = PLANNED_AT + timedelta(hours=1)
    examens.unlist_candidature(examen_id=examen.pk, reason=REASON, by=seance.secretaire, at=at)
    message, notice = written("examen_unlisted"), last("examen_unlisted")

    assert "dossier retiré de l’ordre du jour du collège" in message.subject
    assert (f"Motif\u00a0: {REASON}" in message.body, f"/candidatures/{parties.candidature.nru}/" in message.body) == (
        True,
        True,
    )
    assert is_still_true(notice)
    seance.list(parties)
    assert not is_still_true(notice)


def test_editeur_that_withdraws_is_not_told_that_its_dossier_left_the_agenda(seance: Seance, parties: Parties) -> None:
    seance.list(parties)
    withdraw_candidature(candidature_id=parties.candidature.pk, by=parties.signatory, at=PLANNED_AT)

    assert not Notice.objects.filter(kind="referencement.examen_unlisted").exists()
