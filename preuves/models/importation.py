from __future__ import annotations

from django.db import models

from candidatures.models import Dispositif
from candidatures.models.piece import private_storage
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.models.texts import LineField, ParagraphField, SaidField

from .equivalences import VersionDEquivalences
from .rem import VersionDuREM


def ends_once(name: str) -> tuple[models.CheckConstraint, models.CheckConstraint]:
    """Constraints of an import: it is published or thrown away, not both. `name`: the prefix of their names."""
    return (
        models.CheckConstraint(
            condition=models.Q(published=None) | models.Q(discarded_at=None),
            name=f"{name}_ends_once",
            violation_error_message="Un import publié ne s’abandonne plus.",
        ),
        models.CheckConstraint(
            condition=models.Q(discarded_by=None) | models.Q(discarded_at__isnull=False),
            name=f"{name}_discarded_has_its_instant",
            violation_error_message="Un import abandonné l’est à un instant.",
        ),
    )


class ImportDeClasseur(models.Model):
    """A workbook that an administrator sent, to be previewed, then published or thrown away."""

    workbook = models.FileField("classeur", storage=private_storage, max_length=200)
    workbook_name = SaidField("nom du classeur", max_length=150)
    date = models.DateField("version du")
    sent_at = models.DateTimeField("envoyé le")
    sent_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    discarded_at = models.DateTimeField("abandonné le", null=True, blank=True)
    # None when it was thrown away from a terminal.
    discarded_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_id: int | None

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.workbook_name} ({day_in_figures(self.date)})"

    @property
    def is_pending(self) -> bool:
        return self.published_id is None and self.discarded_at is None


class ImportDuREM(ImportDeClasseur):
    """A workbook of a REM; its natures can be corrected in the preview.

    `natures` are these corrections, nature by N° preuve; the rest is read again from the files. A large workbook is
    read by an effect: `lecture` is what it read, and `lecture_key` says of what (see `queries.imports.key_of`).
    """

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="imports_du_rem")
    annotations = ParagraphField("annotations (TOML)", blank=True)
    natures = models.JSONField("natures corrigées", default=dict, blank=True)
    large = models.BooleanField("à lire par un effet", default=False)
    lecture = models.FileField("lecture", storage=private_storage, max_length=200, blank=True)
    lecture_key = LineField("clé de la lecture", max_length=64, blank=True)
    published = models.OneToOneField(
        VersionDuREM, on_delete=models.PROTECT, related_name="imported_from", null=True, blank=True
    )

    class Meta:
        verbose_name = "import du REM"
        verbose_name_plural = "imports du REM"
        constraints = [*ends_once("rem_import")]

    @property
    def demarches(self) -> list[tuple[str, str]]:
        """The dispositif that it is of, under the heading that a list gives it."""
        return [("Démarche", self.dispositif.nom)]


class ImportDEquivalences(ImportDeClasseur):
    """A workbook of équivalences from one dispositif, `source`, to another, `cible`."""

    source = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="+")
    cible = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="+")
    published = models.OneToOneField(
        VersionDEquivalences, on_delete=models.PROTECT, related_name="imported_from", null=True, blank=True
    )

    class Meta:
        verbose_name = "import d’équivalences"
        verbose_name_plural = "imports d’équivalences"
        constraints = [
            *ends_once("equivalences_import"),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("cible")),
                name="equivalences_import_between_two",
                violation_error_message="Une table va d’une démarche à une autre.",
            ),
        ]

    @property
    def demarches(self) -> list[tuple[str, str]]:
        """The dispositifs that it joins, each under the heading that a list gives it."""
        return [("De", self.source.nom), ("Vers", self.cible.nom)]
