"""The people who may work on many products, in two queries; `permissions.people_with_access` gives one product's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from candidatures.models import AccesProduit, Produit
from comptes.enums import Role
from comptes.models import Rattachement


@dataclass(frozen=True, slots=True)
class ProduitMember:
    """Somebody who may work on a product; `since`: when they got access to it."""

    compte_id: int
    email: str
    since: datetime


def people_by_produit(produits: Collection[int]) -> dict[int, list[ProduitMember]]:
    """Return everyone of the éditeur's side who may work on each of these products (pk) today, in order of compte."""
    editeurs = dict(Produit.objects.filter(pk__in=produits).order_by("pk").values_list("pk", "editeur"))
    managers: dict[int, list[ProduitMember]] = {}
    seats = Rattachement.objects.current().filter(
        editeur__in=set(editeurs.values()), role__in=[Role.MANDATAIRE, Role.REPRESENTANT], compte__is_active=True
    )
    columns = ("editeur", "compte", "compte__email", "attached_at")
    for editeur, compte, email, since in seats.order_by("pk").values_list(*columns):
        managers.setdefault(editeur, []).append(ProduitMember(compte, email, since))
    members = {produit: list(managers.get(editeur, ())) for produit, editeur in editeurs.items()}
    given = AccesProduit.objects.filter(
        produit__in=produits,
        ended_at=None,
        rattachement__detached_at=None,
        rattachement__editeur=F("produit__editeur"),
        rattachement__compte__is_active=True,
    )
    seat = ("rattachement__compte", "rattachement__compte__email")
    for produit, compte, email, since in given.order_by("pk").values_list("produit", *seat, "given_at"):
        members[produit].append(ProduitMember(compte, email, since))
    return {produit: _once_each(people) for produit, people in members.items()}


def _once_each(people: list[ProduitMember]) -> list[ProduitMember]:
    """Merge the seats of one person, who has access since the first of them."""
    first = {member.compte_id: member for member in sorted(people, key=lambda member: member.since, reverse=True)}
    return [first[key] for key in sorted(first)]
