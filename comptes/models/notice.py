from __future__ import annotations

from django.db import models
from django.db.models import Q

from comptes.enums import NoticeState

from .compte import Compte


class Notice(models.Model):
    """A message that must not be lost: a row written with the act, delivered later by an effect."""

    kind = models.CharField("nature", max_length=60)
    address = models.CharField("objet", max_length=200)
    occurrence = models.CharField("occurrence", max_length=80, blank=True)
    email = models.EmailField("destinataire")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="notices", null=True, blank=True)
    posted_at = models.DateTimeField("posté à")
    state = models.CharField("état", max_length=12, choices=NoticeState, default=NoticeState.PENDING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_attempt_at = models.DateTimeField("prochain essai à")
    last_error = models.CharField("dernière erreur", max_length=300, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    sent_at = models.DateTimeField("envoyé à", null=True, blank=True)

    class Meta:
        verbose_name = "avis"
        constraints = [
            models.UniqueConstraint(fields=["kind", "address", "occurrence", "email"], name="notice_once_per_person"),
            models.CheckConstraint(
                condition=Q(state=NoticeState.SENT, sent_at__isnull=False)
                | (~Q(state=NoticeState.SENT) & Q(sent_at=None)),
                name="notice_sent_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state=NoticeState.PENDING), name="notice_still_to_send"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.address} → {self.email}"
