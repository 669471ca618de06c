"""The éditeur asks for more time; one person of the ANS instructs, another decides; all of it held by the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from candidatures.enums import CandidatureState, DerogationState
from candidatures.models import Candidature, Derogation
from candidatures.operations.derogations import (
    DerogationNotPossible,
    ForeclosureNotPossible,
    foreclose_candidature,
    grant_derogation,
    refuse_derogation,
)
from candidatures.operations.requetes import ask_derogation, instruct_derogation, propose_refusal, withdraw_derogation
from candidatures.queries.candidatures import deadlines_of
from candidatures.rules.deadlines import Deadline
from candidatures.rules.proches import Sent, to_consider
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.dates import DATE_1, DATE_2
from tests.factories import candidatures as make

State = DerogationState
MISSED = make.DATE_1 + timedelta(days=2)
NEXT = MISSED + timedelta(hours=1)
WISHED = make.DATE_1 + timedelta(days=20)
PROPOSED = make.DATE_1 + timedelta(days=14)


@pytest.fixture
def olivier(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Olivier")


@pytest.fixture
def odile(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Odile")


def ask(team: Team, **changes: Any) -> Derogation:
    given = {"echeance": DATE_1, "motive": "Hospitalisation.", "wished": None, "by": team.salarie, "at": MISSED}
    return ask_derogation(candidature_id=team.candidature.pk, **(given | changes))


def in_state(team: Team, state: State, by: Compte, other: Compte) -> Derogation:
    """What the éditeur asked, brought to that state by the real acts."""
    derogation = ask(team)
    pk = derogation.pk
    if state in (State.REQUESTED, State.GRANTED):
        instruct_derogation(derogation_id=pk, to=PROPOSED, by=by, at=NEXT)
    if state in (State.TO_REFUSE, State.REFUSED):
        propose_refusal(derogation_id=pk, reason="Rien de neuf.", by=by, at=NEXT)
    if state == State.GRANTED:
        grant_derogation(derogation_id=pk, by=other, at=NEXT)
    if state == State.REFUSED:
        refuse_derogation(derogation_id=pk, reason="", by=other, at=NEXT)
    if state == State.WITHDRAWN:
        withdraw_derogation(derogation_id=pk, by=team.mandataire, at=NEXT)
    return Derogation.objects.get(pk=pk)


def test_a_missed_date_is_asked_for_with_its_reason_and_pieces(team: Team) -> None:
    derogation = ask(
        team, wished=WISHED, uploads=[make.a_pdf("certificat.pdf"), make.a_pdf("devis.pdf", make.PDF + b"2")]
    )

    assert (derogation.state, derogation.origin, derogation.to_at) == (State.ASKED, "editeur", None)
    assert [line.piece.name for line in derogation.lines.order_by("rank")] == ["certificat.pdf", "devis.pdf"]
    assert JournalEntry.objects.filter(chain=team.candidature.chain, act="derogation.asked").count() == 1
    assert not deadlines_of(team.candidature)[DATE_1].extended


def test_asked_twice_is_refused_in_words(team: Team) -> None:
    ask(team)

    with pytest.raises(DerogationNotPossible) as refused:
        ask(team, at=NEXT)

    assert " ".join(refused.value.reasons) == (
        "Une dérogation à la Date 1 est déjà demandée, depuis le 3\u00a0octobre 2026 à 12\u00a0h\u00a0: attendez la "
        "décision de l’ANS, ou retirez votre demande."
    )
    assert Derogation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_ask_at_once_are_one() -> None:
    team = make_team()

    def ask_as(number: int) -> object:
        return ask(team, by=(team.salarie, team.mandataire)[number])

    results = all_at_once(2, ask_as)

    assert sorted(type(result).__name__ for result in results) == ["Derogation", "DerogationNotPossible"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"motive": "  "}, "Indiquez pourquoi vous demandez plus de temps."),
        ({"wished": MISSED}, "Cette date est déjà passée. Choisissez une date à venir."),
        (
            {"wished": MISSED - timedelta(seconds=1)},
            "Cette date est déjà passée. Choisissez une date à venir.",
        ),
        (
            {"wished": datetime(2027, 10, 1, 10, 0, tzinfo=UTC)},
            "La nouvelle date dépasse la Date 2 (1er\u00a0octobre 2027 à 12\u00a0h).",
        ),
        (
            {"uploads": [SimpleUploadedFile("a.exe", b"MZ\x90\x00" * 40)]},
            "a.exe\u00a0: Ce fichier n’est pas un PDF, une image, un document bureautique ou un ZIP.",
        ),
    ],
)
def test_bad_input_gets_a_sentence(team: Team, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(DerogationNotPossible) as refused:
        ask(team, **changes)

    assert reason.partition(":")[0] in " ".join(refused.value.reasons)
    assert not Derogation.objects.exists()


def test_only_the_team_asks_and_withdraws(team: Team, olivier: Compte) -> None:
    for stranger in (team.stranger, team.newcomer, olivier):
        with pytest.raises(DerogationNotPossible, match="l’équipe de l’éditeur"):
            ask(team, by=stranger)
    derogation = ask(team)
    for stranger in (team.stranger, team.newcomer, olivier):
        with pytest.raises(DerogationNotPossible, match="l’équipe de l’éditeur"):
            withdraw_derogation(derogation_id=derogation.pk, by=stranger, at=NEXT)


def test_who_instructs_does_not_decide(team: Team, olivier: Compte, odile: Compte) -> None:
    pk = ask(team).pk
    with pytest.raises(DerogationNotPossible, match="Aucune date n’est proposée"):
        grant_derogation(derogation_id=pk, by=olivier, at=NEXT)
    with pytest.raises(DerogationNotPossible, match="Proposez d’abord"):
        refuse_derogation(derogation_id=pk, reason="Non.", by=olivier, at=NEXT)
    instruct_derogation(derogation_id=pk, to=PROPOSED, by=olivier, at=NEXT)
    with pytest.raises(DerogationNotPossible, match="Une autre personne doit l’accorder"):
        grant_derogation(derogation_id=pk, by=olivier, at=NEXT)

    grant_derogation(derogation_id=pk, by=odile, at=NEXT)

    assert deadlines_of(team.candidature)[DATE_1].at == PROPOSED


def test_refusal_by_two_is_told_with_its_recours(team: Team, olivier: Compte, odile: Compte) -> None:
    from candidatures import mails

    pk = ask(team).pk
    propose_refusal(derogation_id=pk, reason="Rien de neuf.", by=olivier, at=NEXT)
    assert not Notice.objects.filter(kind="candidatures.derogation_denied").exists()
    assert not JournalEntry.objects.filter(chain=team.candidature.chain, act="derogation.refusal_proposed").exists()
    with pytest.raises(DerogationNotPossible, match="une autre personne doit le confirmer"):
        refuse_derogation(derogation_id=pk, reason="", by=olivier, at=NEXT)

    refuse_derogation(derogation_id=pk, reason="", by=odile, at=NEXT)

    notices = Notice.objects.filter(kind="candidatures.derogation_denied")
    assert set(notices.values_list("email", flat=True)) == {
        team.mandataire.email,
        team.representant.email,
        team.salarie.email,
    }
    body = mails.derogation_denied(notices[0]).body
    assert "Motif\u00a0: Rien de neuf." in body
    assert "Voies et délais de recours" in body
    assert "dans les deux mois" in body


def test_a_proposed_delay_may_be_turned_into_a_refusal_and_back(team: Team, olivier: Compte, odile: Compte) -> None:
    pk = ask(team).pk
    instruct_derogation(derogation_id=pk, to=PROPOSED, by=olivier, at=NEXT)
    propose_refusal(derogation_id=pk, reason="Non.", by=odile, at=NEXT)
    assert Derogation.objects.get(pk=pk).to_at is None
    instruct_derogation(derogation_id=pk, to=WISHED, by=odile, at=NEXT)

    grant_derogation(derogation_id=pk, by=olivier, at=NEXT)

    assert deadlines_of(team.candidature)[DATE_1].at == WISHED


def test_a_foreclosure_is_undone_by_what_the_editeur_asks(team: Team, olivier: Compte, odile: Compte) -> None:
    foreclose_candidature(
        candidature_id=team.candidature.pk, echeance=DATE_1, reason="Rien n’est soumis.", by=olivier, at=MISSED
    )
    with pytest.raises(DerogationNotPossible, match="n’est plus ouverte"):
        ask(team, echeance=DATE_2)
    pk = ask(team).pk
    instruct_derogation(derogation_id=pk, to=PROPOSED, by=olivier, at=NEXT)
    grant_derogation(derogation_id=pk, by=odile, at=NEXT)

    assert Candidature.objects.get(pk=team.candidature.pk).state == CandidatureState.OPEN


def test_nothing_is_foreclosed_while_a_derogation_waits(team: Team, olivier: Compte) -> None:
    ask(team)

    with pytest.raises(ForeclosureNotPossible, match="Décidez d’abord"):
        foreclose_candidature(
            candidature_id=team.candidature.pk, echeance=DATE_1, reason="Rien n’est soumis.", by=olivier, at=NEXT
        )


# Every cell of the machine: what each act makes of each state; "" where it is refused.
CELLS: dict[str, dict[State, State | str]] = {
    "instruct": {State.ASKED: State.REQUESTED, State.TO_REFUSE: State.REQUESTED},
    "propose_refusal": {State.ASKED: State.TO_REFUSE, State.REQUESTED: State.TO_REFUSE},
    "grant": {State.REQUESTED: State.GRANTED},
    "refuse": {State.TO_REFUSE: State.REFUSED},
    "withdraw": {
        State.ASKED: State.WITHDRAWN,
        State.REQUESTED: State.WITHDRAWN,
        State.TO_REFUSE: State.WITHDRAWN,
    },
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", list(CELLS))
def test_every_cell_by_operation(team: Team, olivier: Compte, odile: Compte, act: str, state: State) -> None:
    pk = in_state(team, state, olivier, odile).pk
    acts: dict[str, Any] = {
        "instruct": lambda: instruct_derogation(derogation_id=pk, to=WISHED, by=odile, at=NEXT),
        "propose_refusal": lambda: propose_refusal(derogation_id=pk, reason="Non.", by=odile, at=NEXT),
        "grant": lambda: grant_derogation(derogation_id=pk, by=odile, at=NEXT),
        "refuse": lambda: refuse_derogation(derogation_id=pk, reason="", by=odile, at=NEXT),
        "withdraw": lambda: withdraw_derogation(derogation_id=pk, by=team.mandataire, at=NEXT),
    }
    wanted = CELLS[act].get(state, "")

    if wanted:
        acts[act]()
    else:
        with pytest.raises(DerogationNotPossible):
            acts[act]()
    assert Derogation.objects.get(pk=pk).state == (wanted or state)


@pytest.mark.parametrize("target", list(State))
@pytest.mark.parametrize("state", list(State))
def test_every_cell_by_raw_sql(team: Team, olivier: Compte, odile: Compte, state: State, target: State) -> None:
    """A state written alone, without its stamps, is refused by the database."""
    derogation = in_state(team, state, olivier, odile)
    if target == state:
        return

    with pytest.raises(IntegrityError, match="derogation_decided_by_another"), transaction.atomic():
        Derogation.objects.filter(pk=derogation.pk).update(state=target)


def test_what_one_person_did_alone_is_refused_by_the_database(team: Team, olivier: Compte, odile: Compte) -> None:
    for state in (State.GRANTED, State.REFUSED):
        derogation = in_state(team, state, olivier, odile)
        with pytest.raises(IntegrityError, match="derogation_decided_by_another"), transaction.atomic():
            Derogation.objects.filter(pk=derogation.pk).update(decided_by=olivier)


# -- more time that the ANS considers by itself ------------------------------------------------------------

NOON = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
DEADLINES = {DATE_2: Deadline("Date 2", "", NOON, "")}
DAYS = timedelta(days=15)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("sent", "considered"),
    [
        (NOON - DAYS - SECOND, False),
        (NOON - DAYS, False),
        (NOON - DAYS + SECOND, True),
        (NOON - SECOND, True),
        (NOON, True),
        (NOON + SECOND, False),
    ],
)
def test_what_was_asked_too_near_an_echeance_is_considered(sent: datetime, *, considered: bool) -> None:
    cases = to_consider([Sent("un complément", sent)], DEADLINES, before=DAYS, at=sent)

    assert bool(cases) is considered


def test_each_thing_that_was_asked_too_near_is_considered_the_latest_last() -> None:
    deadlines = {**DEADLINES, "date-3": Deadline("Date 3", "Objet", NOON + 90 * timedelta(days=1), "plus tard")}
    sent = [Sent("plus tard", deadlines["date-3"].at - SECOND), Sent("un complément", NOON - SECOND)]

    assert [case.code for case in to_consider(sent, deadlines, before=DAYS, at=NOON)] == [DATE_2, "date-3"]


def test_it_gives_what_was_not_left_and_says_why() -> None:
    sent = NOON - timedelta(days=5)

    (case,) = to_consider([Sent("un complément", sent)], DEADLINES, before=DAYS, at=sent)

    assert (case.code, case.to_at) == (DATE_2, sent + DAYS)
    assert case.sentence == (
        "L’ANS a demandé un complément, 5 jours avant la Date 2\u00a0: c’est trop peu pour répondre."
    )
