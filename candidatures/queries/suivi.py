"""What a list offers beside its filters: the étiquettes, and the views that its reader kept or that are shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q, QuerySet, TextField, Value
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
    """One view that was kept. `may_drop`: whether its reader may drop it."""

    pk: int
    nom: str
    query: str
    may_drop: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """The étiquettes that candidatures bear, by pk, in order of name; the views of one list, one's own first."""

    etiquettes: dict[str, str]
    vues: tuple[Vue, ...]


def _offered(reader: Any, liste: Any) -> QuerySet[Any, Any]:
    vues = VueEnregistree.objects.filter(Q(owner=reader) | Q(is_shared=True), liste=liste).order_by()
    text, may_drop = TextField(), Exists(VueEnregistree.objects.dropped_by(reader).filter(pk=OuterRef("pk")))
    kept = vues.annotate(kind=Value("vue", text), text=Cast("query", text), may_drop=may_drop, named=Cast("nom", text))
    poses = EtiquetteDeCandidature.objects.filter(etiquette=OuterRef("pk"))
    etiquettes = Etiquette.objects.filter(Exists(poses)).order_by()
    etiquettes = etiquettes.annotate(
        kind=Value("etiquette", text), text=Value("", text), may_drop=Value(False), named=Cast("nom", text)
    )
    columns = ("kind", "pk", "named", "text", "may_drop")
    return kept.values_list(*columns).union(etiquettes.values_list(*columns), all=True)


_OFFERED = Prepared(_offered, reader=BigIntegerField(), liste=CharField(max_length=60))


def offered_to(reader: Compte, liste: str) -> Offered:
    """Return what a list offers to a reader, in one query."""
    rows = sorted(_OFFERED.ask(reader=reader.pk, liste=liste), key=lambda row: row[2].casefold())
    vues = [Vue(pk, nom, query, may_drop) for kind, pk, nom, query, may_drop in rows if kind == "vue"]
    return Offered(
        etiquettes={str(pk): nom for kind, pk, nom, _, _ in rows if kind == "etiquette"},
        vues=tuple(sorted(vues, key=lambda vue: not vue.may_drop)),
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
