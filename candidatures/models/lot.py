from __future__ import annotations

from django.db import models
from django.db.models import Q

from candidatures.enums import GesteDeLot, LigneDeLotState
from comptes.models import Compte
from comptes.models.texts import ParagraphField

from .candidature import Candidature

WITH_A_REASON = (LigneDeLotState.REFUSED, LigneDeLotState.STOPPED)


class Lot(models.Model):
    """One act asked for many candidatures, done one by one; what stopped halfway is taken up again.

    :param params: what the act needs, the same for each candidature
    """

    geste = models.CharField("acte", max_length=20, choices=GesteDeLot)
    params = models.JSONField(default=dict)
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)

    class Meta:
        verbose_name = "lot"
        indexes = [models.Index(fields=["id"], condition=Q(finished_at=None), name="lot_unfinished")]

    def __str__(self) -> str:
        return f"lot {self.pk}"


class LigneDeLot(models.Model):
    """One candidature of a lot, and what became of it. `tries`: how many times its act failed.

    :param params: what the act needs for this candidature, such as who followed it when the lot was read
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="lignes")
    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField("état", max_length=10, choices=LigneDeLotState, default=LigneDeLotState.PENDING)
    reason = ParagraphField("pourquoi", max_length=2000, blank=True)
    done_at = models.DateTimeField("fait le", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("essais", default=0)

    class Meta:
        verbose_name = "ligne de lot"
        verbose_name_plural = "lignes de lots"
        constraints = [
            models.UniqueConstraint(fields=["lot", "candidature"], name="lot_holds_a_candidature_once"),
            models.CheckConstraint(
                condition=Q(state=LigneDeLotState.PENDING, done_at=None, reason="")
                | Q(state=LigneDeLotState.DONE, done_at__isnull=False, reason="")
                | (Q(state__in=WITH_A_REASON, done_at__isnull=False) & ~Q(reason="")),
                name="lot_line_says_what_became_of_it",
            ),
        ]
        indexes = [
            models.Index(fields=["lot", "id"], condition=Q(state=LigneDeLotState.PENDING), name="lot_line_to_do")
        ]

    def __str__(self) -> str:
        return f"{self.candidature_id} du lot {self.lot_id}"
