from __future__ import annotations

from django.db import models

from candidatures.models import Dispositif
from candidatures.models.piece import private_storage
from comptes.models import Compte

from .rem import VersionDuREM


class ImportDuREM(models.Model):
    """A workbook that an administrator sent, to be previewed, corrected, then published.

    `natures` are the corrections made in the preview, nature by N° preuve; the rest is read again from the files.
    """

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="imports_du_rem")
    workbook = models.FileField("classeur", storage=private_storage, max_length=200)
    workbook_name = models.CharField("nom du classeur", max_length=150)
    annotations = models.TextField("annotations (TOML)", blank=True)
    date = models.DateField("version du")
    natures = models.JSONField("natures corrigées", default=dict, blank=True)
    sent_at = models.DateTimeField("envoyé le")
    sent_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    published = models.OneToOneField(
        VersionDuREM, on_delete=models.PROTECT, related_name="imported_from", null=True, blank=True
    )

    class Meta:
        verbose_name = "import du REM"
        verbose_name_plural = "imports du REM"

    def __str__(self) -> str:
        return f"{self.workbook_name} ({self.date:%d/%m/%Y})"
