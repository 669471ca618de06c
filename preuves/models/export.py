from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from candidatures.models import Candidature
from candidatures.models.piece import private_storage
from comptes.models import Compte
from preuves.enums import FormeDExport


class ExportDeDossier(models.Model):
    """A copy of a whole dossier, or its state, that somebody asked for, made in the background, kept for some days.

    `done` of its `total` files are in it. `file` is empty until it is made, and again once it was removed.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="exports")
    forme = models.CharField(max_length=10, choices=FormeDExport, default=FormeDExport.COPIE)
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveIntegerField("fichiers", default=0)
    done = models.PositiveIntegerField("fichiers copiés", default=0)
    tries = models.PositiveSmallIntegerField("essais", default=0)
    file = models.FileField("archive", storage=private_storage, max_length=200, blank=True)
    size = models.PositiveBigIntegerField("taille en octets", default=0)
    begun_at = models.DateTimeField("commencé le", null=True, blank=True)
    ready_at = models.DateTimeField("prêt le", null=True, blank=True)
    failed_at = models.DateTimeField("échoué le", null=True, blank=True)
    until = models.DateTimeField("gardé jusqu’au", null=True, blank=True)

    class Meta:
        verbose_name = "export d’un dossier"
        verbose_name_plural = "exports de dossiers"
        constraints = [
            models.CheckConstraint(condition=Q(forme__in=FormeDExport.values), name="export_forme_is_known"),
            models.CheckConstraint(
                condition=Q(ready_at=None, until=None, file="")
                | Q(ready_at__isnull=False, until__isnull=False, failed_at=None),
                name="export_ready_is_kept_until",
                violation_error_message="Un export prêt dit jusqu’à quand il est gardé.",
            ),
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=Q(ready_at=None, failed_at=None),
                name="export_one_at_a_time_per_person",
                violation_error_message="Un seul export à la fois par personne.",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.ready_at is None and self.failed_at is None

    def opens(self, at: datetime) -> bool:
        """Whether it can still be downloaded."""
        return bool(self.file) and self.until is not None and at < self.until
