from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_fsm import FSMField

from candidatures.enums import CandidatureState
from comptes.models import Compte

from .dispositif import Charte, Dispositif
from .produit import Produit


class CandidatureQuerySet(models.QuerySet["Candidature"]):
    def visible_to(self, compte: Compte) -> CandidatureQuerySet:
        if compte.is_ans:
            return self
        return self.filter(produit__in=Produit.objects.visible_to(compte))

    def locked(self) -> CandidatureQuerySet:
        return self.select_for_update(no_key=True, of=("self",))

    def with_names(self) -> CandidatureQuerySet:
        return self.select_related("produit__editeur", "dispositif")


class Candidature(models.Model):
    """A product that is a candidate to one dispositif, under its numéro unique (NRU)."""

    nru = models.CharField("numéro unique de candidature (NRU)", max_length=40, unique=True)
    produit = models.ForeignKey(Produit, on_delete=models.PROTECT, related_name="candidatures")
    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="candidatures")
    state = FSMField("état", default=CandidatureState.OPEN, choices=CandidatureState.choices, protected=True)
    opened_at = models.DateTimeField("ouverte le")
    opened_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        constraints = [
            models.UniqueConstraint(
                fields=["produit", "dispositif"],
                name="candidature_once_for_a_product",
                violation_error_message="Ce produit est déjà rattaché à cette démarche.",
            ),
            models.CheckConstraint(condition=Q(state__in=CandidatureState.values), name="candidature_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.nru

    @property
    def chain(self) -> str:
        """The name of this candidature's chain in the journal."""
        return f"candidature:{self.nru}"


class AcceptationDeCharte(models.Model):
    """A person who may engage the éditeur accepted one version of the charte for one candidature."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="acceptations")
    charte = models.ForeignKey(Charte, on_delete=models.PROTECT, related_name="acceptations")
    accepted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField("acceptée le")

    class Meta:
        verbose_name = "acceptation de la charte"
        constraints = [
            models.UniqueConstraint(fields=["candidature", "charte"], name="charte_accepted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.charte_id} acceptée par {self.accepted_by}"
