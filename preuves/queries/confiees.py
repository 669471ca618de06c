"""Who was asked to bring each preuve of a candidature."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet

from candidatures.models import AccesProduit, Candidature
from candidatures.permissions import people_on
from comptes.dates import day_in_words
from comptes.enums import Role
from comptes.models import Compte, Rattachement
from comptes.models.prepared import IDS, Prepared
from preuves.models import PreuveConfiee


@dataclass(frozen=True)
class Confiee:
    """The person who holds a preuve, and the day before which it is expected, if any."""

    compte_id: int
    name: str
    before: date | None

    @property
    def label(self) -> str:
        return f"{self.name}, avant le {day_in_words(self.before)}" if self.before else self.name


def confiees_of(candidature: Candidature) -> dict[str, Confiee]:
    """Return, by N°, who holds each preuve, in one query; somebody who lost the product holds nothing."""
    produit = candidature.produit
    rows = _HELD.ask(candidature=candidature.pk, produit=produit.pk, editeur=produit.editeur_id)
    return {numero: Confiee(pk, f"{first} {last}", before) for numero, pk, first, last, before in rows}


_HELD = Prepared(
    lambda candidature, produit, editeur: (
        PreuveConfiee.objects.filter(
            candidature=candidature, compte__in=people_on(produit, editeur).order_by().values("pk")
        )
        .order_by("numero")
        .values_list("numero", "compte", "compte__first_name", "compte__last_name", "before")
    ),
    candidature=BigIntegerField(),
    produit=BigIntegerField(),
    editeur=BigIntegerField(),
)


def confiees_of_many(candidature_ids: Collection[int]) -> dict[int, dict[str, Confiee]]:
    """Return the same for several candidatures, by candidature, in one query too."""
    held: dict[int, dict[str, Confiee]] = {}
    for candidature, numero, pk, first, last, before in _HELD_IN_MANY.ask(candidatures=list(candidature_ids)):
        held.setdefault(candidature, {})[numero] = Confiee(pk, f"{first} {last}", before)
    return held


def _held(candidatures: Any) -> QuerySet[PreuveConfiee, Any]:
    given = AccesProduit.objects.filter(
        rattachement=OuterRef("pk"), produit=OuterRef(OuterRef("candidature__produit")), ended_at=None
    )
    seats = Rattachement.objects.current().filter(
        Q(role__in=[Role.MANDATAIRE, Role.REPRESENTANT]) | Exists(given),
        compte=OuterRef("compte"),
        editeur=OuterRef("candidature__produit__editeur"),
    )
    rows = PreuveConfiee.objects.filter(Exists(seats), candidature__among=candidatures)
    return rows.order_by("candidature", "numero").values_list(
        "candidature", "numero", "compte", "compte__first_name", "compte__last_name", "before"
    )


_HELD_IN_MANY = Prepared(_held, candidatures=IDS)


def given_at_once(candidature: Candidature, compte: Compte, at: datetime) -> list[PreuveConfiee]:
    """Return the preuves that were given to somebody in one act, and that they still hold."""
    held = PreuveConfiee.objects.filter(candidature=candidature, compte=compte, given_at=at)
    return list(held.select_related("given_by").order_by("numero"))
