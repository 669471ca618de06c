"""Everything that anybody does from the last chapitre approved to the closing of a séance, for Hypothesis to order."""

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
    """Two dossiers, one ready for the collège and one that waits for a desk and a signature; and who sits."""

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
    """One history by the real acts: it starts from the cast as it is, and leaves it so.

    `missed`: by examen of the séance just closed, what kept it from the collège at that instant; `words`: what the
    desk had last said of each téléservice.
    """

    def __init__(self, cast: Cast) -> None:
        super().__init__()
        self.cast, self.at = cast, AT
        self.missed: dict[int, list[str]] = {}
        self.words: dict[int, list[str]] = {}
        self.history = transaction.atomic()
        self.history.__enter__()

    def teardown(self) -> None:
        try:
            found = list(journal.verify())
            assert found == [], found
        finally:
            transaction.set_rollback(True)
            self.history.__exit__(None, None, None)

    def attempt(self, act: Callable[..., Any], **words: Any) -> Any:
        """Do something a minute later; a refusal, by its name, is an answer too: None."""
        self.at += MINUTE
        try:
            return act(**words, at=self.at)
        except REFUSALS:
            return None

    def candidature(self, dossier: int) -> Candidature:
        return Candidature.objects.with_names().get(pk=self.cast.dossiers[dossier].candidature.pk)

    # -- the collège -------------------------------------------------------------------------------------------------

    @property
    def seance(self) -> SeanceDuCollege:
        """The latest one."""
        return SeanceDuCollege.objects.order_by("-pk")[0]

    def examen(self, dossier: int) -> Examen | None:
        """The latest one of that dossier, whose séance may be over."""
        found = Examen.objects.filter(candidature=self.cast.dossiers[dossier].candidature.pk)
        return found.order_by("-pk").first()

    @rule(quorum=some.integers(1, 4), hours=some.sampled_from([1, 1, 1, 24, -1]))
    @precondition(lambda self: self.seance.state in OVER)
    def plan(self, quorum: int, hours: int = 1) -> None:
        by, membres = self.cast.secretaire, self.cast.membres
        words = {"held_at": self.at + hours * HOUR, "membres": membres, "secretaire": by, "by": by}
        self.attempt(seances.plan_seance, quorum=quorum, **words)

    @rule(hours=some.sampled_from([-1, 0, 1, 24]), reason=some.sampled_from(["Trop peu de dossiers.", ""]))
    @precondition(lambda self: self.seance.state == SeanceState.PLANNED)
    def move(self, hours: int, reason: str) -> None:
        """Into the past, onto itself, later the same day, or to another day, on which the clock then goes."""
        seance = self.seance
        words = {"to": seance.held_at + hours * HOUR, "reason": reason, "seen_version": seance.version}
        if (
            self.attempt(convocations.move_seance, seance_id=seance.pk, **words, by=self.cast.secretaire)
            and hours == 24
        ):
            self.at += 24 * HOUR

    @rule(reason=some.sampled_from(["Le quorum ne se réunit pas.", "", ""]))
    def cancel_the_seance(self, reason: str) -> None:
        seance = self.seance
        words = {"reason": reason, "seen_version": seance.version, "by": self.cast.secretaire}
        self.attempt(convocations.cancel_seance, seance_id=seance.pk, **words)

    @rule()
    def send_the_agenda(self) -> None:
        self.attempt(convocations.send_agenda, seance_id=self.seance.pk, by=self.cast.secretaire)

    @rule(to_another=some.booleans())
    def entrust(self, to_another: bool) -> None:
        """The place goes to an administrateur, or comes back."""
        compte = self.cast.administrateur if to_another else self.cast.secretaire
        words = {"compte_id": compte.pk, "by": self.cast.secretaire}
        self.attempt(convocations.entrust_seance, seance_id=self.seance.pk, **words)

    @rule(dossier=A_DOSSIER, steps=some.sampled_from([-1, 1]))
    def rank(self, dossier: int, steps: int) -> None:
        if examen := self.examen(dossier):
            words = {"steps": steps, "by": self.cast.secretaire}
            self.attempt(ordre_du_jour.rank_examen, examen_id=examen.pk, **words)

    @rule(dossier=A_DOSSIER, rank=some.sampled_from([0, 1, None]))
    def name_a_rapporteur(self, dossier: int, rank: int | None) -> None:
        if examen := self.examen(dossier):
            compte_id = None if rank is None else self.cast.membres[rank].pk
            words = {"compte_id": compte_id, "by": self.cast.secretaire}
            self.attempt(ordre_du_jour.name_rapporteur, examen_id=examen.pk, **words)

    @rule(absent=some.sets(some.integers(0, 2), max_size=2))
    def gather(self, absent: set[int]) -> None:
        """Members come, and go: whoever is not said to be there is not."""
        membres = list(self.seance.membres.order_by("pk").values_list("pk", flat=True))
        present = [pk for rank, pk in enumerate(membres) if rank not in absent]
        self.attempt(seances.open_seance, seance_id=self.seance.pk, present=present, by=self.cast.secretaire)

    @rule(dossier=A_DOSSIER, despite=some.booleans())
    def put_on_the_agenda(self, dossier: int, despite: bool) -> None:
        words = {"candidature_id": self.candidature(dossier).pk, "despite": despite, "by": self.cast.secretaire}
        self.attempt(examens.list_candidature, seance_id=self.seance.pk, **words)

    @rule(dossier=A_DOSSIER)
    def take_off_the_agenda(self, dossier: int) -> None:
        if examen := self.examen(dossier):
            words = {"reason": "À revoir.", "by": self.cast.secretaire}
            self.attempt(examens.unlist_candidature, examen_id=examen.pk, **words)

    @rule(dossier=A_DOSSIER, conflicts=some.integers(0, 2), words=some.sampled_from(AvisDuCollege))
    def advise(self, dossier: int, conflicts: int, words: AvisDuCollege = AvisDuCollege.FAVOURABLE) -> None:
        """Every member who is there speaks, the first ones to say that they take no part."""
        examen = self.examen(dossier)
        if examen is None:
            return
        said = [
            avis.MemberAdvice(one.pk, None, "A travaillé pour l’éditeur.")
            if rank < conflicts
            else avis.MemberAdvice(one.pk, words)
            for rank, one in enumerate(examen.seance.membres.filter(is_present=True).order_by("pk"))
        ]
        for one in said:
            self.attempt(avis.record_avis, examen_id=examen.pk, advice=one, by=self.cast.secretaire)

    @rule(
        dossier=A_DOSSIER,
        decision=some.sampled_from(Decision),
        reasons=some.sampled_from([["Inexact."], []]),
        against=some.sampled_from(["Une pièce reçue en séance.", ""]),
    )
    def decide(self, dossier: int, decision: Decision, reasons: list[str], against: str = "") -> None:
        if examen := self.examen(dossier):
            words = {"decision": decision, "reasons": reasons, "comment": "", "seen_version": examen.version}
            words |= {"against": against}
            self.attempt(examens.decide_examen, examen_id=examen.pk, **words, by=self.cast.secretaire)

    @rule(moves_since=some.sampled_from([0, 0, 0, 1]))
    def close(self, moves_since: int) -> None:
        """Close the séance, after having looked at what each of its dossiers then misses."""
        seance = self.seance
        agenda = list(seance.examens.order_by("pk").values_list("pk", "candidature"))
        missed = {pk: self._missing(candidature) for pk, candidature in agenda}
        dossiers = {one.candidature.pk: rank for rank, one in enumerate(self.cast.dossiers)}
        words = {pk: [self.last_word(dossiers[key], one) for one in TELESERVICES] for pk, key in agenda}
        seen = seance.version - moves_since
        given = {"seance_id": seance.pk, "seen_version": seen, "by": self.cast.secretaire}
        if self.attempt(seances.close_seance, **given):
            self.missed |= missed
            self.words |= words

    def _missing(self, candidature_id: int) -> list[str]:
        complet = dossier_complet(Candidature.objects.with_names().get(pk=candidature_id), at=self.at + MINUTE)
        return [one.sentence for one in blocages(complet.facts, seuil=Seuil.COLLEGE, at=self.at + MINUTE)]

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
        """The desk is asked once, or twice in a row: what it takes back counts when it says so again."""
        if demande := self.demande(dossier, teleservice):
            for _ in range(times):
                self.at += MINUTE
                desks.a_releve(demande, etape, at=self.at)

    def last_word(self, dossier: int, teleservice: str) -> str:
        """What the desk last said and is to be believed, from its bare answers: a step back is one said twice, or one
        shown by a capture that somebody of the ANS confirmed."""
        demande = self.demande(dossier, teleservice)
        said = demande.releves.order_by("seen_at", "pk").values_list("etape", "source") if demande else ()
        word = former = ""
        for etape, source in said:
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
        """A capture is deposited; somebody of the ANS confirms it, refuses it, or leaves it for later."""
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
            words = {"seen_version": desks.again(demande).version, "by": by}
            self.attempt(confirm_capture, capture_id=capture.pk, **words)
        elif answer == "refuse":
            self.attempt(refuse_capture, capture_id=capture.pk, reason="Illisible.", by=by)

    @rule(dossier=A_DOSSIER, teleservice=A_TELESERVICE)
    def declare_again(self, dossier: int, teleservice: str) -> None:
        """In the place of a demande that was refused, or given up."""
        by, declaration = self.cast.dossiers[dossier].signatory, desks.cnda(teleservice)
        words = {"candidature_id": self.candidature(dossier).pk, "declaration": declaration, "by": by}
        self.attempt(record_demande, **words)

    @rule(dossier=A_DOSSIER, teleservice=A_TELESERVICE)
    @TROUBLE
    def give_up(self, dossier: int, teleservice: str) -> None:
        if demande := self.demande(dossier, teleservice):
            words = {"reason": "Déclarée par erreur.", "by": self.cast.dossiers[dossier].signatory}
            self.attempt(end_demande, demande_id=demande.pk, **words)

    # -- the dossier and its convention ------------------------------------------------------------------------------

    @rule(dossier=A_DOSSIER, nie=some.sampled_from(["NIE-1", "NIE-2"]))
    @TROUBLE
    def change_what_is_quoted(self, dossier: int, nie: str) -> None:
        """A volet is opened again, corrected and handed over; it then waits for the ANS."""
        parties, volet = self.cast.dossiers[dossier], make.the_volet(self.candidature(dossier), VoletKind.ELIGIBILITE)
        words = {"champs": ["nie"], "text": "Corrigez.", "seen_version": volet.version, "by": parties.team.instructeur}
        if self.attempt(reopen_volet, volet_id=volet.pk, **words):
            volet, by = make.the_volet(volet.candidature, VoletKind.ELIGIBILITE), parties.signatory
            words = {"answers": {"nie": nie}, "seen_version": volet.version, "by": by}
            self.attempt(save_answers, volet_id=volet.pk, **words)
            self.attempt(submit_volet, volet_id=volet.pk, by=by)

    @rule(dossier=A_DOSSIER)
    def admit(self, dossier: int) -> None:
        volet = make.the_volet(self.candidature(dossier), VoletKind.ELIGIBILITE)
        words = {"seen_version": volet.version, "by": self.cast.dossiers[dossier].team.instructeur}
        self.attempt(admit_volet, volet_id=volet.pk, **words)

    def convention(self, dossier: int) -> Convention | None:
        return Convention.objects.living().filter(candidature=self.candidature(dossier)).first()

    @rule(dossier=A_DOSSIER)
    def prepare(self, dossier: int) -> None:
        words = {"candidature_id": self.candidature(dossier).pk, "by": self.cast.dossiers[dossier].responsable}
        if convention := self.attempt(prepare_convention, **words):
            print_document(convention.document.pk)

    @rule(dossier=A_DOSSIER)
    def send(self, dossier: int) -> None:
        if convention := self.convention(dossier):
            parties = self.cast.dossiers[dossier]
            words = {"to": parties.signatory, "by": parties.responsable}
            self.attempt(send_convention, convention_id=convention.pk, **words)

    @rule(dossier=A_DOSSIER, for_the_agency=some.booleans())
    def sign(self, dossier: int, for_the_agency: bool) -> None:
        if convention := self.convention(dossier):
            parties = self.cast.dossiers[dossier]
            by = parties.responsable if for_the_agency else parties.signatory
            if code := self.attempt(send_code, convention_id=convention.pk, by=by):
                words = {"typed": plain_code(code), "by": by}
                self.attempt(sign_convention, convention_id=convention.pk, **words)

    @rule(dossier=A_DOSSIER)
    @TROUBLE
    def cancel(self, dossier: int) -> None:
        if convention := self.convention(dossier):
            words = {"reason": "Une coquille.", "by": self.cast.dossiers[dossier].responsable}
            self.attempt(cancel_convention, convention_id=convention.pk, **words)

    @rule()
    def sweep(self) -> None:
        with clock.travel(self.at):
            sweeps.cancel_stale_conventions()

    @rule(dossier=A_DOSSIER)
    @TROUBLE
    def withdraw(self, dossier: int) -> None:
        words = {"candidature_id": self.candidature(dossier).pk, "by": self.cast.dossiers[dossier].signatory}
        self.attempt(withdraw_candidature, **words)
