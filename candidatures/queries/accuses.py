"""The accusés de dépôt, and the depots that they list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, QuerySet
from django.db.models import Value as Constant
from django.db.models.fields.json import KT

from candidatures.catalogue.champs import Value
from candidatures.models import Accuse, Candidature, Piece, Volet

from .volets import pieces_in, spec_of_volet


def accuses_of(candidature: Candidature) -> QuerySet[Accuse, Any]:
    """Return every accusé of a candidature, latest first, with who received it, and only the `objet` of its data."""
    accuses = Accuse.objects.filter(candidature=candidature).select_related("issued_to").defer("data")
    return accuses.annotate(objet=KT("data__objet"), recu=KT("data__recu__paris")).order_by("-issued_at", "-pk")


def accuses_about(address: Any) -> QuerySet[Accuse, Any]:
    """Return the accusés of the submissions of one volet or chapitre, latest first, without their lists.

    `taken_back_at` is None here; `preuves` fills it, since only chapitres can be taken back.
    """
    never = Constant(None, output_field=DateTimeField())
    return Accuse.objects.filter(address=address).defer("data").annotate(taken_back_at=never).order_by("-number")


def accuse_numero(address: str) -> str:
    """Return the number of the latest accusé about an address; empty when nothing was submitted."""
    numeros = Accuse.objects.filter(address=address).order_by("-number").values_list("numero", flat=True)
    return numeros.first() or ""


def depots_of_volet(volet: Volet, answers: dict[str, Value]) -> list[dict[str, Any]]:
    """Return the answers that hold pièces, with their files, as an accusé lists them; one query, if there are some."""
    named = {code: pieces_in(value) for code, value in answers.items()}
    wanted = set().union(*named.values()) if named else set()
    pieces = {piece.pk: piece for piece in Piece.objects.filter(pk__in=wanted).order_by("pk")} if wanted else {}
    champs = spec_of_volet(volet).by_code
    return [
        {
            "intitule": champs[code].label,
            "precision": "",
            "sha256": "",
            "fichiers": files_of(pieces[pk] for pk in sorted(ids) if pk in pieces),
        }
        for code, ids in named.items()
        if ids and code in champs
    ]


def files_of(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """Return files as an accusé lists them: name, size in bytes, sha256."""
    return [{"nom": piece.name, "octets": piece.size, "sha256": piece.sha256} for piece in pieces]
