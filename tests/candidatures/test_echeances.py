"""The échéances as the ANS moves them, extends them for one candidature, and closes what missed them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import CandidatureState, DeplacementState, DerogationState
from candidatures.models import Candidature, DeplacementDEcheance, Derogation, Echeance
from candidatures.operations.candidatures import CandidatureNotPossible, open_candidature
from candidatures.operations.derogations import (
    DerogationNotPossible,
    ForeclosureNotPossible,
    foreclose_candidature,
    grant_derogation,
    refuse_derogation,
    request_derogation,
)
from candidatures.operations.dispositifs import load_dispositif
from candidatures.operations.echeances import MoveNotPossible, approve_move, propose_move, refuse_move
from candidatures.operations.volets import VoletNotOpen, VoletNotSubmittable, save_answers, submit_volet
from candidatures.queries.candidatures import deadline_of, deadlines_by_code, deadlines_of, deadlines_of_many
from candidatures.queries.volets import who_moved
from candidatures.rules import echeances as rules
from candidatures.rules.deadlines import Deadline
from comptes import journal
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.dates import DATE_1, DATE_2, DATE_3
from tests.factories import candidatures as make

BEFORE = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)
AFTER = make.DATE_1 + timedelta(days=1)
LATER = datetime(2026, 10, 15, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def olivier(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Olivier")


@pytest.fixture
def odile(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Odile")


def a_move(by: Compte, **changes: Any) -> DeplacementDEcheance:
    given = {
        "code": DATE_1,
        "to": LATER,
        "arrete": "Arrêté du 18/09/2026",
        "motive": "Incident national.",
        "at": BEFORE,
    }
    return propose_move(dispositif_code="ms-dui-va2", by=by, **(given | changes))


def a_derogation(team: Team, **changes: Any) -> Derogation:
    given = {"echeance": DATE_1, "to": LATER, "motive": "Hospitalisation.", "by": team.instructeur, "at": BEFORE}
    return request_derogation(candidature_id=team.candidature.pk, **(given | changes))


def again(candidature: Candidature) -> Candidature:
    return Candidature.objects.with_names().get(pk=candidature.pk)


def foreclose(team: Team, by: Compte, **changes: Any) -> Candidature:
    given = {"echeance": DATE_1, "reason": "Volet non soumis.", "at": AFTER}
    return foreclose_candidature(candidature_id=team.candidature.pk, by=by, **(given | changes))


# -- the rules -------------------------------------------------------------------------------------------------------

INSTANTS = {
    code: BEFORE + timedelta(days=100 * number) for number, code in enumerate((DATE_1, DATE_2, DATE_3), start=1)
}
DEADLINES = {code: Deadline(code, "Objet", at, f"le {code}") for code, at in INSTANTS.items()}
MOVED = rules.MovedEcheance(DATE_2, DEADLINES, BEFORE - timedelta(days=10))


@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        (INSTANTS[DATE_2] + SECOND, ()),
        (INSTANTS[DATE_2] - SECOND, ()),
        (INSTANTS[DATE_2], (rules.SAME,)),
        (INSTANTS[DATE_3], ("La nouvelle date dépasse la date-3 (le date-3).",)),
        (INSTANTS[DATE_3] - SECOND, ()),
        (INSTANTS[DATE_1], ("La nouvelle date précède la date-1 (le date-1).",)),
        (INSTANTS[DATE_1] + SECOND, ()),
        (BEFORE, (rules.PAST, "La nouvelle date précède la date-1 (le date-1).")),
    ],
)
def test_an_echeance_stays_among_the_others_and_ahead(to: datetime, wanted: tuple[str, ...]) -> None:
    assert rules.obstacles_to_move(MOVED, to, at=BEFORE) == wanted


def test_a_derogation_gives_more_time_and_only_where_the_echeances_bind() -> None:
    less = rules.obstacles_to_extend(MOVED, INSTANTS[DATE_2] - SECOND, at=BEFORE)
    unbound = {code: replace(deadline, binds=False) for code, deadline in DEADLINES.items()}

    assert less == ("La dérogation doit donner plus de temps\u00a0: la date en vigueur est le le date-2.",)
    assert rules.obstacles_to_extend(MOVED, INSTANTS[DATE_2] + SECOND, at=BEFORE) == ()
    assert len(rules.obstacles_to_extend(replace(MOVED, deadlines=unbound), INSTANTS[DATE_3], at=BEFORE)) == 1


@pytest.mark.parametrize(("late_by", "refusals"), [(-SECOND, 1), (timedelta(), 1), (timedelta(microseconds=1), 0)])
def test_nothing_is_foreclosed_at_noon_sharp(late_by: timedelta, refusals: int) -> None:
    at = INSTANTS[DATE_1] + late_by

    assert len(rules.obstacles_to_foreclose(DEADLINES[DATE_1], is_open=True, reason="Motif.", at=at)) == refusals


# -- moved for everybody ---------------------------------------------------------------------------------------------


def test_a_move_holds_once_another_person_approved_it(team: Team, olivier: Compte, odile: Compte) -> None:
    move = a_move(olivier)
    assert deadlines_of(team.candidature)[DATE_1].at == make.DATE_1
    approve_move(move_id=move.pk, by=odile, at=BEFORE)

    assert deadlines_of(team.candidature)[DATE_1].at == LATER
    assert deadline_of(team.volet).at == LATER
    assert deadlines_by_code(team.candidature.dispositif)[DATE_1].at == LATER
    assert deadlines_of_many([team.candidature])[team.candidature.pk][DATE_1].at == LATER
    recipients = set(Notice.objects.filter(kind="candidatures.echeance_moved").values_list("email", flat=True))
    assert recipients == {team.mandataire.email, team.representant.email, team.salarie.email}
    lines = journal.lines(JournalEntry.objects.filter(chain="portail").order_by("number"))
    assert lines[-1].sentence == "La Date 1 est déplacée au 15\u00a0octobre 2026 à 12\u00a0h (Arrêté du 18/09/2026)"


def test_a_move_is_not_approved_by_who_proposed_it(olivier: Compte, team: Team) -> None:
    move = a_move(olivier)

    with pytest.raises(MoveNotPossible, match="une autre personne"):
        approve_move(move_id=move.pk, by=olivier, at=BEFORE)
    with pytest.raises(MoveNotPossible, match="responsable"):
        approve_move(move_id=move.pk, by=team.instructeur, at=BEFORE)
    with pytest.raises(IntegrityError, match="deplacement_approved_by_another"), transaction.atomic():
        DeplacementDEcheance.objects.update(state="approved", decided_by=olivier, decided_at=BEFORE)
    assert Echeance.objects.get(code=DATE_1).at == make.DATE_1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"to": BEFORE - SECOND}, "déjà passé"),
        ({"to": datetime(2027, 10, 1, 10, tzinfo=UTC)}, "dépasse la Date 2"),
        ({"to": make.DATE_1}, "déjà la date en vigueur"),
        ({"arrete": " "}, "arrêté"),
        ({"motive": ""}, "motif"),
    ],
)
def test_a_move_that_is_wrong_is_refused_with_a_sentence(
    team: Team, olivier: Compte, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(MoveNotPossible, match=reason):
        a_move(olivier, **changes)
    assert not DeplacementDEcheance.objects.exists()


def test_a_move_approved_too_late_moves_nothing(team: Team, olivier: Compte, odile: Compte) -> None:
    move = a_move(olivier)

    with pytest.raises(MoveNotPossible, match="déjà passé"):
        approve_move(move_id=move.pk, by=odile, at=LATER)
    assert Echeance.objects.get(code=DATE_1).at == make.DATE_1


def test_one_move_of_an_echeance_waits_at_a_time_and_a_refused_one_moves_nothing(
    team: Team, olivier: Compte, odile: Compte
) -> None:
    first = a_move(olivier)
    with pytest.raises(MoveNotPossible, match="attend déjà"):
        a_move(odile)
    refuse_move(move_id=first.pk, by=olivier, at=BEFORE)
    with pytest.raises(MoveNotPossible, match="déjà fait l’objet d’une décision"):
        approve_move(move_id=first.pk, by=odile, at=BEFORE)

    assert a_move(odile).state == DeplacementState.PROPOSED
    assert Echeance.objects.get(code=DATE_1).at == make.DATE_1


def test_the_file_loaded_again_does_not_undo_a_move(team: Team, olivier: Compte, odile: Compte) -> None:
    approve_move(move_id=a_move(olivier).pk, by=odile, at=BEFORE)
    load_dispositif(spec=spec_of("ms-dui-va2"), at=BEFORE)

    assert {echeance.code: echeance.at for echeance in Echeance.objects.order_by("code")}[DATE_1] == LATER


@pytest.mark.django_db(transaction=True)
def test_two_people_who_approve_at_once_are_one() -> None:
    team = make_team()
    olivier, odile, oscar = (make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]) for _ in range(3))
    move = a_move(olivier)
    results = all_at_once(2, lambda number: approve_move(move_id=move.pk, by=(odile, oscar)[number], at=BEFORE))

    assert sorted(type(result).__name__ for result in results) == ["DeplacementDEcheance", "MoveNotPossible"]
    assert Notice.objects.filter(kind="candidatures.echeance_moved").count() == 3
    assert deadlines_of(team.candidature)[DATE_1].at == LATER


@pytest.mark.django_db(transaction=True)
def test_two_echeances_that_move_at_once_stay_in_order() -> None:
    """Date 1 beyond the place where Date 2 goes: each move is right alone, both together are not."""
    make_team()
    olivier, odile = (make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]) for _ in range(2))
    middle = datetime(2027, 3, 1, tzinfo=UTC)
    moves = [
        a_move(olivier, to=middle + timedelta(days=1)),
        a_move(olivier, code=DATE_2, to=middle),
    ]
    all_at_once(2, lambda number: approve_move(move_id=moves[number].pk, by=odile, at=BEFORE))
    instants = [echeance.at for echeance in Echeance.objects.filter(dispositif="ms-dui-va2").order_by("code")]

    assert instants == sorted(instants)
    assert DeplacementDEcheance.objects.filter(state=DeplacementState.APPROVED).count() == 1


# -- more time for one -----------------------------------------------------------------------------------------------


def test_a_derogation_is_for_one_candidature(team: Team, olivier: Compte) -> None:
    other = make_team()
    grant_derogation(derogation_id=a_derogation(team).pk, by=olivier, at=BEFORE)

    mine, theirs = (deadlines_of(side.candidature)[DATE_1] for side in (team, other))
    assert (mine.at, mine.extended) == (LATER, True)
    assert (theirs.at, theirs.extended) == (make.DATE_1, False)
    both = deadlines_of_many([team.candidature, other.candidature])
    assert both == {side.candidature.pk: deadlines_of(side.candidature) for side in (team, other)}
    notices = Notice.objects.filter(kind="candidatures.derogation_granted")
    assert set(notices.values_list("email", flat=True)) == {
        team.mandataire.email,
        team.representant.email,
        team.salarie.email,
    }


def test_a_derogation_is_not_granted_by_who_asked_for_it(team: Team, olivier: Compte) -> None:
    derogation = a_derogation(team, by=olivier)

    with pytest.raises(DerogationNotPossible, match="Une autre personne"):
        grant_derogation(derogation_id=derogation.pk, by=olivier, at=BEFORE)
    with pytest.raises(DerogationNotPossible, match="responsable"):
        grant_derogation(derogation_id=derogation.pk, by=team.instructeur, at=BEFORE)
    with pytest.raises(IntegrityError, match="derogation_decided_by_another"), transaction.atomic():
        Derogation.objects.update(state="granted", decided_by=olivier, decided_at=BEFORE)
    assert not deadlines_of(team.candidature)[DATE_1].extended


def test_a_derogation_is_refused_with_its_reason_to_who_asked(team: Team, olivier: Compte) -> None:
    derogation = a_derogation(team)
    with pytest.raises(DerogationNotPossible, match="motif"):
        refuse_derogation(derogation_id=derogation.pk, reason=" ", by=olivier, at=BEFORE)
    refuse_derogation(derogation_id=derogation.pk, reason="Non justifiée.", by=olivier, at=BEFORE)

    assert Derogation.objects.get().state == DerogationState.REFUSED
    assert Notice.objects.get(kind="candidatures.derogation_refused").email == team.instructeur.email
    assert not deadlines_of(team.candidature)[DATE_1].extended


def test_a_move_beyond_a_derogation_holds(team: Team, olivier: Compte, odile: Compte) -> None:
    grant_derogation(derogation_id=a_derogation(team).pk, by=olivier, at=BEFORE)
    beyond = LATER + timedelta(days=30)
    approve_move(move_id=a_move(olivier, to=beyond).pk, by=odile, at=BEFORE)

    assert deadlines_of(team.candidature)[DATE_1].at == beyond
    assert not deadlines_of(team.candidature)[DATE_1].extended


@pytest.mark.parametrize(("late_by", "passes"), [(timedelta(), True), (timedelta(microseconds=1), False)])
def test_a_derogation_is_in_time_until_its_own_noon(
    team: Team, olivier: Compte, late_by: timedelta, passes: bool
) -> None:
    grant_derogation(derogation_id=a_derogation(team).pk, by=olivier, at=BEFORE)
    volet = make.a_filled_volet(team.candidature, team.mandataire)

    def submit() -> None:
        submit_volet(volet_id=volet.pk, by=team.mandataire, at=LATER + late_by)

    if passes:
        submit()
    else:
        with pytest.raises(VoletNotSubmittable, match="15\u00a0octobre 2026"):
            submit()
    assert make.the_volet(team.candidature).state == ("submitted" if passes else "draft")


# -- foreclosed ------------------------------------------------------------------------------------------------------


def test_a_foreclosed_candidature_takes_nothing_any_more(team: Team, olivier: Compte) -> None:
    volet = make.a_filled_volet(team.candidature, team.mandataire)
    foreclose(team, olivier)

    assert again(team.candidature).state == CandidatureState.FORECLOSED
    with pytest.raises(VoletNotOpen):
        save_answers(volet_id=volet.pk, answers={"solution_nom": "X"}, seen_version=1, by=team.mandataire, at=AFTER)
    with pytest.raises(VoletNotSubmittable, match="n’est plus ouverte"):
        submit_volet(volet_id=volet.pk, by=team.mandataire, at=AFTER)
    with pytest.raises(CandidatureNotPossible, match="déjà rattaché"):
        open_candidature(produit_id=team.produit.pk, dispositif_code="ms-dui-va2", by=team.mandataire, at=AFTER)
    assert Notice.objects.filter(kind="candidatures.foreclosed").count() == 3
    assert "forclusion" in who_moved(make.the_volet(again(team.candidature)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"at": make.DATE_1}, "n’est pas passée"),
        ({"echeance": DATE_2}, "n’est pas passée"),
        ({"reason": "  "}, "motif"),
    ],
)
def test_a_foreclosure_that_is_wrong_is_refused(
    team: Team, olivier: Compte, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ForeclosureNotPossible, match=reason):
        foreclose(team, olivier, **changes)
    assert again(team.candidature).state == CandidatureState.OPEN


def test_only_a_responsable_forecloses(team: Team) -> None:
    with pytest.raises(ForeclosureNotPossible, match="responsable"):
        foreclose(team, team.instructeur)


def test_a_derogation_undoes_a_foreclosure(team: Team, olivier: Compte) -> None:
    volet = make.a_filled_volet(team.candidature, team.mandataire)
    foreclose(team, olivier)
    derogation = a_derogation(team, at=AFTER)
    grant_derogation(derogation_id=derogation.pk, by=olivier, at=AFTER)
    submit_volet(volet_id=volet.pk, by=team.mandataire, at=LATER)

    candidature = again(team.candidature)
    assert (candidature.state, candidature.foreclosed_at, candidature.foreclosure_reason) == (
        CandidatureState.OPEN,
        None,
        "",
    )
    assert make.the_volet(candidature).state == "submitted"
    sentences = [
        entry.sentence
        for entry in journal.lines(JournalEntry.objects.filter(chain=candidature.chain).order_by("number"))
    ]
    assert "La candidature est close pour dépôt hors délai (forclusion) – Date 1\u00a0: Volet non soumis." in sentences
    assert "La candidature est rouverte par une dérogation (Date 1)" in sentences
    assert list(journal.verify()) == []


def test_a_derogation_to_another_echeance_does_not_open_it_again(team: Team, olivier: Compte) -> None:
    foreclose(team, olivier)

    with pytest.raises(DerogationNotPossible, match="n’est plus ouverte"):
        a_derogation(team, echeance=DATE_2, to=datetime(2027, 11, 1, tzinfo=UTC), at=AFTER)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "foreclosed"},
        {"foreclosed_at": AFTER},
        {"foreclosure_reason": "Motif."},
        {"state": "foreclosed", "foreclosed_at": AFTER, "foreclosure_echeance": "date-1"},
    ],
)
def test_a_foreclosure_bears_its_stamps_in_the_database(team: Team, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="candidature_state_bears_its_stamps"), transaction.atomic():
        Candidature.objects.filter(pk=team.candidature.pk).update(**change)
