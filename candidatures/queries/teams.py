"""Who works on the candidatures of a dispositif."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from candidatures.enums import CandidatureState
from candidatures.models import AccesProduit, Candidature
from comptes.enums import Role
from comptes.models import Compte, Rattachement


def people_of_dispositif(dispositif_code: str) -> QuerySet[Compte]:
    """Everyone of an éditeur's side who may work on a candidature of it that is open, or may be opened again."""
    living = Candidature.objects.filter(dispositif=dispositif_code).exclude(state=CandidatureState.WITHDRAWN)
    managed = living.filter(produit__editeur=OuterRef("editeur"))
    given = AccesProduit.objects.filter(
        rattachement=OuterRef("pk"), ended_at=None, produit__in=living.values("produit")
    )
    seats = Rattachement.objects.current().filter(
        Q(Exists(managed), role__in=[Role.MANDATAIRE, Role.REPRESENTANT]) | Q(Exists(given))
    )
    return Compte.objects.filter(pk__in=seats.values("compte"), is_active=True).order_by("pk")


def addresses_of(people: QuerySet[Compte]) -> Iterator[tuple[int, str]]:
    """The pk and the e-mail address of each, in constant memory."""
    yield from people.values_list("pk", "email").iterator(chunk_size=2000)


def teams_of(candidatures: Collection[int]) -> dict[int, list[str]]:
    """By candidature (pk), the names of everyone of the éditeur's side who may work on it today, in one query."""
    given = Q(acces__produit=F("editeur__produits"), acces__ended_at=None)
    seats = Rattachement.objects.current().filter(
        Q(role__in=[Role.MANDATAIRE, Role.REPRESENTANT]) | given,
        editeur__produits__candidatures__in=candidatures,
        compte__is_active=True,
    )
    found: dict[int, list[str]] = {one: [] for one in candidatures}
    rows = seats.order_by("editeur__produits__candidatures", "compte__last_name", "compte")
    columns = ("editeur__produits__candidatures", "compte__last_name", "compte__first_name", "compte")
    for candidature, last, first, _ in rows.values_list(*columns).distinct():
        found[candidature].append(f"{first} {last}")
    return found
