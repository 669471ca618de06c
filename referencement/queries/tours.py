"""Whose turn it is, of one candidature or of many: annotated where the candidature is read, at no query of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from candidatures.enums import Camp, CandidatureState, DemandeState, VoletState
from candidatures.models import Candidature, Demande, Message, Volet
from candidatures.queries import with_unread_messages
from comptes.models import Compte
from comptes.queries import count_unreachable
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from preuves.models.chapitre import WAITING
from referencement.rules import Echanges, Tour, tour

COLUMNS = ("volet_submitted_at", "chapitre_submitted_at", "message_at", "demande_asked_at", "chapitre_returned_at")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a line of a list says of the exchanges of one candidature, to who reads it.

    :param unread: how many messages of others this reader has not read
    :param unreachable: how many people of the éditeur receive nothing any more
    """

    state: CandidatureState
    tour: Tour | None
    unread: int
    unreachable: int


def with_exchanges(candidatures: QuerySet[Candidature, Any]) -> QuerySet[Candidature, Any]:
    """Annotate each candidature with what `tour_of` reads, and how many people of the éditeur are `unreachable`."""
    volets = Volet.objects.filter(candidature=OuterRef("pk"), state=VoletState.SUBMITTED)
    demandes = Demande.objects.filter(volet__candidature=OuterRef("pk"), state=DemandeState.ASKED)
    chapitres = Chapitre.objects.filter(dossier__candidature=OuterRef("pk"))
    by_ans = Message.objects.filter(candidature=OuterRef("candidature"), camp=Camp.ANS).order_by("-pk").values("pk")[:1]
    since = Message.objects.filter(candidature=OuterRef("pk"), camp=Camp.EDITEUR)
    unanswered = since.annotate(answered=Coalesce(Subquery(by_ans), Value(0))).filter(pk__gt=F("answered"))
    return candidatures.annotate(
        volet_submitted_at=_oldest(volets, "candidature", "submitted_at"),
        chapitre_submitted_at=_oldest(chapitres.filter(state__in=WAITING), "dossier__candidature", "submitted_at"),
        message_at=_oldest(unanswered, "candidature", "sent_at"),
        demande_asked_at=_oldest(demandes, "volet__candidature", "asked_at"),
        chapitre_returned_at=_oldest(
            chapitres.filter(state=ChapitreState.RETURNED), "dossier__candidature", "concluded_at"
        ),
        unreachable=count_unreachable(OuterRef("produit__editeur")),
    )


def tour_of(candidature: Candidature) -> Tour | None:
    """Whose turn it is, of a candidature that was read `with_exchanges`; no query."""
    return _tour(candidature.state, {name: getattr(candidature, name) for name in COLUMNS})


def exchanges_of(candidature_ids: Iterable[int], reader: Compte) -> dict[int, Exchange]:
    """The same for several candidatures, and what this reader has not read of each, in one query."""
    asked = Candidature.objects.filter(pk__in=list(candidature_ids)).order_by("pk")
    read = with_unread_messages(with_exchanges(asked), reader)
    rows = read.values_list("pk", "state", "unread_messages", "unreachable", *COLUMNS)
    return {
        pk: Exchange(CandidatureState(state), _tour(state, dict(zip(COLUMNS, since, strict=True))), unread, unreachable)
        for pk, state, unread, unreachable, *since in rows
    }


def _tour(state: str, since: dict[str, datetime | None]) -> Tour | None:
    return tour(Echanges(state == CandidatureState.OPEN, **since))


def _oldest(rows: QuerySet[Any, Any], candidature: str, instant: str) -> Subquery:
    """The oldest of these instants, in the candidature that `rows` are filtered by."""
    grouped = rows.order_by().values(candidature).annotate(oldest=Min(instant)).values("oldest")
    return Subquery(grouped, output_field=DateTimeField(null=True))
