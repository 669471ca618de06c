"""All the acts between the last approved chapitre and the closing of a séance, which Hypothesis orders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.candidatures import CandidatureNotPossible
from candidatures.operations.derogations import DerogationNotPossible
from candidatures.operations.instruction import DemandeNotPossible, VoletNotAdmissible, admit_volet, reopen_volet
from candidatures.operations.volets import Conflict, VoletNotOpen, VoletNotSubmittable, save_answers, submit_volet
from comptes import clock, journal
from comptes.enums import RoleANS
from comptes.models import Compte
from guichets.enums import Source
from guichets.models import DemandeAuGuichet
from guichets.operations.captures import CaptureNotDecidable, CaptureNotRecordable, confirm_capture, refuse_capture
from guichets.operations.demandes import DemandeNotRecordable, end_demande, record_demande
from referencement import sweeps
from referencement.effects import print_document
from referencement.enums import AvisDuCollege, Decision, ExamenState, SeanceState, Seuil
from referencement.models import Convention, Examen, SeanceDuCollege
from referencement.operations import avis, convocations, examens, ordre_du_jour, seances
from referencement.operations.conventions import (
    ConventionNotPossible,
    cancel_convention,
    prepare_convention,
    send_convention,
)
from referencement.operations.reexamens import ReexamenNotPossible
from referencement.operations.referencements import ReferencementNotPossible
from referencement.operations.retraits import withdraw_candidature
from referencement.operations.signatures import SignatureNotPossible, send_code, sign_convention
from referencement.queries.blocages import dossier_complet
from referencement.queries.signatures import plain_code
from referencement.rules.blocages import blocages
from tests.factories import candidatures as make
from tests.factories import conventions
from tests.factories import guichets as desks
from tests.factories.conventions import Parties
from tests.factories.guichets import EtapeCNDA

AT = datetime(2027, 11, 16, 13, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OVER = (SeanceState.CLOSED, SeanceState.CANCELLED)
TELESERVICES = ("INSI", "DMP")
REFUSALS = (
    examens.SeanceNotPossible,
    examens.SeanceConflict,
    ReexamenNotPossible,
    ReferencementNotPossible,
    ConventionNotPossible,
    SignatureNotPossible,
    DemandeNotRecordable,
    CaptureNotDecidable,
    CandidatureNotPossible,
    Conflict,
    DemandeNotPossible,
    DerogationNotPossible,
    VoletNotOpen,
    VoletNotSubmittable,
    VoletNotAdmissible,
)

# Before something is decided, trouble would only end the story sooner.
TROUBLE = precondition(lambda self: Examen.objects.exclude(state=ExamenState.LISTED).exists())
A_DOSSIER = some.integers(0, 1)
A_TELESERVICE = some.sampled_from(TELESERVICES)


ONWARDS = (
    EtapeCNDA.INITIALISATION,
    EtapeCNDA.PRE_EXAMEN,
    EtapeCNDA.EXAMEN,
    EtapeCNDA.FINALISATION,
    EtapeCNDA.GRANTED,
)


def is_further(word: str, etape: str) -> bool:
    """Whether a stage of the CNDA comes after another; a refusal, after any that is not decided."""
    if EtapeCNDA.REFUSED in (word, etape):
        return etape == EtapeCNDA.REFUSED and word not in (EtapeCNDA.GRANTED, EtapeCNDA.REFUSED)
    return ONWARDS.index(EtapeCNDA(etape)) >= ONWARDS.index(EtapeCNDA(word))


@dataclass(frozen=True)
class Cast:
    """Two dossiers, one ready for the collège, and one that waits for a desk and a signature; and the members."""

    dossiers: tuple[Parties, Parties]
    secretaire: Compte
    administrateur: Compte
    membres: tuple[Compte, ...]


def a_cast() -> Cast:
    ready, waiting = (conventions.some_parties(profils=["AHI"]) for _ in range(2))
    for parties, etape in ((ready, EtapeCNDA.GRANTED), (waiting, EtapeCNDA.EXAMEN)):
        for teleservice in TELESERVICES:
            demande = desks.a_demande(parties.candidature, parties.signatory, desks.cnda(teleservice))
            desks.a_releve(demande, EtapeCNDA.GRANTED if teleservice == "INSI" else etape)
    conventions.a_signed_convention(ready)
    conventions.a_sent_convention(waiting)
    journal.run_followers()  # a history that is undone must not take along what was to be written of the cast
    return Cast(
        dossiers=(ready, waiting),
        secretaire=make.a_person(roles_ans=[RoleANS.SECRETAIRE_COLLEGE]),
        administrateur=make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]),
        membres=tuple(make.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE]) for _ in range(3)),
    )


class Histories(RuleBasedStateMachine):
    """One history made of real acts, in a transaction that is rolled back at the end.

    `missed`: by examen of the séance just closed, what its dossier then lacked; `last_words`: the last stage of each
    téléservice.
    """

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.cast, self.at = cast, AT
        self.missed: dict[int, list[str]] = {}
        self.last_words: dict[int, list[str]] = {}
        self.history = transaction.atomic()
        self.history.__enter__()

    def teardown(self) -> None:
        try:
            faults = list(journal.verify())
            assert faults == [], faults
        finally:
            transaction.set_rollback(True)
            self.history.__exit__(None, None, None)

    def attempt(self, act: Callable[..., Any], **kwargs: Any) -> Any:
        """Do something a minute later; a refusal, kept by its name, gives None."""
        self.at += MINUTE
        try:
            return act(**kwargs, at=self.at)
        except REFUSALS:
            return None

    def candidature(self, dossier: int) -> Candidature:
        return Candidature.objects.with_names().get(pk=self.cast.dossiers[dossier].candidature.pk)

    # -- the collège -------------------------------------------------------------------------------------------------

    @property
    def seance(self) -> SeanceDuCollege:
        """The latest séance."""
        return SeanceDuCollege.objects.order_by("-pk")[0]

    def examen(self, dossier: int) -> Examen | None:
        """The latest examen of that dossier, whose séance may be over."""
        examens_of_dossier = Examen.objects.filter(candidature=self.cast.dossiers[dossier].candidature.pk)
        return examens_of_dossier.order_by("-pk").first()

    @rule(quorum=some.integers(1, 4), hours=some.sampled_from([1, 1, 1, 24, -1]))
    @precondition(lambda self: self.seance.state in OVER)
    def plan(self, quorum: int, hours: int = 1) -> None:
        by, membres = self.cast.secretaire, self.cast.membres
        arguments = {"held_at": self.at + hours * HOUR, "membres": membres, "secretaire": by, "by": by}
        self.attempt(seances.plan_seance, quorum=quorum, **arguments)

    @rule(hours=some.sampled_from([-1, 0, 1, 24]), reason=some.sampled_from(["Trop peu de dossiers.", ""]))
    @precondition(lambda self: self.seance.state == SeanceState.PLANNED)
    def move(self, hours: int, reason: str) -> None:
        """Move the séance: to the past, to the same instant, later that day, or to another day; the clock follows."""
        seance = self.seance
        arguments = {"to": seance.held_at + hours * HOUR, "reason": reason, "seen_version": seance.version}
        if (
            self.attempt(convocations.move_seance, seance_id=seance.pk, **arguments, by=self.cast.secretaire)
            and hours == 24
        ):
            self.at += 24 * HOUR

    @rule(reason=some.sampled_from(["Le quorum ne se réunit pas.", "", ""]))
    def cancel_the_seance(self, reason: str) -> None:
        seance = self.seance
        arguments = {"reason": reason, "seen_version": seance.version, "by": self.cast.secretaire}
        self.attempt(convocations.cancel_seance, seance_id=seance.pk, **arguments)

    @rule()
    def send_the_agenda(self) -> None:
        self.attempt(convocations.send_agenda, seance_id=self.seance.pk, by=self.cast.secretaire)

    @rule(to_another=some.booleans())
    def entrust(self, to_another: bool) -> None:
        """Give the secrétaire's place to an administrateur, or back."""
        compte = self.cast.administrateur if to_another else self.cast.secretaire
        arguments = {"compte_id": compte.pk, "by": self.cast.secretaire}
        self.attempt(convocations.entrust_seance, seance_id=self.seance.pk, **arguments)

    @rule(dossier=A_DOSSIER, steps=some.sampled_from([-1, 1]))
    def rank(self, dossier: int, steps: int) -> None:
        if examen := self.examen(dossier):
            arguments = {"steps": steps, "by": self.cast.secretaire}
            self.attempt(ordre_du_jour.rank_examen, examen_id=examen.pk, **arguments)

    @rule(dossier=A_DOSSIER, rank=some.sampled_from([0, 1, None]))
    def name_a_rapporteur(self, dossier: int, rank: int | None) -> None:
        if examen := self.examen(dossier):
            compte_id = None if rank is None else self.cast.membres[rank].pk
            arguments = {"compte_id": compte_id, "by": self.cast.secretaire}
            self.attempt(ordre_du_jour.name_rapporteur, examen_id=examen.pk, **arguments)

    @rule(absent=some.sets(some.integers(0, 2), max_size=2))
    def gather(self, absent: set[int]) -> None:
        """Note the members present."""
        membres = list(self.seance.membres.order_by("pk").values_list("pk", flat=True))
        present = [pk for rank, pk in enumerate(membres) if rank not in absent]
        self.attempt(seances.open_seance, seance_id=self.seance.pk, present=present, by=self.cast.secretaire)

    @rule(dossier=A_DOSSIER, despite=some.booleans())
    def put_on_the_agenda(self, dossier: int, despite: bool) -> None:
        arguments = {"candidature_id": self.candidature(dossier).pk, "despite": despite, "by": self.cast.secretaire}
        self.attempt(examens.list_candidature, seance_id=self.seance.pk, **arguments)

    @rule(dossier=A_DOSSIER)
    def take_off_the_agenda(self, dossier: int) -> None:
        if examen := self.examen(dossier):
            arguments = {"reason": "À revoir.", "by": self.cast.secretaire}
            self.attempt(examens.unlist_candidature, examen_id=examen.pk, **arguments)

    @rule(dossier=A_DOSSIER, conflicts=some.integers(0, 2), given=some.sampled_from(AvisDuCollege))
    def advise(self, dossier: int, conflicts: int, given: AvisDuCollege = AvisDuCollege.FAVOURABLE) -> None:
        """Note an avis for every member present, the first ones in conflict."""
        examen = self.examen(dossier)
        if examen is None:
            return
        advices = [
            avis.MemberAdvice(membre.pk, None, "A travaillé pour l’éditeur.")
            if rank < conflicts
            else avis.MemberAdvice(membre.pk, given)
            for rank, membre in enumerate(examen.seance.membres.filter(is_present=True).order_by("pk"))
        ]
        for advice in advices:
            self.attempt(avis.record_avis, examen_id=examen.pk, advice=advice, by=self.cast.secretaire)

    @rule(
        dossier=A_DOSSIER,
        decision=some.sampled_from(Decision),
        reasons=some.sampled_from([["Inexact."], []]),
        against=some.sampled_from(["Une pièce reçue en séance.", ""]),
    )
    def decide(self, dossier: int, decision: Decision, reasons: list[str], against: str = "") -> None:
        if examen := self.examen(dossier):
            arguments = {"decision": decision, "reasons": reasons, "comment": "", "seen_version": examen.version}
            arguments |= {"against": against}
            self.attempt(examens.decide_examen, examen_id=examen.pk, **arguments, by=self.cast.secretaire)

    @rule(moves_since=some.sampled_from([0, 0, 0, 1]))
    def close(self, moves_since: int) -> None:
        """Close the séance, after noting what each of its dossiers lacks."""
        seance = self.seance
        agenda = list(seance.examens.order_by("pk").values_list("pk", "candidature"))
        missed = {pk: self._missing(candidature) for pk, candidature in agenda}
        dossiers = {dossier.candidature.pk: rank for rank, dossier in enumerate(self.cast.dossiers)}
        last_words = {pk: [self.last_word(dossiers[key], code) for code in TELESERVICES] for pk, key in agenda}
        seen = seance.version - moves_since
        arguments = {"seance_id": seance.pk, "seen_version": seen, "by": self.cast.secretaire}
        if self.attempt(seances.close_seance, **arguments):
            self.missed |= missed
            self.last_words |= last_words

    def _missing(self, candidature_id: int) -> list[str]:
        complet = dossier_complet(Candidature.objects.with_names().get(pk=candidature_id), at=self.at + MINUTE)
        return [blocage.sentence for blocage in blocages(complet.facts, seuil=Seuil.COLLEGE, at=self.at + MINUTE)]

    # -- the desks ---------------------------------------------------------------------------------------------------

    def demande(self, dossier: int, teleservice: str) -> DemandeAuGuichet | None:
        followed = DemandeAuGuichet.objects.filter(candidature=self.candidature(dossier), ended_at=None)
        return followed.filter(teleservice=teleservice).order_by("-pk").first()

    @rule(
        dossier=A_DOSSIER,
        teleservice=A_TELESERVICE,
        etape=some.sampled_from([EtapeCNDA.GRANTED, EtapeCNDA.REFUSED, EtapeCNDA.PRE_EXAMEN]),
        times=some.integers(1, 2),
    )
    def desk_answers(self, dossier: int, teleservice: str, etape: EtapeCNDA, times: int = 1) -> None:
        """Ask the desk once, or twice in a row: a move back counts when it is given twice."""
        if demande := self.demande(dossier, teleservice):
            for _ in range(times):
                self.at += MINUTE
                desks.a_releve(demande, etape, at=self.at)

    def last_word(self, dossier: int, teleservice: str) -> str:
        """Return the last stage of the desk that counts, from its raw answers.

        A move back counts when it was given twice, or shown by a capture that the ANS confirmed.
        """
        demande = self.demande(dossier, teleservice)
        readings = demande.releves.order_by("seen_at", "pk").values_list("etape", "source") if demande else ()
        word = former = ""
        for etape, source in readings:
            if not word or etape == former or source != Source.PULLED or is_further(word, etape):
                word = etape
            former = etape
        return word

    @rule(
        dossier=A_DOSSIER,
        teleservice=A_TELESERVICE,
        etape=some.sampled_from([EtapeCNDA.GRANTED, EtapeCNDA.REFUSED, EtapeCNDA.PRE_EXAMEN]),
        answer=some.sampled_from(["confirm", "confirm", "refuse", ""]),
    )
    def show_the_space(self, dossier: int, teleservice: str, etape: EtapeCNDA, answer: str) -> None:
        """Record a capture; somebody of the ANS confirms it, refuses it, or leaves it."""
        parties, demande = self.cast.dossiers[dossier], self.demande(dossier, teleservice)
        if demande is None:
            return
        self.at += MINUTE
        try:
            capture = desks.a_capture(demande, parties.signatory, self.at, etape=etape.value)
        except CaptureNotRecordable:
            return
        by = parties.team.instructeur
        if answer == "confirm":
            arguments = {"seen_version": desks.again(demande).version, "by": by}
            self.attempt(confirm_capture, capture_id=capture.pk, **arguments)
        elif answer == "refuse":
            self.attempt(refuse_capture, capture_id=capture.pk, reason="Illisible.", by=by)

    @rule(dossier=A_DOSSIER, teleservice=A_TELESERVICE)
    def declare_again(self, dossier: int, teleservice: str) -> None:
        """Declare again a demande that was refused, or given up."""
        by, declaration = self.cast.dossiers[dossier].signatory, desks.cnda(teleservice)
        arguments = {"candidature_id": self.candidature(dossier).pk, "declaration": declaration, "by": by}
        self.attempt(record_demande, **arguments)

    @rule(dossier=A_DOSSIER, teleservice=A_TELESERVICE)
    @TROUBLE
    def give_up(self, dossier: int, teleservice: str) -> None:
        if demande := self.demande(dossier, teleservice):
            arguments = {"reason": "Déclarée par erreur.", "by": self.cast.dossiers[dossier].signatory}
            self.attempt(end_demande, demande_id=demande.pk, **arguments)

    # -- the dossier and its convention ------------------------------------------------------------------------------

    @rule(dossier=A_DOSSIER, nie=some.sampled_from(["NIE-1", "NIE-2"]))
    @TROUBLE
    def change_what_is_quoted(self, dossier: int, nie: str) -> None:
        """Reopen a volet, correct it and submit it; it then waits for the ANS."""
        parties, volet = self.cast.dossiers[dossier], make.the_volet(self.candidature(dossier), VoletKind.ELIGIBILITE)
        arguments = {
            "champs": ["nie"],
            "text": "Corrigez.",
            "seen_version": volet.version,
            "by": parties.team.instructeur,
        }
        if self.attempt(reopen_volet, volet_id=volet.pk, **arguments):
            volet, by = make.the_volet(volet.candidature, VoletKind.ELIGIBILITE), parties.signatory
            arguments = {"answers": {"nie": nie}, "seen_version": volet.version, "by": by}
            self.attempt(save_answers, volet_id=volet.pk, **arguments)
            self.attempt(submit_volet, volet_id=volet.pk, by=by)

    @rule(dossier=A_DOSSIER)
    def admit(self, dossier: int) -> None:
        volet = make.the_volet(self.candidature(dossier), VoletKind.ELIGIBILITE)
        arguments = {"seen_version": volet.version, "by": self.cast.dossiers[dossier].team.instructeur}
        self.attempt(admit_volet, volet_id=volet.pk, **arguments)

    def convention(self, dossier: int) -> Convention | None:
        return Convention.objects.living().filter(candidature=self.candidature(dossier)).first()

    @rule(dossier=A_DOSSIER)
    def prepare(self, dossier: int) -> None:
        arguments = {"candidature_id": self.candidature(dossier).pk, "by": self.cast.dossiers[dossier].responsable}
        if convention := self.attempt(prepare_convention, **arguments):
            print_document(convention.document.pk)

    @rule(dossier=A_DOSSIER)
    def send(self, dossier: int) -> None:
        if convention := self.convention(dossier):
            parties = self.cast.dossiers[dossier]
            arguments = {"to": parties.signatory, "by": parties.responsable}
            self.attempt(send_convention, convention_id=convention.pk, **arguments)

    @rule(dossier=A_DOSSIER, for_the_agency=some.booleans())
    def sign(self, dossier: int, for_the_agency: bool) -> None:
        if convention := self.convention(dossier):
            parties = self.cast.dossiers[dossier]
            by = parties.responsable if for_the_agency else parties.signatory
            if code := self.attempt(send_code, convention_id=convention.pk, by=by):
                arguments = {"typed": plain_code(code), "by": by}
                self.attempt(sign_convention, convention_id=convention.pk, **arguments)

    @rule(dossier=A_DOSSIER)
    @TROUBLE
    def cancel(self, dossier: int) -> None:
        if convention := self.convention(dossier):
            arguments = {"reason": "Une coquille.", "by": self.cast.dossiers[dossier].responsable}
            self.attempt(cancel_convention, convention_id=convention.pk, **arguments)

    @rule()
    def sweep(self) -> None:
        with clock.travel(self.at):
            sweeps.cancel_stale_conventions()

    @rule(dossier=A_DOSSIER)
    @TROUBLE
    def withdraw(self, dossier: int) -> None:
        arguments = {"candidature_id": self.candidature(dossier).pk, "by": self.cast.dossiers[dossier].signatory}
        self.attempt(withdraw_candidature, **arguments)
