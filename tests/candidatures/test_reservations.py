"""A submitted volet is read by one instructeur at a time, who may be relieved in words."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from candidatures.enums import Verdict
from candidatures.models import ReservationDeVolet, Volet
from candidatures.operations.instruction import admit_volet, ask_complement, judge_reference
from candidatures.operations.reservations import (
    ReservationNotPossible,
    claim_volet,
    release_volet,
    take_over_volet,
)
from candidatures.operations.volets import Conflict
from candidatures.rules.reservations import CLAIM
from comptes import clock, effects
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from tests.candidatures.conftest import Team, all_at_once
from tests.factories import candidatures as make

AT, SECOND = make.SUMMER, timedelta(seconds=1)


@pytest.fixture
def volet(team: Team) -> Volet:
    return make.a_submitted_volet(team.candidature, team.mandataire)


@pytest.fixture
def colleague(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], first_name="Olivier", last_name="Vasseur")


def acts() -> list[str]:
    return list(JournalEntry.objects.filter(address__startswith="volet:").order_by("pk").values_list("act", flat=True))


def test_nobody_else_decides_on_a_volet_that_is_read(team: Team, volet: Volet, colleague: Compte) -> None:
    claim_volet(volet_id=volet.pk, by=team.instructeur, at=AT)
    seen = {"volet_id": volet.pk, "seen_version": volet.version, "by": colleague, "at": AT}

    with pytest.raises(Conflict, match="Ce volet est examiné par Inès Garnier depuis le 1er\u00a0juillet"):
        admit_volet(**seen)
    with pytest.raises(Conflict, match="Inès Garnier"):
        ask_complement(**seen, champs=["version_technique"], text="Précisez.")
    with pytest.raises(Conflict, match="Inès Garnier"):
        judge_reference(
            volet_id=volet.pk, identifiant="W-123", verdict=Verdict.CONFIRMED, reason="", by=colleague, at=AT
        )
    with pytest.raises(Conflict, match="Inès Garnier"):
        claim_volet(volet_id=volet.pk, by=colleague, at=AT + CLAIM - SECOND)


def test_decision_ends_the_reading(team: Team, volet: Volet) -> None:
    claim_volet(volet_id=volet.pk, by=team.instructeur, at=AT)
    make.confirm_reference(volet, team.instructeur)

    make.admit(volet, team.instructeur)

    assert not ReservationDeVolet.objects.exists()


def test_judgement_renews_the_hours(team: Team, volet: Volet, colleague: Compte) -> None:
    claim_volet(volet_id=volet.pk, by=team.instructeur, at=AT - CLAIM + SECOND)
    make.confirm_reference(volet, team.instructeur)

    with pytest.raises(Conflict):
        claim_volet(volet_id=volet.pk, by=colleague, at=AT + CLAIM - SECOND)
    taken = claim_volet(volet_id=volet.pk, by=colleague, at=AT + CLAIM)
    assert taken.compte == colleague


def test_taking_over_says_why_and_tells_the_former_reader(team: Team, volet: Volet, colleague: Compte) -> None:
    claim_volet(volet_id=volet.pk, by=team.instructeur, at=AT)
    for reader, reason, refusal in (
        (colleague, " ", "Indiquez pourquoi"),
        (team.instructeur, "Reprise.", "Vous examinez déjà"),
        (team.mandataire, "Reprise.", "Seules les personnes qui instruisent"),
    ):
        with pytest.raises(ReservationNotPossible, match=refusal):
            take_over_volet(volet_id=volet.pk, reason=reason, by=reader, at=AT)

    take_over_volet(volet_id=volet.pk, reason="Inès est absente.", by=colleague, at=AT + SECOND)

    entry = JournalEntry.objects.get(act="volet.taken_over")
    assert (entry.by, entry.params["motif"]) == (colleague, "Inès est absente.")
    notice = Notice.objects.get(kind="candidatures.volet_taken_over")
    assert notice.compte == team.instructeur
    with clock.travel(AT + SECOND):
        effects.deliver_to(team.instructeur.email)
    notice.refresh_from_db()
    assert "Olivier Vasseur examine désormais le volet" in notice.body


def test_reader_leaves_and_somebody_else_begins(team: Team, volet: Volet, colleague: Compte) -> None:
    claim_volet(volet_id=volet.pk, by=team.instructeur, at=AT)
    with pytest.raises(ReservationNotPossible, match="Vous n’examinez pas"):
        release_volet(volet_id=volet.pk, by=colleague, at=AT)
    release_volet(volet_id=volet.pk, by=team.instructeur, at=AT)
    with pytest.raises(ReservationNotPossible, match="Personne n’examine"):
        take_over_volet(volet_id=volet.pk, reason="Vu.", by=colleague, at=AT)

    claim_volet(volet_id=volet.pk, by=colleague, at=AT)

    assert acts()[-3:] == ["volet.claimed", "volet.released", "volet.claimed"]


def test_volet_that_is_not_submitted_is_not_read(team: Team) -> None:
    with pytest.raises(ReservationNotPossible, match="pas à examiner"):
        claim_volet(volet_id=team.volet.pk, by=team.instructeur, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_are_one_reader(team: Team, volet: Volet, colleague: Compte) -> None:
    people = [team.instructeur, colleague]
    outcomes = all_at_once(2, lambda number: claim_volet(volet_id=volet.pk, by=people[number], at=AT))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "ReservationDeVolet"]


def test_page_names_who_reads_and_gives_it_over(team: Team, volet: Volet, colleague: Compte, sign_in: Any) -> None:
    nru = team.candidature.nru
    review, claim = (
        reverse(f"candidatures:{name}", args=[nru, volet.kind]) for name in ("volet_review", "volet_claim")
    )
    with clock.travel(AT):
        mine, theirs = sign_in(team.instructeur), sign_in(colleague)
        assert "Commencer l’examen" in mine.get(review).content.decode()
        mine.post(claim)
        assert "Laisser à un collègue" in mine.get(review).content.decode()

        page = theirs.get(review).content.decode()
        assert "réservé à Inès Garnier" in page
        assert "Déclarer recevable" not in page
        assert "Inès Garnier" in theirs.post(claim, follow=True).content.decode()
        assert "Indiquez pourquoi" in theirs.post(claim, {"motif": ""}, follow=True).content.decode()
        theirs.post(claim, {"motif": "Inès est absente."})
        assert "Déclarer recevable" in theirs.get(review).content.decode()
        theirs.post(reverse("candidatures:volet_release", args=[nru, volet.kind]))

    assert not ReservationDeVolet.objects.exists()
