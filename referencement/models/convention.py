from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMModelMixin, transition

from candidatures.models import Candidature
from comptes.models import Compte
from comptes.models.state import StateField
from comptes.models.texts import LineField, SaidField
from comptes.rules.texts import LONGEST_MOTIF
from referencement.enums import ConventionState

State = ConventionState


class ConventionQuerySet(models.QuerySet["Convention"]):
    def living(self) -> ConventionQuerySet:
        return self.exclude(state=State.CANCELLED)

    def locked(self) -> ConventionQuerySet:
        return self.select_for_update(no_key=True, of=("self",))


class Convention(FSMModelMixin, models.Model):
    """The convention of a candidature: what it quotes is frozen in `data`, whose sha256 is its fingerprint.

    When what it quotes is no longer true, it is cancelled with the reason and another is prepared. A candidature has
    one convention at most that is not cancelled.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="conventions")
    number = models.PositiveSmallIntegerField("rang")
    state = StateField("état", default=State.DRAFTED, choices=State.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    template_version = LineField("version du modèle", max_length=20)
    data = models.JSONField("données figées")
    sha256 = LineField("empreinte", max_length=64)
    signatory = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    prepared_at = models.DateTimeField("préparée le")
    prepared_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("envoyée le", null=True, blank=True)
    sent_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    signed_at = models.DateTimeField("signée le", null=True, blank=True)
    signed_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    countersigned_at = models.DateTimeField("signée par l’ANS le", null=True, blank=True)
    countersigned_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)
    cancelled_by = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    cancelled_reason = SaidField("motif d’annulation", max_length=LONGEST_MOTIF, blank=True)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        constraints = [
            models.UniqueConstraint(fields=["candidature", "number"], name="convention_number_once"),
            models.UniqueConstraint(
                fields=["candidature"],
                condition=~Q(state=State.CANCELLED),
                name="convention_one_living",
                violation_error_message="Une convention est déjà en cours pour cette candidature.",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CANCELLED)
                | Q(state=State.DRAFTED, sent_at=None, signed_at=None, countersigned_at=None)
                | Q(state=State.SENT, sent_at__isnull=False, signatory__isnull=False, signed_at=None)
                | Q(state=State.SIGNED_BY_EDITEUR, signed_at__gte=F("sent_at"), countersigned_at=None)
                | Q(state=State.COUNTERSIGNED, signed_at__isnull=False, countersigned_at__gte=F("signed_at")),
                name="convention_bears_its_stamps",
                violation_error_message="L’état de la convention ne correspond pas à ses dates.",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="convention_signature_has_its_person",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CANCELLED, cancelled_at__isnull=False) & ~Q(cancelled_reason="")
                | Q(~Q(state=State.CANCELLED), cancelled_at=None, cancelled_reason=""),
                name="convention_cancelled_says_why",
                violation_error_message="Une convention annulée dit pourquoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"Convention n° {self.number} – {self.candidature_id}"

    @transition(field=state, source=State.DRAFTED, target=State.SENT)
    def send(self, *, to: Compte, by: Compte, at: datetime) -> None:
        self.signatory, self.sent_at, self.sent_by = to, at, by
        self.version += 1

    @transition(field=state, source=State.SENT, target=State.SIGNED_BY_EDITEUR)
    def sign(self, *, by: Compte, at: datetime) -> None:
        self.signed_at, self.signed_by = at, by
        self.version += 1

    @transition(field=state, source=State.SIGNED_BY_EDITEUR, target=State.COUNTERSIGNED)
    def countersign(self, *, by: Compte, at: datetime) -> None:
        self.countersigned_at, self.countersigned_by = at, by
        self.version += 1

    @transition(field=state, source=[State.DRAFTED, State.SENT, State.SIGNED_BY_EDITEUR], target=State.CANCELLED)
    def cancel(self, *, reason: str, by: Compte | None, at: datetime) -> None:
        """Cancel it; `by` is None when a sweep found that what it quotes is no longer true."""
        self.cancelled_at, self.cancelled_by, self.cancelled_reason = at, by, reason
        self.version += 1
