"""The people who work on the candidatures of a dispositif."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from candidatures.enums import CandidatureState
from candidatures.models import AccesProduit, Candidature
from comptes.enums import Role
from comptes.models import Compte, Rattachement


def people_of_dispositif(dispositif_code: str) -> QuerySet[Compte]:
    """Return everyone of an éditeur's side who may work on a candidature that is open, or may be opened again."""
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
    """Yield the pk and the e-mail address of each, in constant memory."""
    yield from people.values_list("pk", "email").iterator(chunk_size=2000)


def editeurs_by_nru(keys: Collection[str]) -> Mapping[str, int]:
    """Return, by key such as `DUI-2026-00042-B/INS`, the éditeur of the candidature whose NRU begins it."""
    parts = {part for key in keys for part in key.split("/")}
    owners = Candidature.objects.filter(nru__in=parts).order_by("pk").values_list("nru", "produit__editeur")
    editeurs = dict(owners)
    return {key: editeurs[part] for key in keys for part in key.split("/") if part in editeurs}
