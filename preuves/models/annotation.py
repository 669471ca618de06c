from __future__ import annotations

from django.db import models

from comptes.models.texts import LineField

from .rem import VersionDuREM


class AnnotationDePreuve(models.Model):
    """What is known of a N° preuve besides the workbook, from the version that it was published with.

    It belongs to the dispositif: the row of the latest version that has one counts, even for a preuve that left the
    REM and comes back. Written once (a trigger checks it); a change is another row.

    `content` holds only what was given, among `nature`, `guichet`, `constat`, `sauf_profils`.
    """

    version = models.ForeignKey(VersionDuREM, on_delete=models.PROTECT, related_name="annotations")
    numero = LineField("N° preuve", max_length=60)
    content = models.JSONField("contenu")

    class Meta:
        verbose_name = "annotation de preuve"
        verbose_name_plural = "annotations de preuves"
        constraints = [
            models.UniqueConstraint(fields=["version", "numero"], name="annotation_once_in_a_version"),
            models.CheckConstraint(
                condition=~models.Q(content={}),
                name="annotation_is_not_empty",
                violation_error_message="Une annotation n’est pas vide.",
            ),
        ]

    def __str__(self) -> str:
        return self.numero
