from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from candidatures.models import Dispositif
from comptes.models.texts import LineField


class DureeObservee(models.Model):
    """How long one kind of step of the path has lasted in a dispositif: half of the cases lie between `low` and `high`.

    A sweep measures it. The pages that forecast read it, so that all say the same.

    :param cases: how many were measured, the latest ones
    :param recent: how many ended in the last 28 days
    """

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="durees_observees")
    kind = LineField("étape", max_length=30)
    cases = models.PositiveIntegerField("cas")
    recent = models.PositiveIntegerField("cas récents")
    low = models.DurationField("premier quartile")
    median = models.DurationField("médiane")
    high = models.DurationField("troisième quartile")
    measured_at = models.DateTimeField("mesurée le")

    class Meta:
        verbose_name = "durée observée"
        verbose_name_plural = "durées observées"
        constraints = [
            models.UniqueConstraint(fields=["dispositif", "kind"], name="duree_once_for_a_kind"),
            models.CheckConstraint(
                condition=Q(cases__gt=0, median__gte=F("low"), high__gte=F("median")), name="duree_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispositif_id} {self.kind}"
