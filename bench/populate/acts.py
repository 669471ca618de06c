"""The acts of a story from the convention on: the collège, and the life of a référencement."""

from datetime import datetime

from comptes.models import Compte
from referencement.effects import print_document
from referencement.enums import AvisDuCollege, Decision, MesureKind
from referencement.models import Convention, Examen, SeanceDuCollege
from referencement.operations import conventions as conventions_operations
from referencement.operations.avis import MemberAdvice, record_avis
from referencement.operations.convocations import cancel_seance
from referencement.operations.examens import decide_examen, list_candidature
from referencement.operations.mesures import decide_mesure, propose_mesure
from referencement.operations.referencements import renounce_referencement
from referencement.operations.seances import close_seance, open_seance, plan_seance
from referencement.operations.signatures import send_code, sign_convention
from referencement.queries.signatures import plain_code

from .proving import Prover

REASON = "Des preuves exigées ne sont pas validées."


class Actors(Prover):
    """One éditeur, its solution and the agency. Each method is an act, at the instant `at`."""

    # The convention and the collège

    def prepare_convention(self, *, at: datetime) -> None:
        by = self.agency.responsable
        convention = conventions_operations.prepare_convention(candidature_id=self.candidature.pk, by=by, at=at)
        print_document(convention.document.pk)

    def send_convention(self, *, at: datetime) -> None:
        key = self._convention().pk
        conventions_operations.send_convention(convention_id=key, to=self.mandataire, by=self.agency.responsable, at=at)

    def sign(self, *, at: datetime) -> None:
        self._sign(self.mandataire, at)

    def countersign(self, *, at: datetime) -> None:
        self._sign(self.agency.responsable, at)

    def _sign(self, by: Compte, at: datetime) -> None:
        key = self._convention().pk
        typed = plain_code(send_code(convention_id=key, by=by, at=at))
        sign_convention(convention_id=key, typed=typed, by=by, at=at)

    def cancel_convention(self, *, at: datetime) -> None:
        by, key = self.agency.responsable, self._convention().pk
        conventions_operations.cancel_convention(convention_id=key, reason="Le signataire change.", by=by, at=at)

    def _convention(self) -> Convention:
        return Convention.objects.living().get(candidature=self.candidature)

    def enlist(self, held_at: datetime, *, at: datetime) -> None:
        """Plan a séance for this candidature alone, and list it there."""
        by = self.agency.secretaire
        self.seance = plan_seance(held_at=held_at, quorum=2, membres=self.agency.membres, secretaire=by, by=by, at=at)
        list_candidature(seance_id=self.seance.pk, candidature_id=self.candidature.pk, despite=True, by=by, at=at)

    def cancel_the_seance(self, *, at: datetime) -> None:
        seance = SeanceDuCollege.objects.get(pk=self.seance.pk)
        by = self.agency.secretaire
        cancel_seance(
            seance_id=seance.pk, reason="Le quorum ne sera pas réuni.", seen_version=seance.version, by=by, at=at
        )

    def decide(self, decision: Decision, *, at: datetime) -> None:
        """Open the séance, note the avis of its members, and its decision."""
        by = self.agency.secretaire
        present = list(self.seance.membres.order_by("pk").values_list("pk", flat=True))
        open_seance(seance_id=self.seance.pk, present=present, by=by, at=at)
        examen = Examen.objects.get(seance=self.seance, candidature=self.candidature)
        avis = AvisDuCollege.FAVOURABLE if decision == Decision.ATTRIBUTED else AvisDuCollege.UNFAVOURABLE
        for membre in present:
            record_avis(examen_id=examen.pk, advice=MemberAdvice(membre, avis), by=by, at=at)
        examen.refresh_from_db()
        reasons = [] if decision == Decision.ATTRIBUTED else [REASON]
        decide_examen(
            examen_id=examen.pk, decision=decision, reasons=reasons, comment="" if not reasons else "À reprendre.",
            seen_version=examen.version, by=by, at=at,
        )  # fmt: skip

    def close(self, *, at: datetime) -> None:
        seance = SeanceDuCollege.objects.get(pk=self.seance.pk)
        by = self.agency.secretaire
        close_seance(seance_id=seance.pk, seen_version=seance.version, by=by, at=at)

    # What becomes of a référencement

    def propose(self, kind: MesureKind, *, at: datetime) -> None:
        propose_mesure(
            candidature_id=self.candidature.pk, kind=kind, reasons="Une preuve n’est plus tenue.",
            by=self.agency.instructeur, at=at,
        )  # fmt: skip

    def pronounce(self, *, at: datetime) -> None:
        by = self.agency.responsable
        mesure = self.candidature.referencement.mesures.get(state="proposed")
        decide_mesure(mesure_id=mesure.pk, reasons="La preuve n’est plus tenue.", effect=at.date(), by=by, at=at)

    def renounce(self, *, at: datetime) -> None:
        renounce_referencement(
            candidature_id=self.candidature.pk, reason="La solution n’est plus vendue.", effect=at.date(),
            by=self.mandataire, at=at,
        )  # fmt: skip
