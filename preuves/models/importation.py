from __future__ import annotations

from django.db import models

from candidatures.models import Dispositif
from candidatures.models.piece import private_storage
from comptes.models import Compte
from comptes.models.texts import ParagraphField, SaidField

from .rem import VersionDuREM


class ImportDuREM(models.Model):
    """A workbook that an administrator sent, to be previewed, corrected, then published or thrown away.

    `natures` are the corrections made in the preview, nature by N° preuve; the rest is read again from the files.
    """

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="imports_du_rem")
    workbook = models.FileField("classeur", storage=private_storage, max_length=200)
    workbook_name = SaidField("nom du classeur", max_length=150)
    annotations = ParagraphField("annotations (TOML)", blank=True)
    date = models.DateField("version du")
    natures = models.JSONField("natures corrigées", default=dict, blank=True)
    sent_at = models.DateTimeField("envoyé le")
    sent_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    published = models.OneToOneField(
        VersionDuREM, on_delete=models.PROTECT, related_name="imported_from", null=True, blank=True
    )
    discarded_at = models.DateTimeField("abandonné le", null=True, blank=True)
    # Nobody when it was thrown away from a terminal.
    discarded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = "import du REM"
        verbose_name_plural = "imports du REM"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published=None) | models.Q(discarded_at=None),
                name="rem_import_ends_once",
                violation_error_message="Un import publié ne s’abandonne plus.",
            ),
            models.CheckConstraint(
                condition=models.Q(discarded_by=None) | models.Q(discarded_at__isnull=False),
                name="rem_import_discarded_has_its_instant",
                violation_error_message="Un import abandonné l’est à un instant.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workbook_name} ({self.date:%d/%m/%Y})"

    @property
    def is_pending(self) -> bool:
        return self.published_id is None and self.discarded_at is None
