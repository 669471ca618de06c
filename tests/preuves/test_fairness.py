"""What the ANS owes never costs an échéance: a submission that waits for it alone is received, and examined after."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from candidatures.enums import Camp, Verdict, VoletKind
from candidatures.models import Accuse, Candidature
from candidatures.operations.demandes import cancel_demande
from candidatures.operations.instruction import (
    DemandeNotPossible,
    VoletNotAdmissible,
    admit_volet,
    ask_complement,
    judge_reference,
    reopen_volet,
)
from candidatures.operations.volets import Conflict, VoletNotSubmittable, save_answers, submit_volet
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre
from preuves.operations.instruction import ReviewNotPossible, claim_chapitre, conclude_review, save_draft
from preuves.operations.reouvertures import contest_dispense
from preuves.queries.dossier import dossier_of
from preuves.queries.instruction import review_facts_of
from preuves.rules.completude import OWNERS
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.lengths import examples

from .conftest import make_team_to_prove

DATE_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
DATE_3 = datetime(2028, 3, 15, 11, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def reopen_eligibilite(team: Team, at: datetime, *champs: str) -> None:
    volet = phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    reopen_volet(
        volet_id=volet.pk,
        champs=list(champs or ("distributeurs",)),
        text="À votre demande.",
        seen_version=volet.version,
        by=team.instructeur,
        at=at,
    )


def answer(team: Team, at: datetime, **answers: object) -> None:
    volet = phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=team.salarie, at=at)
    submit_volet(volet_id=volet.pk, by=team.salarie, at=at)


def submit(team: Team, code: str = "MAT", *, at: datetime) -> Chapitre:
    return submit_chapitre(candidature_id=team.candidature.pk, code=code, by=team.salarie, at=at)


def claim(chapitre: Chapitre, team: Team, at: datetime) -> Chapitre:
    return claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=at)


def conclude(chapitre: Chapitre, team: Team, at: datetime, *, accept: bool) -> Chapitre:
    """Read a submitted chapitre: approve it, or return its first preuve."""
    claim(chapitre, team, at)
    chapitre = make.the_chapitre(team.candidature, chapitre.code)
    facts = review_facts_of(chapitre, by=team.instructeur)
    for place, numero in enumerate(facts.asked):
        save_draft(
            chapitre_id=chapitre.pk,
            numero=numero,
            sha256=facts.submitted[numero],
            avis="accepted" if accept or place else "to_correct",
            reason="Illisible.",
            by=team.instructeur,
            at=at,
        )
    version = make.the_chapitre(team.candidature, chapitre.code).version
    return conclude_review(chapitre_id=chapitre.pk, seen_version=version, by=team.instructeur, at=at)


@pytest.mark.parametrize("before", [timedelta(0), SECOND, timedelta(days=1)])
@pytest.mark.parametrize("answered", [True, False])
def test_chapitre_is_received_while_a_reopened_eligibilite_is_not_read(
    team: Team, before: timedelta, *, answered: bool
) -> None:
    make.a_complete_chapitre(team.candidature, team.salarie)
    reopen_eligibilite(team, DATE_2 - timedelta(days=3))
    if answered:
        answer(team, DATE_2 - timedelta(days=2), distributeurs={"aucun": True})

    chapitre = submit(team, at=DATE_2 - before)

    assert (chapitre.state, chapitre.first_submitted_at) == (ChapitreState.SUBMITTED, DATE_2 - before)
    assert Accuse.objects.filter(address=f"chapitre:{team.candidature.nru}/MAT").count() == 1


def test_chapitre_waits_for_the_eligibilite_to_be_examined(team: Team) -> None:
    make.a_complete_chapitre(team.candidature, team.salarie)
    reopen_eligibilite(team, DATE_2 - timedelta(days=3))
    answer(team, DATE_2 - timedelta(days=2), distributeurs={"aucun": True})
    chapitre = submit(team, at=DATE_2 - SECOND)

    with pytest.raises(ReviewNotPossible) as refused:
        claim(chapitre, team, DATE_2 + SECOND)

    assert refused.value.sentence == (
        "Ce chapitre est reçu, mais son examen ne peut pas encore commencer. "
        "L’ANS doit d’abord examiner le volet «\u00a0Formulaire d’éligibilité\u00a0», déjà soumis."
    )
    phase_1.admit(phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE), team.instructeur, DATE_2 + SECOND)
    assert claim(chapitre, team, DATE_2 + 2 * SECOND).state == ChapitreState.UNDER_REVIEW


def test_both_sides_read_what_comes_first(client: Client, team: Team) -> None:
    make.a_complete_chapitre(team.candidature, team.salarie)
    reopen_eligibilite(team, make.AUTUMN)
    answer(team, make.AUTUMN, distributeurs={"aucun": True})
    nru = team.candidature.nru
    waits = "L’ANS doit d’abord examiner le volet «\u00a0Formulaire d’éligibilité\u00a0», déjà soumis."
    client.force_login(team.salarie)

    assert waits in client.get(f"/candidatures/{nru}/chapitres/MAT/soumettre/").content.decode()
    client.post(f"/candidatures/{nru}/chapitres/MAT/soumettre/")
    assert waits in client.get(f"/candidatures/{nru}/chapitres/MAT/").content.decode()

    client.force_login(team.instructeur)
    assert waits in client.get(f"/instruction/{nru}/chapitres/MAT/").content.decode()
    assert "Reçu, après le dossier administratif" in client.get("/instruction/chapitres/").content.decode()


def test_volet_never_submitted_still_refuses(db: None) -> None:
    from tests.candidatures.conftest import make_team

    make.a_rem()
    team = make_team()
    phase_1.a_submitted_volet(team.candidature, team.mandataire, kind=VoletKind.ELIGIBILITE)
    make.a_complete_chapitre(team.candidature, team.salarie)

    with pytest.raises(ChapitreNotSubmittable) as refused:
        submit(team, at=make.AUTUMN)

    assert [(obstacle.code, obstacle.sentence) for obstacle in refused.value.obstacles] == [
        ("volet", "Le volet «\u00a0Candidature administrative\u00a0» n’est pas encore soumis à l’ANS.")
    ]


def test_every_obstacle_has_its_owner_and_none_is_the_ans() -> None:
    assert {code for code, owner in OWNERS.items() if owner is Camp.ANS} == set()
    assert {code: owner for code, owner in OWNERS.items() if owner} == {
        "volet": Camp.EDITEUR,
        "late": Camp.EDITEUR,
        "missing": Camp.EDITEUR,
        "to_correct": Camp.EDITEUR,
        "travelling": Camp.EDITEUR,
        "refused": Camp.EDITEUR,
        "unreadable": Camp.EDITEUR,
    }


# -- references that the ANS has not judged yet ------------------------------------------------------------------------


@pytest.fixture
def unjudged(db: None) -> Team:
    """Both volets are submitted; MS1 with PA is declared, and the ANS has not said a word of it."""
    from tests.candidatures.conftest import make_team

    make.a_rem()
    team = make_team()
    phase_1.a_dossier_handed_over(team.candidature, team.mandataire)
    return team


def deposit_ins_alone(team: Team) -> None:
    make.a_deposit(team.candidature, team.salarie, "INS.01.01.01", make.not_applicable())


def judge(team: Team, verdict: Verdict, at: datetime) -> None:
    volet = phase_1.the_volet(team.candidature)
    judge_reference(
        volet_id=volet.pk, identifiant="W-123", verdict=verdict, reason="Autre solution.", by=team.instructeur, at=at
    )
    for kind in VoletKind:
        phase_1.admit(phase_1.the_volet(team.candidature, kind), team.instructeur, at)


def test_reference_not_judged_yet_holds_nothing_back(unjudged: Team) -> None:
    deposit_ins_alone(unjudged)

    chapitre = submit(unjudged, "INS", at=DATE_2 - SECOND)

    assert chapitre.state == ChapitreState.SUBMITTED
    assert list(chapitre.soumissions.get().revisions) == ["INS.01.01.01"]


def test_reference_confirmed_after_leaves_nothing_more_to_deposit(unjudged: Team) -> None:
    deposit_ins_alone(unjudged)
    chapitre = submit(unjudged, "INS", at=DATE_2 - SECOND)
    judge(unjudged, Verdict.CONFIRMED, DATE_2 + SECOND)

    assert conclude(chapitre, unjudged, DATE_2 + SECOND, accept=True).state == ChapitreState.APPROVED


@pytest.mark.parametrize(("later", "taken"), [(-SECOND, True), (timedelta(0), True), (SECOND, False)])
def test_reference_refused_after_date_3_leaves_time_to_answer(unjudged: Team, later: timedelta, *, taken: bool) -> None:
    deposit_ins_alone(unjudged)
    chapitre = submit(unjudged, "INS", at=DATE_2 - SECOND)
    judge(unjudged, Verdict.REFUSED, DATE_3 + SECOND)
    returned = DATE_3 + timedelta(days=2)
    conclude(chapitre, unjudged, returned, accept=False)
    for numero in ("INS.01.01.01", "INS/va1.02.01.01"):
        seen = 1 if numero == "INS.01.01.01" else 0
        make.a_deposit(
            unjudged.candidature,
            unjudged.salarie,
            numero,
            make.not_applicable("La solution a changé de module."),
            seen=seen,
            at=returned,
        )
    at = returned + timedelta(days=15) + later

    if taken:
        assert submit(unjudged, "INS", at=at).state == ChapitreState.SUBMITTED
    else:
        with pytest.raises(ChapitreNotSubmittable) as refused:
            submit(unjudged, "INS", at=at)
        assert refused.value.obstacles[0].sentence.startswith("La date limite (Date de réponse au retour de l’ANS)")


def test_chapitre_made_due_by_a_contestation_after_date_2_is_still_received(db: None) -> None:
    """What was acquis when Date 2 passed, and is contested after, was never to be submitted by Date 2."""
    team = make_team_to_prove(confirm=True)
    make.a_deposit(team.candidature, team.salarie, "INS.01.01.01", make.not_applicable())
    conclude(submit(team, "INS", at=make.AUTUMN), team, make.AUTUMN, accept=True)
    contest_dispense(
        candidature_id=team.candidature.pk,
        numero="INS/va1.02.01.01",
        reason="Le module a été réécrit.",
        by=team.instructeur,
        at=DATE_2 + SECOND,
    )
    make.a_deposit(team.candidature, team.salarie, "INS/va1.02.01.01", make.not_applicable(), at=DATE_2 + SECOND)

    assert submit(team, "INS", at=DATE_2 + timedelta(days=1)).state == ChapitreState.SUBMITTED


def test_profils_added_after_ask_new_chapitres_and_leave_the_others_in_time(team: Team) -> None:
    make.a_complete_chapitre(team.candidature, team.salarie)
    reopen_eligibilite(team, make.AUTUMN, "profils")
    answer(team, make.AUTUMN, profils=["PA", "PDS", "PH"])
    submit(team, at=DATE_2 - SECOND)

    dossier = dossier_of(Candidature.objects.with_names().get(pk=team.candidature.pk))

    assert dossier is not None
    assert {chapitre.spec.code: chapitre.facts.standing for chapitre in dossier.chapitres} == {
        "MAT": "submitted",
        "INS": "open",
        "CDM-PH": "open",
    }
    assert make.the_chapitre(team.candidature).first_submitted_at == DATE_2 - SECOND


# -- histories ---------------------------------------------------------------------------------------------------------

DAY = timedelta(days=1)
ACTS = ("admit", "confirm", "refuse", "reopen", "complement", "answer", "cancel")


def do(act: str, kind: VoletKind, team: Team, at: datetime) -> None:
    """One act of a history, as somebody may try it; what is refused changes nothing."""
    volet = phase_1.the_volet(team.candidature, kind)
    champs = ["profils" if kind == VoletKind.ELIGIBILITE else "contact_nom"]
    seen: dict[str, Any] = {"volet_id": volet.pk, "seen_version": volet.version, "by": team.instructeur, "at": at}
    match act:
        case "admit":
            admit_volet(**seen)
        case "confirm" | "refuse":
            verdict = Verdict.CONFIRMED if act == "confirm" else Verdict.REFUSED
            judge_reference(
                volet_id=volet.pk, identifiant="W-123", verdict=verdict, reason="Autre.", by=team.instructeur, at=at
            )
        case "reopen":
            reopen_volet(champs=champs, text="Vu.", **seen)
        case "complement":
            ask_complement(champs=champs, text="Vu.", **seen)
        case "answer":
            submit_volet(volet_id=volet.pk, by=team.mandataire, at=at)
        case "cancel":
            demande = volet.demandes.order_by("-number").first()
            if demande:
                cancel_demande(demande_id=demande.pk, reason="Vu.", by=team.instructeur, at=at)


REFUSALS = (
    Conflict,
    DemandeNotPossible,
    VoletNotAdmissible,
    VoletNotSubmittable,
)

histories = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(VoletKind), st.integers(min_value=0, max_value=5)), max_size=8
)


@given(history=histories, before=st.sampled_from([timedelta(0), SECOND, DAY]))
@examples(15)
def test_no_act_owed_by_the_ans_makes_late_what_was_in_time(
    unjudged: Team, history: list[tuple[str, VoletKind, int]], before: timedelta
) -> None:
    """Whatever the ANS did, or left undone, what was complete in time is received, and stays received."""
    with transaction.atomic():
        at = DATE_2 - 30 * DAY
        make.a_complete_chapitre(unjudged.candidature, unjudged.mandataire, at=at)
        for act, kind, days in history:
            at = min(at + days * DAY, DATE_2 - before)
            with contextlib.suppress(*REFUSALS), transaction.atomic():
                do(act, kind, unjudged, at)

        chapitre = submit(unjudged, at=DATE_2 - before)

        with contextlib.suppress(*REFUSALS), transaction.atomic():
            do("reopen", VoletKind.ELIGIBILITE, unjudged, DATE_2 + DAY)
        assert make.the_chapitre(unjudged.candidature).first_submitted_at == DATE_2 - before
        assert chapitre.state == ChapitreState.SUBMITTED
        transaction.set_rollback(True)
