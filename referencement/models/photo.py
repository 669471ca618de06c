from django.db import models
from django.db.models import Q

from candidatures.models import Candidature
from comptes.models.texts import LineField
from referencement.enums import TriDePhoto


class PhotoDEcheance(models.Model):
    """How one candidature stood when an échéance passed. Taken once for an instant, and written once.

    `data` is all that was there, and `sha256` its fingerprint. No column says when the photo was taken, so that the row
    is the same whenever that happens; the journal says it.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="photos")
    echeance = LineField("code de l’échéance", max_length=20)
    instant = models.DateTimeField("instant")
    sort = models.CharField("tri", max_length=10, choices=TriDePhoto)
    data = models.JSONField("données")
    sha256 = LineField("empreinte", max_length=64)

    class Meta:
        verbose_name = "photo d’échéance"
        verbose_name_plural = "photos d’échéance"
        constraints = [
            models.UniqueConstraint(fields=["candidature", "echeance", "instant"], name="photo_once_for_an_instant"),
            models.CheckConstraint(condition=Q(sort__in=TriDePhoto.values), name="photo_sort_is_known"),
        ]
        indexes = [models.Index(fields=["echeance", "sort", "id"], name="photo_by_echeance_and_sort")]

    def __str__(self) -> str:
        return f"{self.echeance}, {self.candidature_id}"
