"""The lists of volets, of conventions and of threads: their tabs, their orders and their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import Truncator

from candidatures.enums import Camp, CandidatureState, VoletKind, VoletState
from candidatures.models import Message, Volet
from candidatures.queries.worklists import (
    DUE,
    DossierLine,
    Etagere,
    Pile,
    by_due_date,
    cells_of,
    in_order,
    of_dossier,
    piles_of_the_ans,
)
from comptes.dates import day_in_figures
from comptes.models.prepared import IDS, Prepared
from comptes.rules import ages
from referencement.enums import ConventionState, ObjetDAttente
from referencement.models import Convention, TourProjete

WAY = "candidature__"
_OPEN = Q(candidature__state=CandidatureState.OPEN)
_TO_READ = _OPEN & Q(state=VoletState.SUBMITTED)
VOLETS = Etagere(
    rows=Volet.objects.order_by(),
    way=WAY,
    piles=(
        *piles_of_the_ans(_TO_READ),
        Pile("ans", "À l’ANS", _TO_READ),
        Pile("editeur", "À l’éditeur", _OPEN & Q(state__in=[VoletState.DRAFT, VoletState.COMPLEMENT_REQUESTED])),
        Pile("clos", "Recevables", Q(state=VoletState.ADMITTED)),
        Pile("", "Tous", is_counted=False),
    ),
    columns={"volet": "kind", "etat": "state"},
    orders={"attente": "submitted_at", DUE: by_due_date(WAY)},
    usual="attente",
)


# A few rows, whatever the number of conventions: the ANS has them to sign.
_TO_COUNTERSIGN = Q(
    candidature__in=TourProjete.objects.filter(
        ans_objets__contains=[ObjetDAttente.CONVENTION_TO_COUNTERSIGN.value]
    ).values("candidature")
)
_SIGNED = _OPEN & Q(state=ConventionState.SIGNED_BY_EDITEUR)
_WITH_THE_ANS = (_OPEN & Q(state=ConventionState.DRAFTED)) | (_SIGNED & _TO_COUNTERSIGN)
CONVENTIONS = Etagere(
    rows=Convention.objects.order_by(),
    way=WAY,
    piles=(
        *piles_of_the_ans(_WITH_THE_ANS),
        Pile("ans", "À l’ANS", _WITH_THE_ANS),
        Pile("editeur", "À l’éditeur", _OPEN & Q(state=ConventionState.SENT)),
        Pile("college", "Attendent le collège", _SIGNED & ~_TO_COUNTERSIGN),
        Pile("closes", "Closes", Q(state__in=[ConventionState.COUNTERSIGNED, ConventionState.CANCELLED])),
        Pile("", "Toutes", is_counted=False),
    ),
    columns={"etat": "state"},
    orders={"attente": "prepared_at", DUE: by_due_date(WAY)},
    usual="attente",
)
_TO_ANSWER = _OPEN & Q(camp=Camp.EDITEUR)
MESSAGES = Etagere(
    rows=Message.objects.filter(
        ~Exists(Message.objects.filter(candidature=OuterRef("candidature"), pk__gt=OuterRef("pk")))
    ).order_by(),
    way=WAY,
    piles=(
        *piles_of_the_ans(_TO_ANSWER),
        Pile("ans", "À l’ANS", _TO_ANSWER),
        Pile("editeur", "À l’éditeur", _OPEN & Q(camp=Camp.ANS)),
        Pile("", "Tous", is_counted=False),
    ),
    columns={"de": "camp"},
    orders={"attente": "sent_at", DUE: by_due_date(WAY)},
    usual="attente",
)


def volet_lines(keys: Sequence[int], at: datetime) -> list[DossierLine]:
    """Read the lines of these volets (pk), in that order, in one query."""
    return in_order(keys, _volets(keys, at))


def _volets(keys: Sequence[int], at: datetime) -> Iterator[tuple[int, DossierLine]]:
    for pk, kind, state, submitted_at, due_at, *dossier in _VOLETS.ask(volets=list(keys)):
        cells = cells_of(*dossier)
        is_read = state == VoletState.ADMITTED
        yield (
            pk,
            DossierLine(
                what="Volet",
                label=str(VoletKind(kind).label),
                detail="",
                path=reverse("candidatures:volet_review", args=[cells["nru"], kind]),
                **cells,
                state=state,
                state_label=str(VoletState(state).label),
                note="",
                since_label="Soumis depuis",
                since=ages.on(submitted_at) if is_read else ages.waiting(submitted_at, at=at),
                due=None if is_read else ages.due(due_at, at=at),
                has_due=True,
            ),
        )


_VOLETS = Prepared(
    lambda volets: (
        Volet.objects.filter(pk__among=volets)
        .order_by("pk")
        .values_list("pk", "kind", "state", "submitted_at", f"{WAY}tour__due_at", *of_dossier(WAY))
    ),
    volets=IDS,
)


def convention_lines(keys: Sequence[int], at: datetime) -> list[DossierLine]:
    """Read the lines of these conventions (pk), in that order, in one query."""
    return in_order(keys, _conventions(keys, at))


def _conventions(keys: Sequence[int], at: datetime) -> Iterator[tuple[int, DossierLine]]:
    for pk, number, state, prepared_at, *moves, due_at, nru, produit, editeur, first, last in _CONVENTIONS.ask(
        conventions=list(keys)
    ):
        latest = max(filter(None, moves), default=None)
        is_over = state in (ConventionState.COUNTERSIGNED, ConventionState.CANCELLED)
        yield (
            pk,
            DossierLine(
                what="Convention",
                label=f"CONV-{nru}-{number}",
                detail="",
                path=reverse("referencement:convention", args=[nru]),
                **cells_of(nru, produit, editeur, first, last),
                state=state,
                state_label=str(ConventionState(state).label),
                note=day_in_figures(latest) if latest else "",
                since_label="Préparée depuis",
                since=ages.on(prepared_at) if is_over else ages.waiting(prepared_at, at=at),
                due=None if is_over else ages.due(due_at, at=at),
                has_due=True,
            ),
        )


_MOVES = ("sent_at", "signed_at", "countersigned_at", "cancelled_at")
_CONVENTIONS = Prepared(
    lambda conventions: (
        Convention.objects.filter(pk__among=conventions)
        .order_by("pk")
        .values_list("pk", "number", "state", "prepared_at", *_MOVES, f"{WAY}tour__due_at", *of_dossier(WAY))
    ),
    conventions=IDS,
)


def to_prepare() -> int:
    """Count the candidatures whose convention the ANS has to prepare."""
    waits = [ObjetDAttente.CONVENTION_TO_PREPARE.value]
    return TourProjete.objects.filter(ans_objets__contains=waits).count()


def message_lines(keys: Sequence[int], at: datetime) -> list[DossierLine]:
    """Read the lines of these threads, each by its last message (pk), in that order, in one query."""
    return in_order(keys, _messages(keys, at))


def _messages(keys: Sequence[int], at: datetime) -> Iterator[tuple[int, DossierLine]]:
    for pk, camp, text, sent_at, author_first, author_last, due_at, *dossier in _MESSAGES.ask(messages=list(keys)):
        cells = cells_of(*dossier)
        waits = camp == Camp.EDITEUR
        line = " ".join(text.split())
        yield (
            pk,
            DossierLine(
                what="Dernier message",
                label=Truncator(line).chars(SHOWN),
                detail=Truncator(line).chars(POINTED_AT),
                path=reverse("referencement:messages", args=[cells["nru"]]),
                **cells,
                state="pending" if waits else "neutral",
                state_label="À répondre" if waits else "Répondu",
                note=f"{author_first} {author_last}",
                since_label="Envoyé depuis",
                since=ages.waiting(sent_at, at=at) if waits else ages.on(sent_at),
                due=ages.due(due_at, at=at),
                has_due=True,
            ),
        )


# How many signs of a message its line shows, and says when it is pointed at.
SHOWN, POINTED_AT = 80, 400
_WRITTEN = ("camp", "text", "sent_at", "author__first_name", "author__last_name")
_MESSAGES = Prepared(
    lambda messages: (
        Message.objects.filter(pk__among=messages)
        .order_by("pk")
        .values_list("pk", *_WRITTEN, f"{WAY}tour__due_at", *of_dossier(WAY))
    ),
    messages=IDS,
)
