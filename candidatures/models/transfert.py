from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from comptes.models import Compte, Editeur
from comptes.models.texts import ParagraphField

from .produit import Produit


class TransfertQuerySet(models.QuerySet["Transfert"]):
    def pending(self) -> TransfertQuerySet:
        return self.filter(decided_at=None)


class Transfert(models.Model):
    """A solution that passes to another company: one person of the ANS proposes it, another approves or refuses.

    :param approved: None until it is decided
    """

    produit = models.ForeignKey(Produit, on_delete=models.PROTECT, related_name="transferts")
    source = models.ForeignKey(Editeur, on_delete=models.PROTECT, related_name="+", verbose_name="ancien éditeur")
    cible = models.ForeignKey(Editeur, on_delete=models.PROTECT, related_name="+", verbose_name="nouvel éditeur")
    motive = ParagraphField("motif", max_length=1000)
    proposed_at = models.DateTimeField("proposé le")
    proposed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    approved = models.BooleanField("approuvé", null=True, blank=True)

    objects = TransfertQuerySet.as_manager()

    class Meta:
        verbose_name = "transfert d’une solution"
        verbose_name_plural = "transferts de solutions"
        constraints = [
            models.UniqueConstraint(
                fields=["produit"],
                condition=Q(decided_at=None),
                name="transfert_one_at_a_time",
                violation_error_message="Un transfert de cette solution attend déjà une décision.",
            ),
            models.CheckConstraint(condition=~Q(source=F("cible")), name="transfert_between_two"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, approved=None)
                | Q(decided_at__gte=F("proposed_at"), decided_by__isnull=False, approved=False)
                | Q(~Q(decided_by=F("proposed_by")), decided_at__gte=F("proposed_at"), approved=True),
                name="transfert_approved_by_another",
                violation_error_message="Une autre personne que celle qui le propose approuve un transfert.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.produit_id}\u00a0: {self.source_id} → {self.cible_id}"

    @property
    def address(self) -> str:
        """The address of what the new company reads of it."""
        return f"transfert:{self.pk}"

    @property
    def address_for_source(self) -> str:
        """The address of what the former company reads of it: whoever leaves that company reads it no longer."""
        return f"cession:{self.pk}"
