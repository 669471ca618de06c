from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_fsm import FSMModelMixin, transition

from candidatures.models import Piece
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, ParagraphField, VersionField, WordsField
from preuves.enums import Avis, Forme, PreuveState

from .chapitre import Chapitre, SoumissionDeChapitre
from .rem import VersionDuREM


class Preuve(FSMModelMixin, models.Model):
    """The answer to one expected preuve of a dossier, from the first deposit on; `numero` is the N° of the REM."""

    chapitre = models.ForeignKey(Chapitre, on_delete=models.PROTECT, related_name="preuves")
    numero = LineField("N° preuve", max_length=60)
    state = StateField("état", default=PreuveState.DEPOSITED, choices=PreuveState.choices, protected=True)

    class Meta:
        verbose_name = "preuve"
        constraints = [
            models.UniqueConstraint(fields=["chapitre", "numero"], name="preuve_once_in_a_chapitre"),
            models.CheckConstraint(condition=Q(state__in=PreuveState.values), name="preuve_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.numero

    @transition(field=state, source=[PreuveState.DEPOSITED, PreuveState.TO_CORRECT], target=PreuveState.DEPOSITED)
    def deposit(self) -> None:
        """Take a new revision; the verdict on the one before stays with that one."""

    @transition(field=state, source=PreuveState.DEPOSITED, target=PreuveState.ACCEPTED)
    def accept(self) -> None:
        """Accept the revision that was read."""

    @transition(field=state, source=PreuveState.DEPOSITED, target=PreuveState.TO_CORRECT)
    def return_for_correction(self) -> None:
        """Send back the revision that was read."""

    @transition(field=state, source=PreuveState.ACCEPTED, target=PreuveState.DEPOSITED)
    def fall(self) -> None:
        """Send the revision back to be read: the words of the REM that the verdict answered to have changed."""


class Revision(models.Model):
    """One deposit, never rewritten.

    `sha256` covers its whole content, files included; `empreinte` is that of the words of the REM that it answers to.
    `evidence_date` is when the evidence was made, `deposited_at` when it was deposited here.
    """

    preuve = models.ForeignKey(Preuve, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField("numéro")
    forme = models.CharField(max_length=15, choices=Forme)
    value = ParagraphField("lien, numéro, texte ou motif", blank=True)
    comment = ParagraphField("commentaire", blank=True, max_length=2000)
    evidence_date = models.DateField("date de la preuve", null=True, blank=True)
    version_technique = VersionField("version technique", max_length=40, blank=True)
    pieces = models.ManyToManyField(Piece, through="RevisionPiece", related_name="revisions")
    sha256 = LineField("empreinte", max_length=64)
    empreinte = LineField(max_length=64)
    deposited_at = models.DateTimeField("déposée le")
    deposited_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "dépôt"
        constraints = [
            models.UniqueConstraint(fields=["preuve", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(forme__in=Forme.values), name="revision_forme_is_known"),
            models.CheckConstraint(
                condition=Q(forme=Forme.FILES, value="") | Q(~Q(forme=Forme.FILES), ~Q(value="")),
                name="revision_holds_what_its_forme_says",
                violation_error_message="Un dépôt porte des fichiers, ou bien un lien, un numéro, un texte, un motif.",
            ),
        ]
        indexes = [models.Index(fields=["value"], condition=Q(forme=Forme.NUMBER), name="revision_by_number")]

    def __str__(self) -> str:
        return f"dépôt n° {self.number} de {self.preuve_id}"


class RevisionPiece(models.Model):
    """One file of a revision; the same stored file may serve several preuves."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="lines")
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "fichier d’un dépôt"
        verbose_name_plural = "fichiers d’un dépôt"
        constraints = [
            models.UniqueConstraint(fields=["revision", "rank"], name="revision_piece_rank_once"),
            models.UniqueConstraint(fields=["revision", "piece"], name="revision_piece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}/{self.rank}"


class VerdictDePreuve(models.Model):
    """The answer of the ANS to one revision, tied to its sha256; never rewritten.

    Written when the chapitre is returned or approved.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="verdicts")
    soumission = models.ForeignKey(SoumissionDeChapitre, on_delete=models.PROTECT, related_name="verdicts")
    sha256 = LineField("empreinte lue", max_length=64)
    avis = models.CharField(max_length=10, choices=Avis)
    reason = ParagraphField("motif", blank=True, max_length=4000)
    given_at = models.DateTimeField("rendu le")
    given_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        constraints = [
            models.UniqueConstraint(fields=["revision", "soumission"], name="verdict_once_a_submission"),
            models.CheckConstraint(
                condition=Q(avis=Avis.ACCEPTED) | Q(~Q(reason=""), avis=Avis.TO_CORRECT),
                name="verdict_to_correct_has_a_reason",
                violation_error_message="Un avis «\u00a0à corriger\u00a0» donne son motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.avis} ({self.revision_id})"


class AvisTombe(models.Model):
    """A verdict that no longer holds, since the words of the REM that it answered to changed. Written once."""

    verdict = models.ForeignKey(VerdictDePreuve, on_delete=models.PROTECT, related_name="chutes")
    version = models.ForeignKey(VersionDuREM, on_delete=models.PROTECT, related_name="+")
    reason = WordsField("motif", max_length=300)
    fallen_at = models.DateTimeField("tombé le")

    class Meta:
        verbose_name = "avis tombé"
        verbose_name_plural = "avis tombés"
        constraints = [models.UniqueConstraint(fields=["verdict", "version"], name="avis_falls_once_a_version")]

    def __str__(self) -> str:
        return f"{self.verdict_id} tombé"


class BrouillonDAvis(models.Model):
    """The verdict that an instructeur is preparing on one revision. Nobody else reads it."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="brouillons")
    sha256 = LineField("empreinte lue", max_length=64)
    by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    avis = models.CharField(max_length=10, choices=Avis, blank=True)
    reason = ParagraphField("motif", blank=True, max_length=4000)
    saved_at = models.DateTimeField("enregistré le")

    class Meta:
        verbose_name = "brouillon d’avis"
        verbose_name_plural = "brouillons d’avis"
        constraints = [models.UniqueConstraint(fields=["revision", "by"], name="brouillon_once_a_person")]

    def __str__(self) -> str:
        return f"brouillon ({self.revision_id})"
