from collections.abc import Mapping

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.volets import VOLETS, Value, VoletSpec
from candidatures.enums import CandidatureState, VoletState
from candidatures.models import Reponse, Volet
from candidatures.rules.submission import VoletFacts

from .candidatures import charte_accepted, said


def spec_of_volet(volet: Volet) -> VoletSpec:
    return VOLETS[volet.kind]


def choices_of(volet: Volet) -> Mapping[str, Mapping[str, str]]:
    """The dispositif's lists that champs choose from: label by code, by the name of the list."""
    spec = spec_of(volet.candidature.dispositif_id)
    return {"profils": spec.profils, "dispositifs_vague_1": spec.dispositifs_vague_1}


def reponses_at(volet: Volet, *, version: int) -> dict[str, Reponse]:
    """The answer to each champ as it stood at that version of the volet, with who gave it and when."""
    rows = volet.reponses.filter(version__lte=version).select_related("answered_by")
    return {row.champ: row for row in rows.order_by("champ", "-version").distinct("champ")}


def latest_reponses(volet: Volet) -> dict[str, Reponse]:
    return reponses_at(volet, version=volet.version)


def answers_at(volet: Volet, *, version: int) -> dict[str, Value]:
    return {code: row.value for code, row in reponses_at(volet, version=version).items()}


def facts_of(volet: Volet) -> VoletFacts:
    """Gather what the rules need, in three queries."""
    return VoletFacts(
        spec=spec_of_volet(volet),
        state=volet.state,
        answers=answers_at(volet, version=volet.version),
        charte_accepted=charte_accepted(volet.candidature),
        candidature_open=volet.candidature.state == CandidatureState.OPEN,
        first_submitted_at=volet.first_submitted_at,
    )


def who_moved(volet: Volet) -> str:
    """Say in French who brought the volet where it is, and when."""
    if volet.state == VoletState.ADMITTED:
        return f"Ce volet a été déclaré recevable par {volet.admitted_by} le {said(volet.admitted_at)}."
    if volet.state == VoletState.SUBMITTED:
        return f"Ce volet a été soumis par {volet.submitted_by} le {said(volet.submitted_at)}."
    return "Ce volet n’est pas soumis : il est encore en cours de saisie."


def prefill_of(volet: Volet) -> dict[str, Value]:
    """What the portal already knows and proposes as first answers; nothing is kept until somebody saves it."""
    produit = volet.candidature.produit
    known = {"produit": produit.nom} | {
        field: getattr(produit.editeur, field)
        for field in ("raison_sociale", "siren", "adresse", "code_postal", "commune", "pays")
    }
    return {champ.code: known[champ.prefill] for champ in spec_of_volet(volet).by_code.values() if champ.prefill}
