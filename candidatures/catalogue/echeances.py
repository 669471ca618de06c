"""What an échéance requires, in the file of a dispositif: `exige`, and the only chapitres or volets concerned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from candidatures.catalogue.shape import Fault
from candidatures.catalogue.specs import Exigences
from candidatures.enums import ExigenceDEcheance

# Without an échéance that asks these of everything, the first submissions and the answers would be bound by none.
ALWAYS_ASKED = (
    ExigenceDEcheance.VOLETS_SOUMIS,
    ExigenceDEcheance.CHAPITRES_SOUMIS,
    ExigenceDEcheance.RETOURS_REPONDUS,
)

# Stands for the code of an échéance where it is the opening of a démarche that moves.
OUVERTURE = "ouverture"


def exigences_of(raw: Mapping[str, Any]) -> Exigences:
    """Read what an échéance requires, from a table of the right shape."""
    return Exigences(
        tuple(ExigenceDEcheance(kind) for kind in raw["exige"]),
        chapitres=tuple(raw.get("chapitres", ())),
        volets=tuple(raw.get("volets", ())),
    )


def faults_of_echeances(echeances: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """List the contradictions in what the échéances of a dispositif require, each with its path.

    :param echeances: all of them by code, each of the right shape
    """
    if OUVERTURE in echeances:
        yield ("echeances", OUVERTURE), f"«\u00a0{OUVERTURE}\u00a0» n’est pas le code d’une échéance."
    asked = {code: exigences_of(raw) for code, raw in echeances.items()}
    for code, exigences in asked.items():
        for key, only in (("chapitres", exigences.chapitres), ("volets", exigences.volets)):
            if only and not any(exigences.only(kind) == only for kind in exigences.kinds):
                yield ("echeances", code, key), f"«\u00a0exige\u00a0» ne demande rien de propre aux {key}."
    for kind in ALWAYS_ASKED:
        if not any(exigences.ask(kind) for exigences in asked.values()):
            yield ("echeances",), f"aucune échéance n’exige «\u00a0{kind.value}\u00a0» de tout\u00a0: il en faut une."
