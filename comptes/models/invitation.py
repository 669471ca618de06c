from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from comptes.enums import Role

from .compte import Compte
from .editeur import Editeur
from .texts import LineField


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self, *, at: datetime) -> InvitationQuerySet:
        return self.filter(accepted_at=None, cancelled_at=None, expires_at__gt=at)

    def locked(self) -> InvitationQuerySet:
        return self.select_for_update(no_key=True, of=("self",))


class Invitation(models.Model):
    """A seat offered by e-mail. The link shows a page; only a click on that page takes the seat."""

    editeur = models.ForeignKey(Editeur, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("adresse e-mail")
    role = models.CharField("rôle", max_length=20, choices=Role)
    may_engage = models.BooleanField("peut engager l’éditeur", default=False)
    token = LineField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField("invité le")
    expires_at = models.DateTimeField("expire le")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    accepted_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["editeur", "email"],
                condition=Q(accepted_at=None, cancelled_at=None),
                name="invitation_once_at_a_time",
                violation_error_message="Cette adresse a déjà une invitation en cours.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(cancelled_at=None), name="invitation_accepted_or_cancelled_not_both"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.get_role_display()} – {self.editeur}"
