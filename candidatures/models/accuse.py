from __future__ import annotations

from django.db import models

from candidatures.enums import AccuseKind
from comptes.models import Compte
from comptes.models.texts import LineField

from .candidature import Candidature
from .piece import FileReading, PrivateStorage, private_storage


class Accuse(models.Model):
    """An accusé de dépôt: the content of one submission, written in its transaction and never rewritten.

    `address` and `number` identify the submission, of a volet or of a chapitre. An effect prints it; the file is
    another row.
    """

    numero = LineField("numéro", max_length=30, unique=True)
    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="accuses")
    kind = models.CharField("nature", max_length=10, choices=AccuseKind)
    address = LineField("objet", max_length=200)
    number = models.PositiveSmallIntegerField("numéro de la soumission")
    template_version = LineField("version du modèle", max_length=20)
    data = models.JSONField("données figées")
    sha256 = LineField("empreinte des données", max_length=64, db_index=True)
    issued_at = models.DateTimeField("délivré le")
    issued_to = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "accusé de dépôt"
        verbose_name_plural = "accusés de dépôt"
        constraints = [models.UniqueConstraint(fields=["address", "number"], name="accuse_once_a_submission")]

    def __str__(self) -> str:
        return self.numero


class ImpressionDAccuse(models.Model):
    """The PDF of an accusé, served as it is. Written once."""

    accuse = models.OneToOneField(Accuse, on_delete=models.PROTECT, related_name="impression")
    file = models.FileField("fichier", storage=private_storage, max_length=200)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = LineField("empreinte", max_length=64, db_index=True)
    produced_at = models.DateTimeField("imprimé le")

    class Meta:
        verbose_name = "impression d’accusé"
        verbose_name_plural = "impressions d’accusé"

    def __str__(self) -> str:
        return f"impression de {self.accuse_id}"

    def read(self) -> FileReading:
        return PrivateStorage().read(str(self.file.name), start=0, length=self.size)
