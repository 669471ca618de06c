from __future__ import annotations

from django.db import models
from django.db.models import Q

from comptes.enums import NoticeState, NotificationMode, PorteeDAvis

from .compte import Compte
from .editeur import Editeur
from .texts import LineField, SaidField, SaidTextField


class Recueil(models.Model):
    """The one message that gathers what somebody chose to read once a day; `day` is civil, in Paris."""

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="recueils")
    day = models.DateField("jour")
    message_id = LineField(max_length=120, unique=True)
    sent_at = models.DateTimeField("envoyé à", null=True, blank=True)

    class Meta:
        verbose_name = "résumé quotidien"
        verbose_name_plural = "résumés quotidiens"
        constraints = [models.UniqueConstraint(fields=["compte", "day"], name="recueil_once_a_day")]

    def __str__(self) -> str:
        return f"{self.compte_id} le {self.day}"


class PreferenceDAvis(models.Model):
    """How somebody wants to receive one kind of notification; without a row, as its kind says.

    :param portee: about which candidatures, for the people of the ANS and the kinds that they subscribe to
    """

    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="preferences")
    kind = LineField("nature", max_length=60)
    mode = models.CharField("manière", max_length=10, choices=NotificationMode)
    portee = models.CharField("candidatures", max_length=10, choices=PorteeDAvis, default=PorteeDAvis.FOLLOWED)

    class Meta:
        verbose_name = "préférence d’avis"
        verbose_name_plural = "préférences d’avis"
        constraints = [
            models.UniqueConstraint(fields=["compte", "kind"], name="preference_once_a_kind"),
            models.CheckConstraint(condition=Q(mode__in=NotificationMode.values), name="preference_mode_is_known"),
            models.CheckConstraint(condition=Q(portee__in=PorteeDAvis.values), name="preference_portee_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.compte_id} {self.kind} ({self.mode})"


class Notice(models.Model):
    """A message that must not be lost: a row written with the act, delivered later by an effect.

    `subject` and `body` are what left, or was kept in the portal; empty of a kind that bears a secret. `bounced_at`: a
    mail server gave it back after it left. `withdrawn_from`: the éditeur that it speaks of, and that its reader left
    since: they no longer read it.
    """

    kind = LineField("nature", max_length=60)
    address = LineField("objet", max_length=200)
    occurrence = LineField("occurrence", max_length=80, blank=True)
    email = models.EmailField("destinataire")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="notices", null=True, blank=True)
    posted_at = models.DateTimeField("posté à")
    state = models.CharField("état", max_length=12, choices=NoticeState, default=NoticeState.PENDING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_attempt_at = models.DateTimeField("prochain essai à")
    last_error = SaidField("dernière erreur", max_length=300, blank=True)
    message_id = LineField(max_length=120, unique=True)
    sent_at = models.DateTimeField("envoyé à", null=True, blank=True)
    subject = SaidField("objet du message", max_length=250, blank=True)
    body = SaidTextField("texte", blank=True)
    recueil = models.ForeignKey(Recueil, on_delete=models.PROTECT, related_name="notices", null=True, blank=True)
    read_at = models.DateTimeField("lu à", null=True, blank=True)
    bounced_at = models.DateTimeField("revenu à", null=True, blank=True)
    withdrawn_from = models.ForeignKey(
        Editeur, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="éditeur quitté"
    )

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
            ),
            models.Index(
                fields=["email", "posted_at", "id"],
                condition=Q(state=NoticeState.PENDING),
                name="notice_in_order_for_each",
            ),
            models.Index(fields=["compte"], condition=Q(state=NoticeState.GROUPED), name="notice_to_be_grouped"),
            models.Index(fields=["compte", "-posted_at", "-id"], name="notice_of_somebody"),
            models.Index(
                fields=["compte"],
                condition=Q(state__in=[NoticeState.SENT, NoticeState.KEPT], read_at=None),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.address} → {self.email}"

    @property
    def is_unread(self) -> bool:
        return self.read_at is None and self.state in (NoticeState.SENT, NoticeState.KEPT)
