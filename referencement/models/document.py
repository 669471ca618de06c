from __future__ import annotations

from django.db import models

from candidatures.models import Candidature
from candidatures.models.piece import FileReading, PrivateStorage, private_storage
from comptes.models import Compte
from comptes.models.texts import LineField
from referencement.enums import DocumentKind, FichierStage

from .college import Examen
from .convention import Convention
from .seance import SeanceDuCollege


class Document(models.Model):
    """One document that the portal issues: its number and the frozen data that it is printed from. Written once.

    The row is written in the transaction of the act. An effect prints the document later, and the file has its own row.
    """

    kind = models.CharField("nature", max_length=20, choices=DocumentKind)
    numero = LineField("numéro", max_length=60, unique=True)
    candidature = models.ForeignKey(
        Candidature, on_delete=models.PROTECT, related_name="documents", null=True, blank=True
    )
    convention = models.OneToOneField(
        Convention, on_delete=models.PROTECT, related_name="document", null=True, blank=True
    )
    examen = models.ForeignKey(Examen, on_delete=models.PROTECT, related_name="documents", null=True, blank=True)
    seance = models.ForeignKey(
        SeanceDuCollege, on_delete=models.PROTECT, related_name="documents", null=True, blank=True
    )
    template_version = LineField("version du modèle", max_length=20)
    data = models.JSONField("données figées")
    sha256 = LineField("empreinte des données", max_length=64)
    issued_at = models.DateTimeField("émis le")
    issued_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "document"
        constraints = [
            models.UniqueConstraint(fields=["examen", "kind"], name="document_once_an_examen"),
            models.UniqueConstraint(fields=["seance", "kind"], name="document_once_a_seance"),
        ]

    def __str__(self) -> str:
        return self.numero


class FichierDeDocument(models.Model):
    """A stored file of a document: served as it is. Written once."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="fichiers")
    stage = models.CharField("étape", max_length=20, choices=FichierStage)
    file = models.FileField("fichier", storage=private_storage, max_length=200)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = LineField("empreinte", max_length=64, db_index=True)
    produced_at = models.DateTimeField("produit le")

    class Meta:
        verbose_name = "fichier de document"
        verbose_name_plural = "fichiers de document"
        constraints = [models.UniqueConstraint(fields=["document", "stage"], name="document_file_once_a_stage")]

    def __str__(self) -> str:
        return f"{self.document_id} ({self.stage})"

    def read(self) -> FileReading:
        return PrivateStorage().read(str(self.file.name), start=0, length=self.size)
