"""A candidature's thread, and what somebody has not read of it."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from candidatures.models import Candidature, LectureDeMessages, Message, MessagePiece
from comptes.models import Compte
from comptes.rules.figures import whole


def thread_of(candidature: Candidature) -> QuerySet[Message]:
    """Return the messages of a candidature, latest first, with their authors, files and corrections."""
    lines = Prefetch("lines", MessagePiece.objects.select_related("piece").order_by("rank"))
    corrections = Prefetch("corrections", Message.objects.order_by("pk"))
    messages = Message.objects.filter(candidature=candidature).select_related("author", "corrects")
    return messages.prefetch_related(lines, corrections).order_by("-pk")


def page_of_message(candidature: Candidature, typed: str, *, per_page: int) -> int:
    """Return the page of a thread, latest first, that holds a message (its pk, from an address); 1 when none does."""
    number = whole(typed, most=17)
    if number is None:
        return 1
    return Message.objects.filter(candidature=candidature, pk__gt=number).count() // per_page + 1


def with_read_upto(candidatures: QuerySet[Candidature, Any], compte: Compte) -> QuerySet[Any, Any]:
    """Annotate candidatures with `read_upto`, as the function of that name gives it."""
    read = LectureDeMessages.objects.filter(candidature=OuterRef("pk"), compte=compte).values("upto")[:1]
    return candidatures.annotate(read_upto=Coalesce(Subquery(read), 0, output_field=BigIntegerField()))


def read_upto(candidature: Candidature, compte: Compte) -> int:
    """Return the pk of the last message that this person has read; 0 when they have read none."""
    read = LectureDeMessages.objects.filter(candidature=candidature, compte=compte).values_list("upto", flat=True)
    return read.first() or 0


def with_unread_messages(candidatures: QuerySet[Candidature, Any], compte: Compte) -> QuerySet[Any, Any]:
    """Annotate candidatures with `unread_messages`: how many messages of others this person has not read."""
    read = LectureDeMessages.objects.filter(candidature=OuterRef("candidature"), compte=compte).values("upto")[:1]
    others = Message.objects.filter(candidature=OuterRef("pk")).exclude(author=compte)
    unread = others.annotate(read=Coalesce(Subquery(read), 0)).filter(pk__gt=F("read"))
    counted = unread.order_by().values("candidature").annotate(count=Count("pk")).values("count")
    return candidatures.annotate(unread_messages=Coalesce(Subquery(counted), 0))


def pieces_of_messages(candidature: Candidature) -> Q:
    """The condition on pièces: those that a message of that candidature holds, which both sides read."""
    return Q(pk__in=MessagePiece.objects.filter(message__candidature=candidature).values("piece"))
