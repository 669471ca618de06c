from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q


class HorlogeDeDemonstration(models.Model):
    """How far the demonstration's clock stands from the machine's: one row, read by web, worker and beat.

    Running: the portal's instant = the machine's + `offset`. Frozen: it is `frozen_at`, whatever the machine says.
    """

    offset = models.DurationField(default=timedelta)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "horloge de démonstration"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="horloge_is_alone")]

    def __str__(self) -> str:
        return f"gelée à {self.frozen_at}" if self.frozen_at else f"décalée de {self.offset}"

    @classmethod
    def current(cls) -> HorlogeDeDemonstration:
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def translate(self, instant: datetime) -> datetime:
        return self.frozen_at or instant + self.offset
