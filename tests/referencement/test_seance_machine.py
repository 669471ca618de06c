"""A séance planned, moved, opened, closed or cancelled: every cell, by operation and by raw SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from referencement.enums import Act, AvisDuCollege, Decision, ExamenState, SeanceState
from referencement.models import AvisDeMembre, Examen, MembreDeSeance, SeanceDuCollege
from referencement.operations import avis, convocations, examens, ordre_du_jour, seances
from referencement.operations.avis import MemberAdvice
from referencement.operations.examens import SeanceConflict
from tests.factories import candidatures as make
from tests.factories.conventions import Parties, some_parties
from tests.ground import standing

from .test_seances import AT, REASON, Sitting, a_sitting, by_sql, make_ready, refused

PLANNED_AT = AT - timedelta(days=30)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
EVERY_STATE = list(SeanceState)
FAVOURABLE, UNFAVOURABLE = AvisDuCollege.FAVOURABLE, AvisDuCollege.UNFAVOURABLE


@dataclass
class Seance:
    """A séance of three members, of whom two are enough, planned for AT; nothing is on its agenda."""

    pk: int
    secretaire: Compte
    administrateur: Compte

    @property
    def row(self) -> SeanceDuCollege:
        return SeanceDuCollege.objects.get(pk=self.pk)

    @property
    def membres(self) -> list[MembreDeSeance]:
        return list(self.row.membres.select_related("compte").order_by("pk"))

    def open(self, *, there: int = 2, at: Any = AT) -> Any:
        present = [membre.pk for membre in self.membres[:there]]
        return seances.open_seance(seance_id=self.pk, present=present, by=self.secretaire, at=at)

    def move(self, to: Any = AT + DAY, reason: str = REASON, at: Any = PLANNED_AT, seen: int | None = None) -> Any:
        version = self.row.version if seen is None else seen
        arguments = {"seance_id": self.pk, "seen_version": version, "by": self.secretaire, "at": at}
        return convocations.move_seance(to=to, reason=reason, **arguments)

    def cancel(self, reason: str = REASON, at: Any = AT) -> Any:
        arguments = {"seance_id": self.pk, "seen_version": self.row.version, "by": self.secretaire, "at": at}
        return convocations.cancel_seance(reason=reason, **arguments)

    def close(self, at: Any = AT) -> Any:
        version = self.row.version
        return seances.close_seance(seance_id=self.pk, seen_version=version, by=self.secretaire, at=at)

    def entrust(self, to: Compte | None = None) -> Any:
        compte = (to or self.administrateur).pk
        return convocations.entrust_seance(seance_id=self.pk, compte_id=compte, by=self.secretaire, at=PLANNED_AT)

    def send(self, at: Any = PLANNED_AT) -> Any:
        return convocations.send_agenda(seance_id=self.pk, by=self.secretaire, at=at)

    def list(self, parties: Parties) -> Examen:
        arguments = {"candidature_id": parties.candidature.pk, "by": self.secretaire, "at": PLANNED_AT}
        return examens.list_candidature(seance_id=self.pk, despite=True, **arguments)


@pytest.fixture
def seance(db: None) -> Seance:
    return a_planned_seance()


def a_planned_seance() -> Seance:
    secretaire = make.a_person(roles_ans=[RoleANS.SECRETAIRE_COLLEGE])
    membres = [make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE]) for _ in range(3)]
    arguments = {"membres": membres, "secretaire": secretaire, "by": secretaire, "at": PLANNED_AT}
    planned = seances.plan_seance(held_at=AT, quorum=2, **arguments)
    return Seance(planned.pk, secretaire, make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))


def in_state(seance: Seance, state: SeanceState) -> Seance:
    ways: dict[SeanceState, list[Callable[[], Any]]] = {
        SeanceState.PLANNED: [],
        SeanceState.OPEN: [seance.open],
        SeanceState.CLOSED: [seance.open, seance.close],
        SeanceState.CANCELLED: [seance.cancel],
    }
    for act in ways[state]:
        act()
    return seance


parties = standing(partial(some_parties, profils=["AHI"]))


# -- every cell --------------------------------------------------------------------------------------------------------

PLANNED, OPEN = SeanceState.PLANNED, SeanceState.OPEN
CELLS: dict[str, tuple[tuple[SeanceState, ...], SeanceState | None]] = {
    "move": ((PLANNED,), PLANNED),
    "open": ((PLANNED, OPEN), OPEN),
    "close": ((OPEN,), SeanceState.CLOSED),
    "cancel": ((PLANNED, OPEN), SeanceState.CANCELLED),
    "entrust": ((PLANNED, OPEN), None),
}


@pytest.mark.parametrize("state", EVERY_STATE)
@pytest.mark.parametrize("act", CELLS)
def test_every_act_in_every_state(seance: Seance, act: str, state: SeanceState) -> None:
    in_state(seance, state)
    sources, target = CELLS[act]
    if state in sources:
        getattr(seance, act)()
        assert seance.row.state == (target or state)
    else:
        before = vars(seance.row)
        refused(getattr(seance, act))
        after = vars(seance.row)
        assert {key: after[key] for key in after if key != "_state"} == {k: before[k] for k in before if k != "_state"}


STAMPS = {
    PLANNED: "opened_at = NULL, closed_at = NULL, closed_by_id = NULL",
    OPEN: "opened_at = held_at, closed_at = NULL, closed_by_id = NULL",
    SeanceState.CLOSED: "opened_at = held_at, closed_at = held_at, closed_by_id = secretaire_id",
    SeanceState.CANCELLED: "closed_at = NULL, closed_by_id = NULL",
}
STANDS = "cancelled_at = NULL, cancelled_by_id = NULL, cancel_reason = ''"
CANCELLED = "cancelled_at = held_at, cancelled_by_id = secretaire_id, cancel_reason = 'x'"
MOVES = {(PLANNED, OPEN), (PLANNED, SeanceState.CANCELLED), (OPEN, SeanceState.CLOSED), (OPEN, SeanceState.CANCELLED)}
STAYS = {(PLANNED, PLANNED), (OPEN, OPEN)}


@pytest.mark.parametrize("target", EVERY_STATE)
@pytest.mark.parametrize("state", EVERY_STATE)
def test_every_move_by_raw_sql(seance: Seance, state: SeanceState, target: SeanceState) -> None:
    in_state(seance, state)
    seance.row.membres.update(is_present=True)
    ended = CANCELLED if target == SeanceState.CANCELLED else STANDS
    statement = f"UPDATE referencement_seanceducollege SET state = '{target}', {STAMPS[target]}, {ended}"
    if (state, target) in MOVES | STAYS:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        assert seance.row.state == target
    else:
        assert "never rewritten" in (error := by_sql(statement)) or "does not go from" in error


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ("held_at = held_at + interval '1 day'", "moved with a report"),
        ("state = 'open', opened_at = held_at", "opened with its quorum"),
        ("state = 'open', opened_at = held_at - interval '1 day'", "opened on its day"),
        ("state = 'open', opened_at = held_at + interval '1 day'", "opened on its day"),
        ("cancel_reason = 'x'", "seance_cancelled_says_why"),
        (
            "state = 'cancelled', cancelled_at = held_at, cancelled_by_id = secretaire_id",
            "seance_cancelled_says_why",
        ),
    ],
)
def test_what_raw_sql_cannot_make_of_a_planned_seance(seance: Seance, values: str, error: str) -> None:
    assert error in by_sql(f"UPDATE referencement_seanceducollege SET {values}")


@pytest.mark.parametrize(
    ("to", "reason", "expected"),
    [
        ("moved_at", REASON, "report_to_another_instant_to_come"),
        ("from_at", REASON, "report_to_another_instant_to_come"),
        ("from_at + interval '1 day'", "", "report_says_why"),
    ],
)
def test_report_by_raw_sql_is_to_another_instant_to_come(seance: Seance, to: str, reason: str, expected: str) -> None:
    columns = "seance_id, from_at, to_at, reason, moved_at, moved_by_id"
    row = f"SELECT id, from_at, {to}, '{reason.replace(chr(39), '’')}', moved_at, secretaire_id"
    source = "SELECT id, held_at AS from_at, held_at - interval '1 day' AS moved_at, secretaire_id"
    error = by_sql(
        f"INSERT INTO referencement_reportdeseance ({columns}) {row} FROM ({source} "
        "FROM referencement_seanceducollege) AS one"
    )

    assert expected in error


def test_seance_begins_planned_and_to_come(seance: Seance) -> None:
    kept = "quorum, secretaire_id, version, planned_at, planned_by_id, cancel_reason"
    for held_at, state in (("held_at", "open"), ("planned_at", "planned")):
        opened = "held_at" if state == "open" else "NULL"
        assert "begins planned" in by_sql(
            f"INSERT INTO referencement_seanceducollege (held_at, state, opened_at, {kept}) "
            f"SELECT {held_at}, '{state}', {opened}, {kept} FROM referencement_seanceducollege"
        )


def test_what_was_sent_and_why_it_moved_are_written_once(seance: Seance) -> None:
    seance.move()
    for table in ("reportdeseance", "convocation"):
        assert "written once" in by_sql(f"UPDATE referencement_{table} SET seance_id = seance_id")
        assert "written once" in by_sql(f"DELETE FROM referencement_{table}")


# -- planned, moved, opened: the boundaries ----------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "is_possible"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
def test_seance_is_planned_to_come(db: None, late: timedelta, is_possible: bool) -> None:
    by = make.a_person(roles_ans=[RoleANS.SECRETAIRE_COLLEGE])
    membres = [make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])]

    def plan() -> SeanceDuCollege:
        return seances.plan_seance(held_at=AT, quorum=1, membres=membres, secretaire=by, by=by, at=AT + late)

    if is_possible:
        assert plan().state == PLANNED
    else:
        assert "Cette date est passée" in refused(plan)
        assert SeanceDuCollege.objects.count() == 0


@pytest.mark.parametrize(
    ("to", "reason", "sentence"),
    [
        (AT, REASON, "déjà prévue à cette date"),
        (PLANNED_AT, REASON, "Cette date est passée"),
        (PLANNED_AT - DAY, REASON, "Cette date est passée"),
        (AT + DAY, "  ", "Indiquez pourquoi"),
        (AT + DAY, "x" * 301, "300 caractères"),
    ],
)
def test_seance_is_moved_to_another_date_to_come_with_a_reason(
    seance: Seance, to: Any, reason: str, sentence: str
) -> None:
    assert sentence in refused(lambda: seance.move(to, reason))
    assert (seance.row.held_at, seance.row.reports.count()) == (AT, 0)


def test_moved_seance_keeps_its_history_and_its_agenda(seance: Seance, parties: Parties) -> None:
    seance.list(parties)
    seance.move(AT + DAY)
    seance.move(AT - DAY)

    assert seance.row.held_at == AT - DAY
    assert [(report.from_at, report.to_at) for report in seance.row.reports.order_by("pk")] == [
        (AT, AT + DAY),
        (AT + DAY, AT - DAY),
    ]
    assert Examen.objects.get().state == ExamenState.LISTED


def test_seance_is_moved_from_the_page_that_was_seen(seance: Seance) -> None:
    with pytest.raises(SeanceConflict):
        seance.move(seen=7)
    assert seance.row.held_at == AT


PARIS_DAY = AT.replace(hour=0) - HOUR  # midnight of that day in Paris, in winter


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (PARIS_DAY - SECOND, "vous pourrez l’ouvrir ce jour-là"),
        (PARIS_DAY, ""),
        (AT - HOUR, ""),
        (PARIS_DAY + DAY - SECOND, ""),
        (PARIS_DAY + DAY, "déplacez-la à une date à venir"),
    ],
)
def test_seance_opens_on_its_day_in_paris(seance: Seance, at: Any, sentence: str) -> None:
    if sentence:
        assert sentence in refused(lambda: seance.open(at=at))
        assert seance.row.state == PLANNED
    else:
        seance.open(at=at)
        assert (seance.row.state, seance.row.opened_at) == (OPEN, at)


@pytest.mark.parametrize(("there", "sentence"), [(0, "personne n’est présent, 2 requis"), (1, "1 membre présent, 2")])
def test_seance_opens_with_its_quorum(seance: Seance, there: int, sentence: str) -> None:
    assert sentence in refused(lambda: seance.open(there=there))
    assert seance.row.state == PLANNED
    seance.open(there=2)
    assert seance.row.state == OPEN


def test_seance_that_never_meets_its_quorum_is_moved_or_cancelled(seance: Seance, parties: Parties) -> None:
    seance.list(parties)
    refused(lambda: seance.open(there=1))
    seance.move(AT + DAY, at=AT + HOUR)
    refused(lambda: seance.open(there=0, at=AT + DAY))
    seance.cancel(at=AT + DAY)

    assert Examen.objects.get().state == ExamenState.CANCELLED


def test_cancelled_while_open_publishes_nothing_and_frees_its_dossiers(db: None) -> None:
    sitting = a_sitting()
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    version = sitting.version
    arguments = {"seance_id": sitting.seance.pk, "seen_version": version, "by": sitting.secretaire, "at": AT}
    convocations.cancel_seance(reason="Alerte incendie.", **arguments)
    kept = Examen.objects.get()

    assert (kept.state, kept.published_at, kept.avis.count()) == (ExamenState.CANCELLED, None, 3)
    assert not Notice.objects.filter(kind="referencement.attributed").exists()
    other = a_planned_seance()
    assert other.list(sitting.parties).state == ExamenState.LISTED
    assert "never rewritten" in by_sql(f"UPDATE referencement_examen SET comment = 'x' WHERE id = {kept.pk}")


# -- who is told -------------------------------------------------------------------------------------------------------


def told(kind: str) -> set[int | None]:
    return set(Notice.objects.filter(kind=f"referencement.{kind}").values_list("compte", flat=True))


def test_members_are_called_then_sent_the_agenda_once_for_all_its_dossiers(seance: Seance, parties: Parties) -> None:
    assert told("seance_called") == {membre.compte_id for membre in seance.membres}
    assert "L’ordre du jour est vide" in refused(seance.send)
    other = some_parties(profils=["AHI"])
    seance.list(parties)
    seance.list(other)
    sent = seance.send()

    assert [examen["nru"] for examen in sent.agenda] == [parties.candidature.nru, other.candidature.nru]
    assert Notice.objects.filter(kind="referencement.seance_called", occurrence="2").count() == 3
    assert "déjà envoyé" in refused(seance.send)
    ordre_du_jour.rank_examen(examen_id=Examen.objects.latest("pk").pk, steps=-1, by=seance.secretaire, at=PLANNED_AT)
    assert [examen["nru"] for examen in seance.send().agenda] == [other.candidature.nru, parties.candidature.nru]


def test_move_tells_the_members_why_and_the_editeurs_when(seance: Seance, parties: Parties) -> None:
    seance.list(parties)
    seance.move(reason="Salle indisponible.")
    team, members = told("examen_moved"), told("seance_moved")

    assert members == {membre.compte_id for membre in seance.membres}
    assert parties.signatory.pk in team
    assert not team & members
    chain = JournalEntry.objects.filter(chain=parties.candidature.chain, act=Act.EXAMEN_MOVED)
    assert "motif" not in chain.get().params


def test_cancellation_tells_both(seance: Seance, parties: Parties) -> None:
    seance.list(parties)
    seance.cancel()

    assert told("seance_cancelled") == {membre.compte_id for membre in seance.membres}
    assert parties.signatory.pk in told("examen_cancelled")


def test_place_of_secretaire_is_given_by_name(seance: Seance) -> None:
    seance.entrust()

    assert seance.row.secretaire == seance.administrateur
    assert told("seance_entrusted") == {seance.administrateur.pk}
    entry = JournalEntry.objects.get(act=Act.SEANCE_SECRETAIRE)
    assert (entry.by, entry.params["compte"]) == (seance.secretaire, seance.administrateur.pk)
    assert "est déjà secrétaire de cette séance" in refused(seance.entrust)


@pytest.mark.parametrize("role", [RoleANS.INSTRUCTEUR, RoleANS.RESPONSABLE_INSTRUCTION, RoleANS.MEMBRE_COLLEGE])
def test_place_of_secretaire_goes_to_nobody_else(seance: Seance, role: RoleANS) -> None:
    person = make.a_person(roles_ans=[role])

    assert "un secrétaire du collège ou un administrateur" in refused(lambda: seance.entrust(person))
    assert seance.row.secretaire == seance.secretaire


# -- the order of the agenda, and who rapports -------------------------------------------------------------------------


def ranks() -> list[tuple[int, int]]:
    return list(Examen.objects.order_by("rank").values_list("candidature", "rank"))


def test_order_is_changed_one_place_at_a_time(seance: Seance) -> None:
    three = [some_parties(profils=["AHI"]) for _ in range(3)]
    first, second, third = (seance.list(dossier) for dossier in three)

    def move(examen: Examen, steps: int) -> Examen:
        return ordre_du_jour.rank_examen(examen_id=examen.pk, steps=steps, by=seance.secretaire, at=PLANNED_AT)

    move(third, -1)
    move(first, 1)
    a, b, c = (dossier.candidature.pk for dossier in three)
    assert ranks() == [(c, 1), (a, 2), (b, 3)]
    assert "déjà en premier" in refused(lambda: move(third, -1))
    assert "déjà en dernier" in refused(lambda: move(second, 1))
    examens.unlist_candidature(examen_id=third.pk, reason=REASON, by=seance.secretaire, at=PLANNED_AT)
    assert ranks() == [(a, 1), (b, 2)]


def test_rapporteur_is_a_member_or_who_instructs(seance: Seance, parties: Parties) -> None:
    examen = seance.list(parties)
    membre, instructeur = seance.membres[0].compte, make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])

    def name(compte: Compte | None) -> Examen:
        arguments = {"compte_id": compte.pk if compte else None, "by": seance.secretaire, "at": PLANNED_AT}
        return ordre_du_jour.name_rapporteur(examen_id=examen.pk, **arguments)

    assert [name(person).rapporteur for person in (membre, instructeur, None)] == [membre, instructeur, None]
    assert "un membre de la séance ou un instructeur" in refused(lambda: name(seance.administrateur))


def test_rapporteur_in_conflict_is_replaced_before_the_decision(db: None) -> None:
    sitting = a_sitting()
    examen, membre = sitting.list(), sitting.seance.membres.select_related("compte").order_by("pk")[0]

    def name(compte_id: int | None) -> Examen:
        arguments = {"compte_id": compte_id, "by": sitting.secretaire, "at": AT}
        return ordre_du_jour.name_rapporteur(examen_id=examen.pk, **arguments)

    name(membre.compte_id)
    sitting.advise(examen, conflicts=1)
    assert "nommez un autre rapporteur" in refused(lambda: sitting.decide(examen))
    name(None)
    assert "s’est retiré de ce dossier" in refused(lambda: name(membre.compte_id))
    assert sitting.decide(examen).state == ExamenState.DECIDED


# -- each at their own screen ------------------------------------------------------------------------------------------


def say(sitting: Sitting, examen: Examen, advice: MemberAdvice, by: Compte | None = None) -> AvisDeMembre:
    return avis.record_avis(examen_id=examen.pk, advice=advice, by=by or sitting.secretaire, at=AT)


def test_last_word_holds_and_a_stale_page_is_told_what_was_said_since(db: None) -> None:
    sitting = a_sitting()
    examen, membre = sitting.list(), sitting.seance.membres.select_related("compte").order_by("pk")[0]
    noted = say(sitting, examen, MemberAdvice(membre.pk, FAVOURABLE, seen=0))
    assert (noted.is_own, noted.version) == (False, 1)
    own = say(sitting, examen, MemberAdvice(membre.pk, UNFAVOURABLE, seen=1), membre.compte)
    assert (own.is_own, own.version) == (True, 2)
    sentence = refused(lambda: say(sitting, examen, MemberAdvice(membre.pk, AvisDuCollege.ABSTENTION, seen=1)))

    assert "Défavorable" in sentence
    assert "de sa main" in sentence
    assert AvisDeMembre.objects.get().avis == UNFAVOURABLE
    assert say(sitting, examen, MemberAdvice(membre.pk, UNFAVOURABLE, seen=0)).version == 2


def test_avis_after_the_closing_is_refused_in_words(db: None) -> None:
    sitting = a_sitting()
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    sitting.close()
    membre = sitting.seance.membres.select_related("compte").order_by("pk")[0]
    late = MemberAdvice(membre.pk, UNFAVOURABLE)

    assert "Cette séance est close." in refused(lambda: say(sitting, examen, late, membre.compte))
    assert set(AvisDeMembre.objects.values_list("avis", flat=True)) == {"favourable"}
    assert "while the séance is open" in by_sql("UPDATE referencement_avisdemembre SET avis = 'unfavourable'")


def test_absent_member_gives_no_avis(seance: Seance, parties: Parties) -> None:
    examen = seance.list(parties)
    seance.open(there=2)
    absent = seance.membres[2]
    advice = MemberAdvice(absent.pk, FAVOURABLE)
    assert "Votre présence n’est pas notée" in refused(
        lambda: avis.record_avis(examen_id=examen.pk, advice=advice, by=absent.compte, at=AT)
    )

    insert = "(examen_id, membre_id, avis, is_in_conflict, conflict_reason, version, recorded_at, recorded_by_id)"
    statement = (
        f"INSERT INTO referencement_avisdemembre {insert} "
        f"VALUES ({examen.pk}, {absent.pk}, 'favourable', false, '', 1, '2027-11-16', {absent.compte_id})"
    )
    assert "a member who is there" in by_sql(statement)


# -- against everybody -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "decision", "asks"),
    [
        ([UNFAVOURABLE] * 3, Decision.ATTRIBUTED, True),
        ([UNFAVOURABLE, AvisDuCollege.ABSTENTION, UNFAVOURABLE], Decision.ATTRIBUTED, True),
        ([UNFAVOURABLE, FAVOURABLE, UNFAVOURABLE], Decision.ATTRIBUTED, False),
        ([AvisDuCollege.ABSTENTION] * 3, Decision.ATTRIBUTED, False),
        ([FAVOURABLE] * 3, Decision.NOT_ATTRIBUTED, True),
        ([FAVOURABLE, FAVOURABLE, UNFAVOURABLE], Decision.NOT_ATTRIBUTED, False),
        ([UNFAVOURABLE] * 3, Decision.POSTPONED, False),
        ([FAVOURABLE] * 3, Decision.POSTPONED, False),
    ],
)
def test_decision_against_every_avis_says_why(
    db: None, given: list[AvisDuCollege], decision: Decision, asks: bool
) -> None:
    sitting = a_sitting()
    examen = sitting.list()
    for membre, opinion in zip(sitting.seance.membres.order_by("pk"), given, strict=True):
        say(sitting, examen, MemberAdvice(membre.pk, opinion))
    if asks:
        assert "Tous les avis exprimés" in refused(lambda: sitting.decide(examen, decision, REASON, against=" "))
    decided = sitting.decide(examen, decision, REASON, against="Une pièce reçue en séance.")

    assert decided.against == ("Une pièce reçue en séance." if asks else "")


def test_avis_that_turn_against_a_noted_decision_keep_it_from_being_published(db: None) -> None:
    sitting = a_sitting()
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    for membre in sitting.seance.membres.order_by("pk"):
        say(sitting, examen, MemberAdvice(membre.pk, UNFAVOURABLE))

    assert "tous les avis exprimés sont défavorables" in refused(sitting.close)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referencement_seanceducollege SET state = 'closed', closed_at = opened_at, "
            "closed_by_id = secretaire_id"
        )
    assert "against every avis" in by_sql(
        "UPDATE referencement_examen SET state = 'attributed', published_at = decided_at"
    )


def test_minutes_say_what_really_happened(db: None, parties: Parties) -> None:
    """The minutes of a séance tell real instants, the order, who rapported, and by whom each avis was given."""
    make_ready(parties)
    sitting = a_sitting()
    first = sitting.list()
    arguments = {"candidature_id": parties.candidature.pk, "by": sitting.secretaire, "at": AT}
    second = examens.list_candidature(seance_id=sitting.seance.pk, **arguments)
    membre = sitting.seance.membres.select_related("compte").order_by("pk")[0]
    ordre_du_jour.rank_examen(examen_id=second.pk, steps=-1, by=sitting.secretaire, at=AT)
    ordre_du_jour.name_rapporteur(examen_id=second.pk, compte_id=membre.compte_id, by=sitting.secretaire, at=AT)
    for examen in (first, second):
        say(sitting, examen, MemberAdvice(membre.pk, FAVOURABLE), membre.compte)
        sitting.advise(examen)
        sitting.decide(examen)
    sitting.close()
    minutes = sitting.seance.documents.get().data

    assert (minutes["prevue_le"], minutes["ouverte_le"], minutes["close_le"]) == (AT.isoformat(),) * 3
    assert [examen["nru"] for examen in minutes["examens"]] == [parties.candidature.nru, sitting.candidature.nru]
    assert [examen["rapporteur"] for examen in minutes["examens"]] == [membre.compte.full_name, ""]
    noted = {line["nom"]: line["par"] for line in minutes["examens"][0]["avis"]}
    assert noted[membre.compte.full_name] == ""
    assert set(noted.values()) == {"", sitting.secretaire.full_name}
