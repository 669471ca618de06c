from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from candidatures.enums import Camp
from comptes.models import Compte
from comptes.models.texts import LineField, ParagraphField

from .candidature import Candidature
from .piece import Piece


class Message(models.Model):
    """One message of a candidature's thread, never rewritten: a correction is a new message that points at it.

    `mentions` are addresses (`champ:eligibilite.nil`, `exigence:SC.INS/va1.36`). `token` is that of its form: the same
    form posted twice is one message.
    """

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    camp = models.CharField("côté", max_length=10, choices=Camp)
    text = ParagraphField("message", max_length=10_000)
    mentions = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="corrections", null=True, blank=True, verbose_name="corrige"
    )
    pieces = models.ManyToManyField(Piece, through="MessagePiece", related_name="messages")
    token = LineField(max_length=40)
    sent_at = models.DateTimeField("envoyé le")

    class Meta:
        verbose_name = "message"
        constraints = [
            models.UniqueConstraint(fields=["author", "token"], name="message_posted_once"),
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
            models.CheckConstraint(condition=Q(camp__in=Camp.values), name="message_camp_is_known"),
        ]
        indexes = [models.Index(fields=["candidature", "id"], name="message_in_order")]

    def __str__(self) -> str:
        return f"message {self.pk} de {self.candidature_id}"

    @property
    def address(self) -> str:
        return f"message:{self.pk}"


class MessagePiece(models.Model):
    """One file of a message."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="lines")
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "fichier d’un message"
        verbose_name_plural = "fichiers d’un message"
        constraints = [models.UniqueConstraint(fields=["message", "rank"], name="message_piece_rank_once")]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.rank}"


class LectureDeMessages(models.Model):
    """The last message that somebody has read in a candidature's thread."""

    candidature = models.ForeignKey(Candidature, on_delete=models.PROTECT, related_name="lectures")
    compte = models.ForeignKey(Compte, on_delete=models.PROTECT, related_name="+")
    upto = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField("lu le")

    class Meta:
        verbose_name = "lecture de messages"
        verbose_name_plural = "lectures de messages"
        constraints = [models.UniqueConstraint(fields=["candidature", "compte"], name="lecture_once_a_person")]

    def __str__(self) -> str:
        return f"{self.compte_id} jusqu’à {self.upto_id}"
