"""What can be foreseen of an act on many candidatures, before it is asked: which ones it would leave as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from candidatures.enums import CandidatureState, GesteDeLot
from candidatures.models import Candidature, ModeleDeDemande
from candidatures.queries.lots import Chosen, volets_for, why_not_asked
from candidatures.queries.people import people_by_produit
from comptes.models import Compte
from referencement.enums import ObjetDAttente
from referencement.models import TourProjete

from .albums import foreclosable
from .relances import why_not_reminded

# The acts that tell the éditeurs' teams.
TELLS = (GesteDeLot.WRITE, GesteDeLot.ASK, GesteDeLot.REMIND)


def foreseen(
    geste: GesteDeLot, chosen: Sequence[Chosen], params: Mapping[str, Any], *, by: Compte, at: datetime
) -> dict[int, str]:
    """Say, in French, why an act would leave a candidature (pk) as it is, as things stand; the act asks again."""
    keys = [line.pk for line in chosen]
    match geste:
        case GesteDeLot.WRITE:
            withdrawn = Candidature.objects.filter(pk__in=keys, state=CandidatureState.WITHDRAWN).order_by("pk")
            return dict.fromkeys(withdrawn.values_list("pk", flat=True), "Cette candidature est retirée.")
        case GesteDeLot.ASK:
            modele = ModeleDeDemande.objects.get(pk=params["modele"])
            return why_not_asked(keys, modele, reader=by, at=at)
        case GesteDeLot.REMIND:
            return why_not_reminded(keys, at=at)
        case GesteDeLot.ENLIST:
            return _why_not_enlisted(keys)
        case GesteDeLot.PREPARE:
            return {pk: answer.reason for pk, answer in foreclosable(keys, at=at).items() if answer.reason}
        case GesteDeLot.ASSIGN | GesteDeLot.SHARE_OUT | GesteDeLot.LABEL | GesteDeLot.HAND_OVER:
            return {}


def _why_not_enlisted(keys: Sequence[int]) -> dict[int, str]:
    ready = TourProjete.objects.filter(pk__in=keys, ans_objets__contains=[ObjetDAttente.AGENDA])
    listed = set(ready.order_by("pk").values_list("pk", flat=True))
    return {pk: "Cette candidature n’est pas prête pour une séance." for pk in keys if pk not in listed}


def messages_of(geste: GesteDeLot, chosen: Sequence[Chosen]) -> int:
    """Count the notifications that an act sends to the teams of these candidatures."""
    if geste not in TELLS:
        return 0
    people = people_by_produit({line.produit.pk for line in chosen})
    return sum(len(people[line.produit.pk]) for line in chosen)


def seen_by(geste: GesteDeLot, chosen: Sequence[Chosen], params: Mapping[str, Any]) -> dict[int, int | None]:
    """Return what an act compares with, by candidature (pk): the référent, or the version of the volet."""
    if geste is GesteDeLot.ASK and "modele" in params:
        modele = ModeleDeDemande.objects.get(pk=params["modele"])
        versions: dict[int, int | None] = {volet.candidature_id: volet.version for volet in volets_for(chosen, modele)}
        return versions
    return {line.pk: line.referent for line in chosen}
