"""The architecture of a candidature, from its formulaire d'éligibilité."""

from collections.abc import Mapping, Sequence

from candidatures.catalogue.champs import Value
from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet, presented_volets
from guichets.rules.architecture import Additionnel, Architecture
from preuves.queries.presentations import PRESENTED

# What is required of the desks follows from these; the name of the proxy is only shown.
DECIDING = ("profils", "proxy", "nru_edc_utilisateur", "nru_edc_proxy", "nil", "additionnels")
CHAMPS = (*DECIDING, "proxy_nom")
WITH_PREUVES = tuple(sorted({*PRESENTED, *CHAMPS}))


def spec_of_candidature(candidature: Candidature) -> DispositifSpec:
    return spec_of(candidature.dispositif_id)


def architecture_of(candidature: Candidature, presented: Sequence[PresentedVolet] | None = None) -> Architecture:
    """Read the last submitted answers, in one query; before any submission, the current ones.

    :param presented: the volets with the answers to `WITH_PREUVES`, if the caller already has them
    """
    volets = presented_volets(candidature, champs=CHAMPS) if presented is None else presented
    return _architecture(next(volet.answers for volet in volets if volet.volet.kind == VoletKind.ELIGIBILITE))


def _architecture(answers: Mapping[str, Value]) -> Architecture:
    lines = (answers.get("additionnels") or {}).get("lignes") or ()
    return Architecture(
        profils=frozenset(answers.get("profils") or ()),
        proxy=answers.get("proxy") or "",
        proxy_nom=answers.get("proxy_nom") or "",
        nil=answers.get("nil") or "",
        nru_utilisateur=answers.get("nru_edc_utilisateur") or "",
        nru_proxy=answers.get("nru_edc_proxy") or "",
        additionnels=tuple(_additionnel(line) for line in lines),
    )


def _additionnel(line: Mapping[str, Value]) -> Additionnel:
    return Additionnel(
        nom=line.get("nom") or "",
        nil=line.get("nil") or "",
        is_third_party=line.get("appartenance") == "tiers",
        teleservices=tuple(line.get("teleservices") or ()),
    )
