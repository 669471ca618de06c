"""The list of somebody's notifications: its tabs, what finds one, its natures and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace, Upper
from django.db.models.lookups import Contains

from comptes import notices
from comptes.enums import NoticeState
from comptes.models import Compte, Notice
from comptes.models.sorting import name_holds
from comptes.rules.readings import compact
from comptes.rules.texts import key

VUES = {"": "Toutes", "non-lues": "Non lues", "non-remises": "E-mails non remis"}
LATEST = "-date"
ORDERS = {"date": "posted_at"}
READABLE = (NoticeState.SENT, NoticeState.KEPT)
# The signs from which a text may be a part of an NRU.
LEAST = 5


def notifications_of(compte: Compte) -> QuerySet[Notice]:
    """Every notification of this person, latest first, except those about an éditeur that they left."""
    return Notice.objects.filter(compte=compte, withdrawn_from=None).order_by("-posted_at", "-pk")


def in_vue(reader: Compte, vue: str) -> QuerySet[Notice]:
    """Return the notifications of one tab (`VUES`), in no order."""
    rows = notifications_of(reader).order_by()
    match vue:
        case "non-lues":
            return rows.filter(state__in=READABLE, read_at=None)
        case "non-remises":
            return rows.filter(Q(state=NoticeState.FAILED) | Q(bounced_at__isnull=False))
    return rows


def saying(text: str) -> Q:
    """Keep the notifications whose subject, or nature, holds every word of a text, or the NRU that was pasted."""
    if not text:
        return Q()
    return Q(*map(_with_word, text.split())) | _with_number(text)


def _with_word(word: str) -> Q:
    kinds = [kind.code for kind in notices.every_kind() if key(word) in key(kind.label)]
    return Q(name_holds("subject", word)) | Q(kind__in=kinds)


def _with_number(text: str) -> Q:
    """Keep the subjects that hold a text once the dashes and spaces of both are left out, when it may be an NRU."""
    number = compact(text).removeprefix("NRU")
    if sum(sign.isdigit() for sign in number) < LEAST:
        return Q(pk__in=[])
    bare = Replace(Upper("subject"), Value("-"), Value(""))
    return Q(Contains(bare, Value(number)))


def natures_of(reader: Compte) -> Mapping[str, str]:
    """Return the natures of the notifications that somebody received, by code, in order of label."""
    codes = set(in_vue(reader, "").order_by("kind").values_list("kind", flat=True).distinct())
    return {kind.code: kind.label for kind in notices.every_kind() if kind.code in codes}


def notices_in_order(keys: Sequence[int]) -> list[Notice]:
    """Read these notifications (pk), in that order, in one query."""
    rows = {notice.pk: notice for notice in Notice.objects.filter(pk__in=keys).order_by("pk")}
    return [rows[pk] for pk in keys if pk in rows]
