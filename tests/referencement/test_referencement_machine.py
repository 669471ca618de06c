"""Every cell of the machine of a référencement, by operation and by raw SQL; and what founds each of its moves."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from candidatures.operations.candidatures import CandidatureNotPossible, withdraw_candidature
from comptes import journal, notices
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from referencement.enums import (
    Decision,
    DocumentKind,
    EvenementKind,
    MesureKind,
    MesureState,
    ReexamenGround,
    ReferencementState,
)
from referencement.models import Document, EvenementDeReferencement, Examen, Mesure, Referencement
from referencement.models.referencement import MOVES
from referencement.operations import retraits as retraits_operations
from referencement.operations.mesures import abandon_mesure, answer_mesure, decide_mesure, propose_mesure
from referencement.operations.reexamens import ReexamenNotPossible, grant_reexamen, refuse_reexamen, request_reexamen
from referencement.operations.referencements import ReferencementNotPossible, renounce_referencement
from referencement.operations.versions import present_new_version
from referencement.queries.fins import fins_of
from referencement.queries.referencements import evenements_of, state_of
from referencement.queries.seances import listable
from referencement.rules.referencement import SOURCES
from tests.factories import candidatures as make
from tests.factories.conventions import Parties, some_parties, some_referenced_parties
from tests.factories.referencement import (
    COLLEGE,
    a_listed_examen,
    an_attributed_solution,
    an_examen,
)
from tests.ground import standing

State = ReferencementState
AT = COLLEGE + timedelta(days=30)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
REASONS = "L’exigence INS 12 n’est plus satisfaite."


parties = standing(some_referenced_parties)


def the_referencement(parties: Parties) -> Referencement:
    return Referencement.objects.get(candidature=parties.candidature.pk)


def day(at: datetime) -> date:
    return at.date()


def propose(parties: Parties, kind: MesureKind, *, by: Compte | None = None, at: datetime = AT) -> Mesure:
    return propose_mesure(
        candidature_id=parties.candidature.pk, kind=kind, reasons=REASONS, by=by or parties.team.instructeur, at=at
    )


def answer(parties: Parties, mesure: Mesure, at: datetime = AT) -> Mesure:
    return answer_mesure(mesure_id=mesure.pk, answer="Corrigé en 4.2.2.", by=parties.team.salarie, at=at)


def decide(
    parties: Parties, mesure: Mesure, *, by: Compte | None = None, at: datetime = AT, effect: date | None = None
) -> Mesure:
    return decide_mesure(
        mesure_id=mesure.pk, reasons="Rien n’est venu.", effect=effect or day(at), by=by or parties.responsable, at=at
    )


def apply(parties: Parties, kind: MesureKind, at: datetime = AT) -> Mesure:
    """The whole procedure: proposed, answered when it is announced, decided."""
    mesure = propose(parties, kind, at=at)
    if kind != MesureKind.LEVEE:
        answer(parties, mesure, at=at + MINUTE)
    return decide(parties, mesure, at=at + 2 * MINUTE)


def renounce(
    parties: Parties, *, by: Compte | None = None, at: datetime = AT, effect: date | None = None
) -> Referencement:
    return renounce_referencement(
        candidature_id=parties.candidature.pk, reason="", effect=effect or day(at), by=by or parties.signatory, at=at
    )


def replace(parties: Parties, at: datetime = AT) -> None:
    """The next version technique is attributed."""
    successor = present_new_version(candidature_id=parties.candidature.pk, by=parties.signatory, at=at)
    an_attributed_solution(successor, parties.signatory, at=at)


BROUGHT: dict[State, Callable[[Parties], Any]] = {
    State.IN_FORCE: lambda parties: None,
    State.SUSPENDED: lambda parties: apply(parties, MesureKind.SUSPENSION),
    State.WITHDRAWN: lambda parties: apply(parties, MesureKind.RETRAIT),
    State.RENOUNCED: renounce,
    State.REPLACED: replace,
}
LATER = AT + DAY
ACTS: dict[EvenementKind, Callable[[Parties], Any]] = {
    EvenementKind.SUSPENDED: lambda parties: apply(parties, MesureKind.SUSPENSION, LATER),
    EvenementKind.RESTORED: lambda parties: apply(parties, MesureKind.LEVEE, LATER),
    EvenementKind.WITHDRAWN: lambda parties: apply(parties, MesureKind.RETRAIT, LATER),
    EvenementKind.RENOUNCED: lambda parties: renounce(parties, at=LATER),
}


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.parametrize("state", State)
def test_every_cell_by_operation(parties: Parties, state: State, kind: EvenementKind) -> None:
    BROUGHT[state](parties)
    before = the_referencement(parties)
    assert before.state == state
    sources, target = MOVES[kind]

    if state in sources:
        ACTS[kind](parties)
        assert the_referencement(parties).state == target
    else:
        with pytest.raises(ReferencementNotPossible):
            ACTS[kind](parties)
        assert (the_referencement(parties).state, the_referencement(parties).version) == (state, before.version)
    assert list(journal.verify()) == []


@pytest.mark.parametrize("state", State)
def test_next_version_replaces_what_lives_and_nothing_else(parties: Parties, state: State) -> None:
    if state == State.REPLACED:
        return  # a version has one successor at most: test_versions
    BROUGHT[state](parties)
    replace(parties, LATER)

    replaced = state in MOVES[EvenementKind.REPLACED][0]
    assert the_referencement(parties).state == (State.REPLACED if replaced else state)


def test_replacement_names_its_successor_and_gives_up_what_waited(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.RETRAIT)
    replace(parties, LATER)
    last = the_referencement(parties).evenements.get()

    assert last.successor is not None
    assert last.successor.candidature.succeeds_id == parties.candidature.pk
    mesure.refresh_from_db()
    assert (mesure.state, mesure.decision) == (MesureState.ABANDONED, "Une autre version est désormais référencée.")


@pytest.mark.parametrize("kind", EvenementKind)
@pytest.mark.parametrize("state", State)
def test_every_cell_of_the_model(state: State, kind: EvenementKind) -> None:
    methods = dict(zip(EvenementKind, ["suspend", "restore", "withdraw", "renounce", "replace"], strict=True))
    referencement = Referencement(state=state)

    if state in MOVES[kind][0]:
        getattr(referencement, methods[kind])()
        assert referencement.state == MOVES[kind][1]
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(referencement, methods[kind])()


@pytest.mark.parametrize("state", State)
def test_no_cell_by_raw_sql_without_its_event(parties: Parties, state: State) -> None:
    BROUGHT[state](parties)
    referencement = the_referencement(parties)
    for target in State:
        with (
            pytest.raises(DatabaseError, match="moves by an event"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE referencement_referencement SET state = %s, version = version + 1 WHERE id = %s",
                [target, referencement.pk],
            )
    assert the_referencement(parties).state == state


@pytest.mark.parametrize("state", State)
def test_no_event_by_raw_row_but_a_legal_one(parties: Parties, state: State) -> None:
    """Legal as a move, it still lacks the mesure or the version that founds it; a renonciation alone needs neither."""
    BROUGHT[state](parties)
    referencement = the_referencement(parties)
    row = {"from_state": state, "reasons": "x", "at": AT, "effect_at": AT, "by": parties.signatory}
    written = []
    for kind in EvenementKind:
        for target in State:
            try:
                with transaction.atomic():
                    EvenementDeReferencement.objects.create(
                        referencement=referencement, number=referencement.version + 1, kind=kind, to_state=target, **row
                    )
            except IntegrityError:
                continue
            written.append((kind, target))

    legal = state in MOVES[EvenementKind.RENOUNCED][0]
    assert written == ([(EvenementKind.RENOUNCED, State.RENOUNCED)] if legal else [])


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM referencement_referencement",
        "UPDATE referencement_referencement SET opened_at = opened_at - interval '1 day'",
        "UPDATE referencement_evenementdereferencement SET reasons = 'x'",
        "DELETE FROM referencement_evenementdereferencement",
        "DELETE FROM referencement_mesure",
        "UPDATE referencement_mesure SET reasons = 'x'",
        "UPDATE referencement_mesure SET state = 'proposed'",
    ],
)
def test_what_was_decided_is_never_rewritten(parties: Parties, statement: str) -> None:
    apply(parties, MesureKind.SUSPENSION)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_referencement_without_an_attribution(parties: Parties) -> None:
    other = make.a_candidature(make.a_produit(parties.team.editeur, parties.signatory, "Alizé"), parties.signatory)
    refused = an_examen(other, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=["Une preuve."])
    with pytest.raises(DatabaseError, match="opened by an attribution"), transaction.atomic():
        Referencement.objects.create(candidature=other, examen=refused, opened_at=AT)


@pytest.mark.parametrize("state", State)
def test_every_mesure_on_every_state_by_raw_row(parties: Parties, state: State) -> None:
    BROUGHT[state](parties)
    own, written = the_referencement(parties), []
    row = {"reasons": "x", "proposed_at": AT, "proposed_by": parties.responsable}
    for kind in MesureKind:
        until = None if kind == MesureKind.LEVEE else AT + DAY
        with transaction.atomic():
            try:
                with transaction.atomic():
                    Mesure.objects.create(referencement=own, kind=kind, answer_until_at=until, **row)
            except DatabaseError:
                continue
            written.append(kind)
            transaction.set_rollback(True)

    assert written == [kind for kind in MesureKind if state in SOURCES[kind]]


@pytest.mark.parametrize(
    "changes",
    [
        "decided_by_id = proposed_by_id, decided_at = answered_at, decision = 'x'",
        "decided_by_id = {responsable}, decided_at = answered_at - interval '1 second', decision = 'x'",
        "decided_by_id = {responsable}, decided_at = answered_at, decision = ''",
    ],
)
def test_mesure_decided_wrongly_is_refused_by_the_database(parties: Parties, changes: str) -> None:
    answer(parties, propose(parties, MesureKind.SUSPENSION), at=AT + MINUTE)
    assignments = changes.format(responsable=parties.responsable.pk)
    with (
        pytest.raises(IntegrityError, match="mesure_decided_by_another"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE referencement_mesure SET state = 'decided', {assignments}")


# -- what the operations say -------------------------------------------------------------------------------------------


def reasons_of(act: Callable[[], Any]) -> str:
    with pytest.raises(ReferencementNotPossible) as refused:
        act()
    return " ".join(refused.value.reasons)


def test_suspension_takes_two_people_and_an_answer(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.SUSPENSION, by=parties.responsable)
    another = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])

    assert "attendez la fin de son délai" in reasons_of(lambda: decide(parties, mesure, by=another))
    answer(parties, mesure, at=AT + MINUTE)
    assert "une autre personne" in reasons_of(lambda: decide(parties, mesure, at=AT + 2 * MINUTE))
    assert "Seul un responsable" in reasons_of(
        lambda: decide(parties, mesure, by=parties.team.instructeur, at=AT + 2 * MINUTE)
    )
    decide(parties, mesure, by=another, at=AT + 2 * MINUTE)
    assert the_referencement(parties).state == State.SUSPENDED


def test_without_an_answer_the_delay_alone_lets_it_be_decided(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.RETRAIT)
    until = mesure.answer_until_at
    assert until is not None
    for at in (until - timedelta(seconds=1), until):
        assert "attendez la fin de son délai" in reasons_of(lambda at=at: decide(parties, mesure, at=at))
    decide(parties, mesure, at=until + timedelta(seconds=1))

    assert the_referencement(parties).state == State.WITHDRAWN


def test_effect_to_come_is_decided_now_and_read_then(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.SUSPENSION)
    answer(parties, mesure)
    decide(parties, mesure, effect=day(AT + 10 * DAY))
    referencement = the_referencement(parties)
    evenements = evenements_of(referencement)

    assert referencement.state == State.SUSPENDED
    assert state_of(evenements, at=AT + 9 * DAY) == State.IN_FORCE
    assert state_of(evenements, at=AT + 10 * DAY) == State.SUSPENDED
    assert "déjà suspendu" in reasons_of(lambda: propose(parties, MesureKind.SUSPENSION))


def test_past_effect_is_refused_and_nothing_is_lost(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.SUSPENSION)
    answer(parties, mesure)

    assert "date d’effet est passée" in reasons_of(lambda: decide(parties, mesure, effect=day(AT - DAY)))
    mesure.refresh_from_db()
    assert (mesure.state, mesure.answer) == (MesureState.PROPOSED, "Corrigé en 4.2.2.")


def test_two_mesures_at_once_are_refused(parties: Parties) -> None:
    propose(parties, MesureKind.SUSPENSION)

    assert "attend déjà une décision" in reasons_of(lambda: propose(parties, MesureKind.RETRAIT))


@pytest.mark.parametrize("who", ["representant", "salarie", "newcomer", "stranger", "instructeur"])
def test_renonciation_is_for_who_can_engage(parties: Parties, who: str) -> None:
    by = getattr(parties.team, who)

    assert "engager l’éditeur" in reasons_of(lambda: renounce(parties, by=by))
    assert the_referencement(parties).state == State.IN_FORCE


def test_renonciation_by_a_delegate_tells_the_team_and_the_ans(parties: Parties) -> None:
    renounce(parties, by=parties.delegate)

    told = set(Notice.objects.filter(kind="referencement.moved").values_list("compte", flat=True))
    assert {parties.signatory.pk, parties.team.salarie.pk, parties.responsable.pk} <= told
    assert not Document.objects.filter(kind=DocumentKind.DECISION).exists()


def test_renonciation_gives_up_the_mesure_that_waited(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.RETRAIT)
    renounce(parties, at=LATER)
    mesure.refresh_from_db()

    assert mesure.state == MesureState.ABANDONED
    assert "déjà abandonnée" in reasons_of(lambda: answer(parties, mesure, at=LATER))


@pytest.mark.parametrize("kind", [MesureKind.SUSPENSION, MesureKind.RETRAIT])
def test_renonciation_to_come_is_no_shelter_from_what_is_announced(parties: Parties, kind: MesureKind) -> None:
    mesure = propose(parties, kind)

    assert "prend alors effet aujourd’hui" in reasons_of(lambda: renounce(parties, at=LATER, effect=day(LATER + DAY)))
    mesure.refresh_from_db()
    assert (mesure.state, the_referencement(parties).state) == (MesureState.PROPOSED, State.IN_FORCE)


def test_renonciation_to_come_is_no_later_than_a_mesure_could_be(parties: Parties) -> None:
    assert "dans les 30\u00a0jours" in reasons_of(lambda: renounce(parties, effect=day(AT + 31 * DAY)))
    renounce(parties, effect=day(AT + 30 * DAY))

    assert the_referencement(parties).state == State.RENOUNCED


def test_lifting_that_waits_leaves_the_day_to_the_editeur(parties: Parties) -> None:
    apply(parties, MesureKind.SUSPENSION)
    mesure = propose(parties, MesureKind.LEVEE, at=LATER)
    renounce(parties, at=LATER, effect=day(LATER + DAY))
    mesure.refresh_from_db()

    assert mesure.state == MesureState.ABANDONED


def test_raw_renonciation_to_come_beside_a_mesure_is_refused(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.RETRAIT)
    arguments = {
        "number": 1,
        "kind": EvenementKind.RENOUNCED,
        "from_state": State.IN_FORCE,
        "to_state": State.RENOUNCED,
    }
    for settled in (False, True):
        if settled:
            mesure.abandon(reason="Une renonciation.", by=parties.signatory, at=LATER)
            mesure.save()
        with pytest.raises(DatabaseError, match="takes effect at once"), transaction.atomic():
            EvenementDeReferencement.objects.create(
                referencement=the_referencement(parties),
                at=LATER,
                effect_at=LATER + DAY,
                by=parties.signatory,
                **arguments,
            )


def told_of(mesure: Mesure) -> list[str]:
    """What each of the team reads once it is given up."""
    rows = Notice.objects.filter(kind="referencement.mesure_abandoned", address=mesure.address)
    assert all(notices.kind(row.kind).still_true(row) for row in rows)
    return [notices.kind(row.kind).render(row).body for row in rows]


@pytest.mark.parametrize("end", [renounce, replace], ids=["renounced", "replaced"])
def test_announced_mesure_that_falls_is_told(parties: Parties, end: Callable[..., Any]) -> None:
    mesure = propose(parties, MesureKind.RETRAIT)
    end(parties, at=LATER)
    mesure.refresh_from_db()
    bodies = told_of(mesure)

    assert len(bodies) == Notice.objects.filter(kind="referencement.mesure_announced").count() > 0
    assert all(mesure.decision in body and "Rien ne change" not in body for body in bodies)


def test_lifting_that_falls_was_never_announced(parties: Parties) -> None:
    apply(parties, MesureKind.SUSPENSION)
    mesure = propose(parties, MesureKind.LEVEE, at=LATER)
    renounce(parties, at=LATER)

    assert told_of(mesure) == []


def test_abandoned_mesure_changes_nothing(parties: Parties) -> None:
    mesure = propose(parties, MesureKind.SUSPENSION)
    arguments = {"mesure_id": mesure.pk, "by": parties.responsable, "at": LATER}
    assert "Indiquez pourquoi" in reasons_of(lambda: abandon_mesure(reason=" ", **arguments))
    abandon_mesure(reason="L’éditeur a corrigé.", **arguments)

    assert the_referencement(parties).state == State.IN_FORCE
    assert propose(parties, MesureKind.RETRAIT, at=LATER).state == MesureState.PROPOSED


@pytest.mark.parametrize(
    ("kind", "titre"),
    [
        (MesureKind.SUSPENSION, "Suspension du référencement"),
        (MesureKind.RETRAIT, "Retrait du référencement"),
    ],
)
def test_adverse_decision_is_a_numbered_document_with_its_recours(
    parties: Parties, kind: MesureKind, titre: str
) -> None:
    apply(parties, kind)
    issued = Document.objects.get(kind=DocumentKind.DECISION)

    assert issued.numero == f"DEC-{parties.candidature.nru}-1"
    assert (issued.data["titre"], issued.data["motifs"]) == (titre, [REASONS, "Rien n’est venu."])
    assert "deux mois" in issued.data["recours"][0]


def test_lifting_issues_no_decision_and_the_second_suspension_is_the_second(parties: Parties) -> None:
    apply(parties, MesureKind.SUSPENSION)
    apply(parties, MesureKind.LEVEE, LATER)
    assert Document.objects.filter(kind=DocumentKind.DECISION).count() == 1
    apply(parties, MesureKind.SUSPENSION, LATER + DAY)

    numeros = Document.objects.filter(kind=DocumentKind.DECISION).order_by("pk").values_list("numero", flat=True)
    assert [numero.rpartition("-")[2] for numero in numeros] == ["1", "2"]


# -- a candidature before and after the collège -----------------------------------------------------------------------


def withdraw(parties: Parties, at: datetime = AT) -> None:
    retraits_operations.withdraw_candidature(candidature_id=parties.candidature.pk, by=parties.signatory, at=at)


def why_kept(parties: Parties) -> str:
    with pytest.raises(CandidatureNotPossible) as refused:
        withdraw(parties)
    return " ".join(refused.value.reasons)


def test_referenced_candidature_is_not_withdrawn_but_renounced(parties: Parties) -> None:
    assert "renoncez-y" in why_kept(parties)
    with pytest.raises(DatabaseError, match="not closed"), transaction.atomic():
        withdraw_candidature(candidature_id=parties.candidature.pk, by=parties.signatory, at=AT)


def test_refused_candidature_is_not_withdrawn(db: None) -> None:
    parties = some_parties()
    an_examen(parties.candidature, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=["Une preuve."])

    assert "peut être retirée seulement avant cette décision" in why_kept(parties)


def test_withdrawal_leaves_the_agenda_and_tells_the_secretaire(db: None) -> None:
    parties = some_parties()
    examen = a_listed_examen(parties.candidature, is_open=False)
    withdraw(parties)

    assert not Examen.objects.filter(pk=examen.pk).exists()
    told = Notice.objects.filter(kind="referencement.withdrawn_from_agenda").values_list("compte", flat=True)
    assert list(told) == [examen.seance.secretaire_id]
    acts = JournalEntry.objects.filter(chain=parties.candidature.chain).order_by("number").values_list("act", flat=True)
    assert list(acts)[-2:] == ["examen.unlisted", "candidature.withdrawn"]


def test_open_seance_keeps_its_candidatures(db: None) -> None:
    parties = some_parties()
    a_listed_examen(parties.candidature)

    assert "en ce moment" in why_kept(parties)
    with pytest.raises(DatabaseError, match="not closed"), transaction.atomic():
        withdraw_candidature(candidature_id=parties.candidature.pk, by=parties.signatory, at=AT)


# -- a new examen of what was refused ---------------------------------------------------------------------------------


@pytest.fixture
def refused(db: None) -> Parties:
    parties = some_parties()
    an_examen(parties.candidature, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=["Une preuve."])
    return parties


def ask(parties: Parties, *, by: Compte | None = None, reason: str = "Le recours est fondé.") -> Any:
    return request_reexamen(
        candidature_id=parties.candidature.pk,
        ground=ReexamenGround.RECOURS,
        reason=reason,
        by=by or parties.team.instructeur,
        at=AT,
    )


def why_not_examined_again(act: Callable[[], Any]) -> str:
    with pytest.raises(ReexamenNotPossible) as kept:
        act()
    return " ".join(kept.value.reasons)


def test_refused_candidature_goes_on_once_two_people_say_so(refused: Parties) -> None:
    reexamen, own = ask(refused), refused.candidature.pk
    assert fins_of([own])[own].kind == "not_attributed"
    grant_reexamen(reexamen_id=reexamen.pk, by=refused.responsable, at=AT + MINUTE)

    assert fins_of([own]) == {}
    assert list(listable().values_list("pk", flat=True)) == [own]
    told = Notice.objects.filter(kind="referencement.reexamen_granted").values_list("compte", flat=True)
    assert refused.signatory.pk in told
    an_attributed_solution(refused.candidature, refused.signatory, at=AT + DAY)
    assert fins_of([own])[own].kind == "referenced"


def test_refused_candidature_is_not_on_an_agenda_before(refused: Parties) -> None:
    ask(refused)
    assert list(listable()) == []
    with pytest.raises(DatabaseError, match="only once that is granted"), transaction.atomic():
        a_listed_examen(refused.candidature, AT)


def test_reexamen_is_refused_in_words(refused: Parties) -> None:
    assert "Indiquez le motif" in why_not_examined_again(lambda: ask(refused, reason=" "))
    assert "Seuls les instructeurs" in why_not_examined_again(lambda: ask(refused, by=refused.signatory))
    mine = ask(refused, by=refused.responsable)
    assert "attend déjà" in why_not_examined_again(lambda: ask(refused))
    arguments = {"reexamen_id": mine.pk, "at": AT + MINUTE}
    assert "une autre personne" in why_not_examined_again(lambda: grant_reexamen(by=refused.responsable, **arguments))
    another = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    assert "motif" in why_not_examined_again(lambda: refuse_reexamen(by=another, reason="", **arguments))
    refuse_reexamen(by=another, reason="Rien de nouveau.", **arguments)
    assert "déjà été tranché" in why_not_examined_again(lambda: grant_reexamen(by=another, **arguments))
    assert ask(refused).state == "requested"


def test_what_is_not_refused_is_not_examined_again(parties: Parties) -> None:
    assert "a refusé" in why_not_examined_again(lambda: ask(parties))
