"""What a candidature is made of, as its formulaire d'éligibilité says it."""

from collections.abc import Mapping, Sequence

from candidatures.catalogue.champs import Value
from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.specs import DispositifSpec
from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet, presented_volets
from guichets.rules.architecture import Additionnel, Architecture
from preuves.queries.presentations import PRESENTED

CHAMPS = ("profils", "proxy", "proxy_nom", "nru_edc_utilisateur", "nru_edc_proxy", "nil", "additionnels")
WITH_PREUVES = tuple(sorted({*PRESENTED, *CHAMPS}))


def spec_of_candidature(candidature: Candidature) -> DispositifSpec:
    return spec_of(candidature.dispositif_id)


def architecture_of(candidature: Candidature, presented: Sequence[PresentedVolet] | None = None) -> Architecture:
    """Read what was last handed to the ANS, in one query; before that, what is being answered.

    :param presented: its volets with the answers to `WITH_PREUVES`, for who has gathered them already
    """
    volets = presented_volets(candidature, champs=CHAMPS) if presented is None else presented
    return _architecture(next(one for one in volets if one.volet.kind == VoletKind.ELIGIBILITE).answers)


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
