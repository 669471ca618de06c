"""What one person of the ANS follows and reads, candidature by candidature, to be handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from candidatures.enums import CandidatureState
from candidatures.models import Candidature, Referent
from candidatures.queries.reservations import volets_held
from comptes.models import Compte
from preuves.queries.instruction import chapitres_held


@dataclass(frozen=True, slots=True)
class DossierTenu:
    """One candidature in which somebody has something.

    :param followed: whether they are its référent
    :param readings: the volets and the chapitres that they read in it, in French
    """

    pk: int
    nru: str
    nom: str
    followed: bool
    readings: tuple[str, ...]


def dossiers_tenus(compte: Compte, *, most: int) -> list[DossierTenu]:
    """Return the candidatures that somebody follows or reads, the first opened first, in four queries."""
    followed = Referent.objects.filter(compte=compte).exclude(candidature__state=CandidatureState.WITHDRAWN)
    keys = set(followed.order_by("pk").values_list("pk", flat=True))
    readings = _readings(compte)
    rows = Candidature.objects.filter(pk__in=keys | readings.keys()).order_by("pk")
    return [
        DossierTenu(pk, nru, nom, pk in keys, tuple(readings.get(pk, ())))
        for pk, nru, nom in rows.values_list("pk", "nru", "produit__nom")[:most]
    ]


def _readings(compte: Compte) -> Mapping[int, Sequence[str]]:
    readings: dict[int, list[str]] = {}
    for held in volets_held(compte):
        readings.setdefault(held.volet.candidature_id, []).append(held.volet.get_kind_display())
    for chapitre in chapitres_held(compte):
        readings.setdefault(chapitre.dossier.candidature_id, []).append(f"Chapitre {chapitre.code}")
    return readings
