"""Whatever anybody does, and whenever the sweep passes: no reminder of what is done, none missing of what is due."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from candidatures import permissions
from candidatures.enums import CandidatureState, DerogationState, VoletKind, VoletState
from candidatures.models import AccesProduit, Candidature, Echeance, Volet
from candidatures.operations.candidatures import CandidatureNotPossible, withdraw_candidature
from candidatures.operations.derogations import (
    DerogationNotPossible,
    ForeclosureNotPossible,
    foreclose_candidature,
    grant_derogation,
    request_derogation,
)
from candidatures.operations.echeances import MoveNotPossible, approve_move, propose_move
from candidatures.operations.instruction import DemandeNotPossible, VoletNotAdmissible, ask_complement
from candidatures.operations.produits import AccesNotPossible, end_acces, give_acces
from candidatures.operations.volets import Conflict, VoletNotOpen, VoletNotSubmittable
from comptes import clock, effects
from comptes.enums import NoticeState, RoleANS
from comptes.models import Compte, Notice
from comptes.operations.rattachements import RattachementNotChangeable, detach
from preuves.enums import Avis
from preuves.operations.chapitres import (
    ChapitreNotSubmittable,
    ChapitreNotTakenBack,
    submit_chapitre,
    take_back_chapitre,
)
from preuves.operations.depots import DepositConflict, DepositNotPossible, DepositRefused
from preuves.operations.instruction import (
    ReviewConflict,
    ReviewNotConcludable,
    ReviewNotPossible,
    claim_chapitre,
    conclude_review,
    save_draft,
)
from preuves.queries.dossier import dossier_of
from preuves.queries.instruction import submitted_revisions
from referencement import sweeps
from referencement.enums import Seuil
from referencement.queries.blocages import dossier_complet
from referencement.rules.blocages import blocages
from referencement.rules.rappels import Palier, occurrence_of
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import approve
from tests.lengths import histories
from tests.referencement.test_due import with_homologations

REFUSALS = (
    AccesNotPossible,
    ChapitreNotSubmittable,
    ChapitreNotTakenBack,
    DepositConflict,
    DepositNotPossible,
    DepositRefused,
    ReviewConflict,
    ReviewNotConcludable,
    ReviewNotPossible,
    CandidatureNotPossible,
    Conflict,
    DerogationNotPossible,
    ForeclosureNotPossible,
    MoveNotPossible,
    DemandeNotPossible,
    VoletNotAdmissible,
    VoletNotOpen,
    VoletNotSubmittable,
    RattachementNotChangeable,
)
CODES = ("date-1", "date-2", "date-3")
MICRO, DAY = timedelta(microseconds=1), timedelta(days=1)
A_KIND, A_CODE = some.sampled_from(VoletKind), some.sampled_from(["MAT", "INS"])
# What may happen between the posting and the sending; mostly, what is due is done.
A_TROUBLE = some.sampled_from(
    [*["done"] * 3, "nothing", "newcomer goes", "somebody leaves", "moved", "extended", "withdrawn"]
)
BRIEFLY = histories(3, steps=12)


@dataclass(frozen=True)
class Cast:
    """Three dossiers, each as it is when one échéance comes: just opened, recevable, and read by the ANS."""

    teams: dict[str, Team]
    responsables: tuple[Compte, Compte]


def a_cast() -> Cast:
    prove.a_rem()
    teams = dict(zip(CODES, (make_team(), make_team(), make_team()), strict=True))
    for code in ("date-2", "date-3"):
        team = teams[code]
        prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
        with_homologations(team.candidature, team.mandataire)
    approve(teams["date-3"].candidature, teams["date-3"], "INS")
    prove.a_submitted_chapitre(teams["date-3"].candidature, teams["date-3"].mandataire, "MAT")
    asker, other = (make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]) for _ in range(2))
    return Cast(teams, (asker, other))


class Reminders(RuleBasedStateMachine):
    """One history of one candidature by the real acts, around the échéance that it comes to.

    `given_up`: the reminders that were cancelled as they were about to leave, rightly so.
    """

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.cast, self.code, self.at = cast, "", make.SUMMER
        self.given_up: set[int] = set()
        self.history = transaction.atomic()
        self.history.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    @initialize(code=some.sampled_from(CODES), palier=some.sampled_from(Palier), trouble=A_TROUBLE)
    def begin(self, code: str, palier: Palier, trouble: str) -> None:
        """Come to a palier, with something that is due; Date 3 asks for the answer to a return."""
        self.code = code
        self.at = palier.before(self.instant(code))
        if code == "date-3":
            self.read_chapitre("MAT", Avis.TO_CORRECT)
        self.something_happens_before_the_mail_leaves(trouble)

    @rule(trouble=A_TROUBLE)
    def something_happens_before_the_mail_leaves(self, trouble: str) -> None:
        """By chance alone few histories would do it between the posting and the sending."""
        self.newcomer_comes_or_goes(comes=True)
        self.sweep(1)
        acts: dict[str, Callable[[], None]] = {
            "done": self.do_all,
            "nothing": lambda: None,
            "newcomer goes": lambda: self.newcomer_comes_or_goes(comes=False),
            "somebody leaves": lambda: self.somebody_leaves("salarie"),
            "moved": lambda: self.echeance_is_moved(7),
            "extended": lambda: self.derogation_is_granted(1),
            "withdrawn": lambda: self.withdraw(really=True),
        }
        acts[trouble]()
        self.mail_leaves()

    @rule()
    def newcomer_comes_between_two_sweeps(self) -> None:
        self.newcomer_comes_or_goes(comes=False)
        self.sweep(1)
        self.newcomer_comes_or_goes(comes=True)
        self.sweep(1)

    @rule()
    def do_all(self) -> None:
        """Do what the échéance asks, if it may still be done."""
        for kind in VoletKind:
            self.fill(kind, submits=True)
        for code in ("MAT", "INS"):
            self.prove(code, submits=True)

    @rule()
    def undo(self) -> None:
        """Take back what was submitted, and let the sweep pass."""
        self.take_back("MAT")
        self.sweep(1)

    # -- what is, by other ways than those that are tried ------------------------------------------------------------

    @property
    def team(self) -> Team:
        return self.cast.teams[self.code]

    @property
    def candidature(self) -> Candidature:
        return Candidature.objects.with_names().get(pk=self.team.candidature.pk)

    def instant(self, code: str) -> datetime:
        """The instant in force for that candidature."""
        granted = self.candidature.derogations.filter(echeance=code, state=DerogationState.GRANTED).order_by("pk")
        everybody_s = Echeance.objects.get(code=code).at
        return max([everybody_s, *granted.values_list("to_at", flat=True)])

    def is_due(self, code: str) -> bool:
        candidature = self.candidature
        if candidature.state != CandidatureState.OPEN:
            return False
        if code == "date-1":
            return Volet.objects.filter(candidature=candidature, first_submitted_at=None).exists()
        if code == "date-3":
            dossier = dossier_of(candidature)
            return any(chapitre.facts.standing == "returned" for chapitre in dossier.chapitres) if dossier else False
        facts = dossier_complet(candidature, at=self.at).facts
        return any(blocage.echeance == "Date 2" for blocage in blocages(facts, seuil=Seuil.COMPLETUDE, at=self.at))

    def palier(self, code: str) -> Palier | None:
        """The palier that holds now."""
        instant = self.instant(code)
        behind = [palier for palier in Palier if palier.before(instant) <= self.at <= instant]
        return behind[-1] if behind else None

    def emails(self) -> set[str]:
        return set(permissions.people_with_access(self.candidature.produit).values_list("email", flat=True))

    def reminders(self, code: str) -> Iterable[Notice]:
        return Notice.objects.filter(address=f"echeance:{self.candidature.nru}/{code}").order_by("pk")

    # -- time, the sweep, the mail -----------------------------------------------------------------------------------

    @rule(days=some.sampled_from([0, 1, 3, 10]), minutes=some.integers(1, 600))
    def time_passes(self, days: int, minutes: int) -> None:
        self.at += days * DAY + timedelta(minutes=minutes)

    @rule(shift=some.sampled_from([-MICRO, timedelta(0), MICRO]), passes=some.booleans())
    def next_palier_comes(self, shift: timedelta, passes: bool) -> None:
        """Come to the edge of the next palier, or of the échéance itself."""
        instant = self.instant(self.code)
        edges = [*(palier.before(instant) for palier in Palier), instant]
        self.at = next((edge + shift for edge in edges if edge + shift > self.at), self.at)
        if passes:
            self.sweep(1)

    @rule(times=some.integers(1, 2))
    def sweep(self, times: int) -> None:
        """Pass, perhaps twice: everybody is told of all that is due, and of nothing else."""
        before = {code: len(list(self.reminders(code))) for code in CODES}
        with clock.travel(self.at):
            for _ in range(times):
                sweeps.post_reminders()
        for code in CODES:
            palier = self.palier(code)
            if palier is None or not self.is_due(code):
                assert len(list(self.reminders(code))) == before[code]
            else:
                self._everybody_is_told(code, palier)

    def _everybody_is_told(self, code: str, palier: Palier) -> None:
        told = {
            reminder.email: reminder
            for reminder in self.reminders(code)
            if reminder.occurrence == f"{self.instant(code).astimezone(UTC).isoformat()}/{palier.code}"
        }
        assert self.emails() <= set(told)
        for email in self.emails():
            assert told[email].state in (NoticeState.PENDING, NoticeState.SENT) or told[email].pk in self.given_up

    @rule()
    def mail_leaves(self) -> None:
        """Every reminder that waits is sent if it still holds, else given up."""
        waiting = [
            reminder for code in CODES for reminder in self.reminders(code) if reminder.state == NoticeState.PENDING
        ]
        holds = {pk for code in CODES for pk in self.that_hold(code)}
        with clock.travel(self.at):
            for email in sorted({line.email for line in waiting}):
                effects.deliver_to(email)
        for notice in waiting:
            notice.refresh_from_db()
            assert (notice.state == NoticeState.SENT) is (notice.pk in holds)
            if notice.state == NoticeState.CANCELLED:
                self.given_up.add(notice.pk)

    def that_hold(self, code: str) -> list[int]:
        """The reminders of an échéance that are to leave if somebody takes them up now."""
        waiting = [reminder for reminder in self.reminders(code) if reminder.state == NoticeState.PENDING]
        if not waiting or not self.is_due(code):
            return []
        palier, emails = self.palier(code), self.emails()
        occurrences = {line.pk: occurrence_of(line.occurrence) for line in waiting}
        return [
            line.pk
            for line in waiting
            if occurrences[line.pk].echeance == self.instant(code)
            and occurrences[line.pk].palier == palier
            and line.email in emails
        ]

    @rule(days=some.sampled_from([-1, 1, 7]))
    def echeance_is_moved(self, days: int) -> None:
        to, (asker, other) = self.instant(self.code) + days * DAY, self.cast.responsables
        arguments = {"dispositif_code": "ms-dui-va2", "code": self.code, "arrete": "Arrêté.", "motive": "Incident."}
        if move := self.attempt(propose_move, **arguments, to=to, by=asker, at=self.at):
            self.attempt(approve_move, move_id=move.pk, by=other, at=self.at)

    @rule(days=some.sampled_from([1, 7, 40]))
    def derogation_is_granted(self, days: int) -> None:
        to, (asker, other) = max(self.at, self.instant(self.code)) + days * DAY, self.cast.responsables
        arguments = {"candidature_id": self.candidature.pk, "echeance": self.code, "motive": "Incident."}
        if derogation := self.attempt(request_derogation, **arguments, to=to, by=asker, at=self.at):
            self.attempt(grant_derogation, derogation_id=derogation.pk, by=other, at=self.at)

    @rule()
    def candidature_is_foreclosed(self) -> None:
        arguments = {"candidature_id": self.candidature.pk, "echeance": self.code, "reason": "Rien de soumis."}
        self.attempt(foreclose_candidature, **arguments, by=self.cast.responsables[0], at=self.at)

    # -- what people do ----------------------------------------------------------------------------------------------

    def attempt(self, act: Callable[..., Any], *given: Any, **kwargs: Any) -> Any:
        """Do something now; a refusal, by its name, is an answer too: None."""
        try:
            with transaction.atomic():
                return act(*given, **kwargs)
        except REFUSALS:
            return None

    @rule(kind=A_KIND, submits=some.booleans())
    def fill(self, kind: VoletKind, submits: bool) -> None:
        if not submits:
            self.attempt(make.a_filled_volet, self.candidature, self.team.mandataire, kind)
            return
        arguments = {"at": self.at, "kind": kind, "references_vague_1": {"aucun": True}}
        if kind == VoletKind.ELIGIBILITE:
            arguments.pop("references_vague_1")
        self.attempt(make.a_submitted_volet, self.candidature, self.team.mandataire, **arguments)

    @rule(kind=A_KIND, admits=some.booleans())
    def read_volet(self, kind: VoletKind, admits: bool) -> None:
        volet, by = make.the_volet(self.candidature, kind), self.team.instructeur
        if admits:
            self.attempt(make.admit, volet, by, self.at)
        elif volet.state == VoletState.SUBMITTED:
            arguments = {"champs": [next(iter(make.ANSWERS[kind]))], "text": "Précisez.", "seen_version": volet.version}
            self.attempt(ask_complement, volet_id=volet.pk, **arguments, by=by, at=self.at)

    @rule(code=A_CODE, submits=some.booleans())
    def prove(self, code: str, submits: bool) -> None:
        by, at = self.team.mandataire, self.at
        arguments = {"candidature_id": self.candidature.pk, "code": code, "by": by, "at": at}
        chapitre = self._chapitre(code)
        if chapitre is None or chapitre.facts.missing:
            self.attempt(prove.a_complete_chapitre, self.candidature, by, code, at)
        for numero in chapitre.facts.to_correct if chapitre else ():
            seen = chapitre.facts.preuves[numero].revision if chapitre else 0
            self.attempt(prove.a_deposit, self.candidature, by, numero, prove.not_applicable(), seen=seen, at=at)
        if submits:
            self.attempt(submit_chapitre, **arguments)

    def _chapitre(self, code: str) -> Any:
        dossier = dossier_of(self.candidature)
        return dossier.chapitre(code) if dossier and dossier.row else None

    @rule(code=A_CODE)
    def take_back(self, code: str) -> None:
        arguments = {"candidature_id": self.candidature.pk, "code": code, "by": self.team.mandataire, "at": self.at}
        if self._chapitre(code):
            self.attempt(take_back_chapitre, **arguments)

    @rule(code=A_CODE, avis=some.sampled_from([Avis.ACCEPTED, Avis.TO_CORRECT]))
    def read_chapitre(self, code: str, avis: Avis) -> None:
        known, by, at = self._chapitre(code), self.team.instructeur, self.at
        if known is None or known.row.state != "submitted":
            return
        chapitre = known.row
        reason = "Illisible." if avis == Avis.TO_CORRECT else ""
        self.attempt(claim_chapitre, chapitre_id=chapitre.pk, by=by, at=at)
        for numero, revision in submitted_revisions(prove.the_chapitre(self.candidature, code)).items():
            arguments = {"sha256": revision.sha256, "avis": avis, "reason": reason}
            self.attempt(save_draft, chapitre_id=chapitre.pk, numero=numero, by=by, at=at, **arguments)
        seen = prove.the_chapitre(self.candidature, code).version
        self.attempt(conclude_review, chapitre_id=chapitre.pk, seen_version=seen, by=by, at=at)

    @rule(comes=some.booleans())
    def newcomer_comes_or_goes(self, comes: bool) -> None:
        seat, by = self.team.newcomer.rattachements.order_by("pk")[0], self.team.mandataire
        arguments = {"by": by, "at": self.at}
        if comes:
            arguments |= {"produit_id": self.team.produit.pk, "rattachement_id": seat.pk}
            self.attempt(give_acces, **arguments)
        elif acces := AccesProduit.objects.filter(rattachement=seat, ended_at=None).order_by("pk").first():
            self.attempt(end_acces, acces_id=acces.pk, **arguments)

    @rule(who=some.sampled_from(["salarie", "representant"]))
    def somebody_leaves(self, who: str) -> None:
        seat = getattr(self.team, who).rattachements.order_by("pk")[0]
        self.attempt(detach, rattachement_id=seat.pk, by=self.team.mandataire, at=self.at)

    @rule(really=some.sampled_from([False, False, False, True]))
    def withdraw(self, really: bool) -> None:
        if really:
            arguments = {"by": self.team.mandataire, "at": self.at}
            self.attempt(withdraw_candidature, candidature_id=self.candidature.pk, **arguments)

    # -- what must stay true after every step ------------------------------------------------------------------------

    @invariant()
    def nobody_is_told_twice(self) -> None:
        sent = [
            (reminder.address, reminder.occurrence, reminder.email)
            for code in (CODES if self.code else ())
            for reminder in self.reminders(code)
            if reminder.state == NoticeState.SENT
        ]
        assert len(sent) == len(set(sent))

    @invariant()
    def one_at_most_waits_for_each_person(self) -> None:
        waiting = [
            (reminder.address, reminder.email)
            for code in (CODES if self.code else ())
            for reminder in self.reminders(code)
            if reminder.state == NoticeState.PENDING
        ]
        assert len(waiting) == len(set(waiting))


@pytest.fixture
def cast(db: None) -> Cast:
    return a_cast()


def test_histories_of_reminders(cast: Cast) -> None:
    run_state_machine_as_test(lambda: Reminders(cast), settings=BRIEFLY)
