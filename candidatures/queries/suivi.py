"""What a list offers beside its filters: the étiquettes, and the views that its reader kept or that are shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from candidatures.models import (
    Candidature,
    CandidatureSuivie,
    Etiquette,
    EtiquetteDeCandidature,
    NoteInterne,
    VueEnregistree,
)
from comptes.models import Compte
from comptes.models.prepared import Prepared

# How many notes that mention a reader their day shows.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Vue:
    """One view that was kept. `is_own`: whether its reader may drop it."""

    pk: int
    nom: str
    query: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """The étiquettes, by pk, in order of name; the views of one list, one's own first."""

    etiquettes: dict[str, str]
    vues: tuple[Vue, ...]


def _offered(reader: Any, liste: Any) -> QuerySet[Any, Any]:
    vues = VueEnregistree.objects.filter(Q(owner=reader) | Q(is_shared=True), liste=liste).order_by()
    text = TextField()
    kept = vues.annotate(kind=Value("vue", text), text=Cast("query", text), who=F("owner"), named=Cast("nom", text))
    words = Etiquette.objects.order_by().annotate(
        kind=Value("etiquette", text),
        text=Value("", text),
        who=Value(0, BigIntegerField()),
        named=Cast("nom", text),
    )
    columns = ("kind", "pk", "named", "text", "who")
    return kept.values_list(*columns).union(words.values_list(*columns), all=True)


_OFFERED = Prepared(_offered, reader=BigIntegerField(), liste=CharField(max_length=60))


def offered_to(reader: Compte, liste: str) -> Offered:
    """Return what a list offers to a reader, in one query."""
    rows = sorted(_OFFERED.ask(reader=reader.pk, liste=liste), key=lambda row: row[2].casefold())
    vues = [Vue(pk, nom, query, who == reader.pk) for kind, pk, nom, query, who in rows if kind == "vue"]
    return Offered(
        etiquettes={str(pk): nom for kind, pk, nom, _, _ in rows if kind == "etiquette"},
        vues=tuple(sorted(vues, key=lambda vue: not vue.is_own)),
    )


def etiquettes_of(candidature: Candidature) -> QuerySet[EtiquetteDeCandidature]:
    return candidature.etiquettes.select_related("etiquette", "put_by").order_by("etiquette__nom", "pk")


def notes_of(candidature: Candidature) -> QuerySet[NoteInterne]:
    return candidature.notes_internes.select_related("written_by").order_by("-written_at", "-pk")


def follows(reader: Compte, candidature: Candidature) -> bool:
    """Whether somebody chose to follow a candidature."""
    return CandidatureSuivie.objects.filter(candidature=candidature, compte=reader).exists()


def notes_mentioning(reader: Compte) -> QuerySet[NoteInterne]:
    """Return the latest notes that mention somebody, with their candidature."""
    mentioning = NoteInterne.objects.filter(mentions__contains=[reader.pk])
    return mentioning.select_related("written_by", "candidature__produit").order_by("-written_at", "-pk")[:SHOWN]
