from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from candidatures.models import Candidature, Piece
from comptes.models import Compte
from comptes.models.texts import LineField, SaidField, SaidTextField
from preuves.enums import EnvoiState, Nature

from .chapitre import SoumissionDeChapitre
from .preuve import Revision


class Envoi(models.Model):
    """One file that was declared before it came: its name, its size, and the sha256 of each of its parts, which bind.

    `empreinte` is that of the list of these sha256; `sha256`, that of the whole, when it was known on arrival.
    `arrived_at` is the arrival of its last part; `settled_at`, when the whole was verified: it is then a pièce, or
    `refusal` says why not. `stored_as` is its name among the arrivals, or in the bucket, where `upload_id` names the
    reception that is open.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="envois")
    nature = models.CharField(max_length=15, choices=Nature)
    name = SaidField("nom", max_length=150)
    size = models.PositiveBigIntegerField("taille en octets")
    part_size = models.PositiveIntegerField("taille d’une partie")
    parts = ArrayField(LineField(max_length=64), verbose_name="empreintes des parties")
    empreinte = LineField(max_length=64)
    sha256 = LineField("empreinte du fichier", max_length=64, blank=True)
    stored_as = LineField("nom de rangement", max_length=200)
    upload_id = LineField("réception ouverte", max_length=500, blank=True)
    declared_at = models.DateTimeField("annoncé le")
    declared_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField("arrivé le", null=True, blank=True)
    settled_at = models.DateTimeField("vérifié le", null=True, blank=True)
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="envois", null=True, blank=True)
    refusal = SaidTextField("motif de refus", blank=True)

    class Meta:
        verbose_name = "envoi de fichier"
        verbose_name_plural = "envois de fichiers"
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, piece=None, refusal="")
                | Q(settled_at__gte=F("arrived_at"), piece__isnull=False, refusal="")
                | (Q(settled_at__gte=F("arrived_at"), piece=None) & ~Q(refusal="")),
                name="envoi_is_settled_one_way",
                violation_error_message="Un envoi vérifié est un fichier, ou bien dit pourquoi il n’en est pas un.",
            ),
            models.CheckConstraint(condition=Q(size__gt=0, part_size__gt=0), name="envoi_has_a_size"),
        ]
        indexes = [
            models.Index(fields=["candidature", "id"], condition=Q(settled_at=None), name="envoi_unsettled"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> EnvoiState:
        if self.arrived_at is None:
            return EnvoiState.TRAVELLING
        if self.settled_at is None:
            return EnvoiState.ARRIVED
        return EnvoiState.KEPT if self.piece_id else EnvoiState.REFUSED

    def length_of(self, number: int) -> int:
        """Return how many bytes a part has; parts are counted from 1, and the last one is what remains."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)


class PartieRecue(models.Model):
    """One part of an envoi that arrived, and was what had been declared."""

    envoi = models.ForeignKey(Envoi, on_delete=models.CASCADE, related_name="received")
    number = models.PositiveIntegerField("numéro")
    received_at = models.DateTimeField("reçue le")

    class Meta:
        verbose_name = "partie reçue"
        verbose_name_plural = "parties reçues"
        constraints = [
            models.UniqueConstraint(fields=["envoi", "number"], name="partie_received_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="partie_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.envoi_id}/{self.number}"


class FichierAttendu(models.Model):
    """A file that a revision holds, and that still travelled when it was deposited; never rewritten."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="awaited")
    envoi = models.ForeignKey(Envoi, on_delete=models.PROTECT, related_name="awaited")
    rank = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "fichier attendu"
        verbose_name_plural = "fichiers attendus"
        constraints = [models.UniqueConstraint(fields=["revision", "envoi"], name="fichier_awaited_once")]

    def __str__(self) -> str:
        return f"{self.revision_id}/{self.rank}"


class AttenteDeFichiers(models.Model):
    """A submission that was made while some of its files travelled: all of them must have arrived by `until`.

    None when no échéance binds the chapitre. `complete_at` is when they had. `fell_at` is when the submission fell, and
    counts as never made; or when the chapitre came back, for a file that could not be kept. `reason` says why.
    """

    soumission = models.OneToOneField(SoumissionDeChapitre, on_delete=models.PROTECT, related_name="attente")
    until = models.DateTimeField("jusqu’au", null=True, blank=True)
    complete_at = models.DateTimeField("complète le", null=True, blank=True)
    fell_at = models.DateTimeField("tombée le", null=True, blank=True)
    reason = SaidTextField("motif", blank=True)

    class Meta:
        verbose_name = "attente de fichiers"
        verbose_name_plural = "attentes de fichiers"
        constraints = [
            models.CheckConstraint(
                condition=Q(fell_at=None, reason="") | (Q(fell_at__isnull=False) & ~Q(reason="")),
                name="attente_falls_for_a_reason",
                violation_error_message="Une soumission qui tombe dit pourquoi.",
            )
        ]

    def __str__(self) -> str:
        return f"attente de {self.soumission_id}"
