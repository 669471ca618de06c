"""Tables of équivalences, one per pair of dispositifs: dated versions, never rewritten (a trigger checks it)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from candidatures.models import Candidature, Dispositif
from comptes.dates import day_in_figures
from comptes.models.texts import LineField

from .rem import RetraitDeVersion, VersionPubliee


class VersionDEquivalencesQuerySet(models.QuerySet["VersionDEquivalences"]):
    def standing(self, *, at: datetime | None = None) -> VersionDEquivalencesQuerySet:
        """Keep those that are not withdrawn; as of an instant, those published by then and not withdrawn yet."""
        if at is None:
            return self.filter(retrait=None)
        not_yet = Q(retrait=None) | Q(retrait__withdrawn_at__gt=at)
        return self.filter(not_yet, published_at__lte=at)


class VersionDEquivalences(VersionPubliee):
    """One published table: which preuve accepted in `source` counts for which preuve of `cible`."""

    source = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="equivalences_given")
    cible = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="equivalences_received")

    objects = VersionDEquivalencesQuerySet.as_manager()

    class Meta:
        verbose_name = "table d’équivalences"
        verbose_name_plural = "tables d’équivalences"
        constraints = [
            models.UniqueConstraint(fields=["source", "cible", "date"], name="equivalences_one_version_a_day"),
            models.CheckConstraint(
                condition=~Q(source=F("cible")),
                name="equivalences_between_two",
                violation_error_message="Une table va d’une démarche à une autre.",
            ),
        ]

    def __str__(self) -> str:
        return f"Équivalences du {day_in_figures(self.date)}"


class RetraitDEquivalences(RetraitDeVersion):
    """A table from which nobody benefited, withdrawn: the one before it applies again."""

    version = models.OneToOneField(VersionDEquivalences, on_delete=models.PROTECT, related_name="retrait")

    class Meta:
        verbose_name = "retrait d’une table d’équivalences"
        verbose_name_plural = "retraits de tables d’équivalences"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="equivalences_retrait_gives_its_reason")]

    def __str__(self) -> str:
        return f"retrait de {self.version_id}"


class Equivalence(models.Model):
    """One line of a table. `profils`: it counts when no other profil of the target is presented; empty: always."""

    version = models.ForeignKey(VersionDEquivalences, on_delete=models.PROTECT, related_name="lignes")
    source = LineField("N° preuve source", max_length=60)
    cible = LineField("N° preuve cible", max_length=60)
    profils = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    note = LineField(max_length=500, blank=True)
    rank = models.PositiveIntegerField("rang")

    class Meta:
        verbose_name = "équivalence"
        constraints = [models.UniqueConstraint(fields=["version", "cible"], name="equivalence_once_for_a_target")]

    def __str__(self) -> str:
        return f"{self.source} vaut {self.cible}"


class EquivalenceDite(models.Model):
    """What the éditeur's team was told of one équivalence: that it holds, then that it no longer does.

    No decision reads this row: whether an équivalence holds is derived. It only avoids telling the same thing twice.
    `reason`: why it ended, in French.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="equivalences_dites")
    numero = LineField("N° preuve", max_length=60)
    nru = LineField("numéro unique de la candidature source", max_length=40)
    numero_source = LineField("N° preuve source", max_length=60)
    told_at = models.DateTimeField("notifiée le")
    ended_at = models.DateTimeField("plus valable depuis le", null=True, blank=True)
    reason = LineField("motif", max_length=300, blank=True)

    class Meta:
        verbose_name = "équivalence notifiée"
        verbose_name_plural = "équivalences notifiées"
        constraints = [
            models.UniqueConstraint(
                fields=["candidature", "numero"], condition=Q(ended_at=None), name="equivalence_told_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, reason="") | Q(~Q(reason=""), ended_at__gte=F("told_at")),
                name="equivalence_ends_for_a_reason",
                violation_error_message="Une équivalence prend fin pour un motif, après avoir été dite.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.numero} – {self.candidature_id}"
