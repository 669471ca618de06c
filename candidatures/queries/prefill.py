"""What the portal proposes as the first answers of a volet."""

from __future__ import annotations

from candidatures.catalogue.champs import NUMERO, Value
from candidatures.models import Candidature, Volet
from candidatures.rules.entreprises import FORMERLY, brought_up, cited, value_of

from .volets import presented_volets, spec_of_volet


def prefill_of(volet: Volet) -> dict[str, Value]:
    """Return the first answers that the portal proposes; nothing is kept until somebody saves it."""
    produit = volet.candidature.produit
    if former := volet.candidature.succeeds:
        return _of_the_version_before(former, volet)
    known = {"produit": produit.nom} | {
        field: getattr(produit.editeur, field)
        for field in ("raison_sociale", "adresse", "code_postal", "commune", "pays")
    }
    company = produit.editeur.company
    known |= {"immatriculation": value_of(company), "siren": cited(company).get("siren", "")}
    asked = spec_of_volet(volet).by_code
    numeros = {code: numero for code, numero in produit.numeros.items() if code in asked}
    return numeros | {
        code: known[champ.prefill] for code, champ in asked.items() if champ.prefill and champ.prefill != NUMERO
    }


NOT_OF_A_NEW_VERSION = ("version_technique", "obsolescence")


def _of_the_version_before(former: Candidature, volet: Volet) -> dict[str, Value]:
    """Return the last answers of the former version, declared as an earlier référencement, without its attestations."""
    codes = (*spec_of_volet(volet).by_code, *FORMERLY)
    (before,) = [
        presented for presented in presented_volets(former, champs=codes) if presented.volet.kind == volet.kind
    ]
    handed_over = brought_up(before.answers, spec_of_volet(volet).by_code)
    answers = {code: value for code, value in handed_over.items() if code not in NOT_OF_A_NEW_VERSION}
    if "references_vague_2" in codes:
        lines = (answers.get("references_vague_2") or {}).get("lignes", [])
        answers["references_vague_2"] = {"lignes": [*lines, {"nru": former.nru}]}
    if lines := (answers.get("noms_commerciaux") or {}).get("lignes"):
        answers["noms_commerciaux"] = {"lignes": [{"nom": line.get("nom"), "nil": line.get("nil")} for line in lines]}
    return answers
