from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from candidatures.models import Candidature

from .document import Document


class AutorisationQuerySet(models.QuerySet["Autorisation"]):
    def living(self) -> AutorisationQuerySet:
        return self.filter(ended_at=None)


class Autorisation(models.Model):
    """The authorisation to use the CNDA's test environments, which follows the approval of the prerequisite chapitre.

    A candidature has one valid authorisation at most. It ends when that chapitre is reopened, and another is issued
    when the chapitre is approved again.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="autorisations")
    number = models.PositiveSmallIntegerField("rang")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="autorisation")
    approved_at = models.DateTimeField("chapitre validé le")
    issued_at = models.DateTimeField("émise le")
    ended_at = models.DateTimeField("ne vaut plus depuis le", null=True, blank=True)

    objects = AutorisationQuerySet.as_manager()

    class Meta:
        verbose_name = "autorisation d’accès aux tests du CNDA"
        verbose_name_plural = "autorisations d’accès aux tests du CNDA"
        constraints = [
            models.UniqueConstraint(fields=["candidature", "number"], name="autorisation_number_once"),
            models.UniqueConstraint(
                fields=["candidature"],
                condition=Q(ended_at=None),
                name="autorisation_one_stands",
                violation_error_message="Une autorisation vaut déjà pour cette candidature.",
            ),
            models.CheckConstraint(
                condition=Q(issued_at__gte=F("approved_at")) & (Q(ended_at=None) | Q(ended_at__gte=F("issued_at"))),
                name="autorisation_instants_follow",
                violation_error_message="Une autorisation suit la validation du chapitre, et finit après.",
            ),
        ]

    def __str__(self) -> str:
        return self.document.numero

    @property
    def address(self) -> str:
        return f"autorisation:{self.candidature.nru}/{self.number}"
