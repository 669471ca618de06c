from __future__ import annotations

from typing import Any

from django.db import models

from .texts import LineField, SaidField


class Battement(models.Model):
    """When the workers of a queue last finished something: an old instant shows that they hang."""

    queue = LineField("file", max_length=20, primary_key=True)
    task = LineField("tâche", max_length=120)
    finished_at = models.DateTimeField("terminée à")

    class Meta:
        verbose_name = "battement"

    def __str__(self) -> str:
        return f"{self.queue} {self.finished_at:%H:%M:%S}"


class Echec(models.Model):
    """A task that failed, with its arguments; deleted when the same task succeeds."""

    task = LineField("tâche", max_length=120)
    arguments: Any = models.JSONField("données", default=list)
    reason = SaidField("raison", max_length=300)
    count = models.PositiveIntegerField("fois", default=1)
    first_at = models.DateTimeField("depuis")
    last_at = models.DateTimeField("en dernier")

    class Meta:
        verbose_name = "échec"
        constraints = [models.UniqueConstraint(fields=["task", "arguments"], name="echec_once_a_work")]
        indexes = [models.Index(fields=["-last_at", "-id"], name="echec_latest_first")]

    def __str__(self) -> str:
        return f"{self.task} {self.arguments}"
