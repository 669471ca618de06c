"""The accusés de dépôt, and the depots that they list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from candidatures.catalogue.champs import Value
from candidatures.models import Accuse, Candidature, Piece, Volet

from .volets import pieces_in, spec_of_volet


def accuses_of(candidature: Candidature) -> QuerySet[Accuse]:
    """Every accusé of a candidature, latest first, with who received it and its file."""
    found = Accuse.objects.filter(candidature=candidature).select_related("issued_to", "impression")
    return found.order_by("-issued_at", "-pk")


def accuse_numero(address: str) -> str:
    """The number of the latest accusé about that address; empty when nothing was submitted."""
    found = Accuse.objects.filter(address=address).order_by("-number").values_list("numero", flat=True)
    return found.first() or ""


def depots_of_volet(volet: Volet, answers: dict[str, Value]) -> list[dict[str, Any]]:
    """The answers that name pièces, with their files, as an accusé lists them; one query, if there are some."""
    named = {code: pieces_in(value) for code, value in answers.items()}
    wanted = set().union(*named.values()) if named else set()
    pieces = {one.pk: one for one in Piece.objects.filter(pk__in=wanted).order_by("pk")} if wanted else {}
    champs = spec_of_volet(volet).by_code
    return [
        {
            "intitule": champs[code].label,
            "precision": "",
            "sha256": "",
            "fichiers": files_of(pieces[pk] for pk in sorted(ids) if pk in pieces),
        }
        for code, ids in named.items()
        if ids
    ]


def files_of(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """Files as an accusé lists them: name, size in bytes, sha256."""
    return [{"nom": one.name, "octets": one.size, "sha256": one.sha256} for one in pieces]
