"""Sample answers to the two volets, shared by the demonstration, the tests and the bench."""

from collections.abc import Mapping
from typing import Any

from candidatures.catalogue.champs import Champ, ChampKind, VoletSpec
from comptes.catalogue.countries import FRANCE
from comptes.rules.companies import name_of

NONE = {"aucun": True}
# The champs of an éligibilité that may be answered « aucun ».
LISTS = ("groupement", "distributeurs", "additionnels", "obsolescence", "noms_commerciaux")


def of_person(prefix: str, names: tuple[str, str], email: str, fonction: str, telephone: str) -> dict[str, str]:
    """Return the answers about one person.

    :param prefix: `responsable` or `contact`
    """
    return {
        f"{prefix}_prenom": names[0],
        f"{prefix}_nom": names[1],
        f"{prefix}_fonction": fonction,
        f"{prefix}_email": email,
        f"{prefix}_telephone": telephone,
    }


def of_company(
    raison_sociale: str, siren: str, adresse: str, code_postal: str, commune: str, country: str = FRANCE
) -> dict[str, Any]:
    """:param siren: or the number of the company in its `country`, as it is kept"""
    return {
        "entreprise_raison_sociale": raison_sociale,
        "entreprise_immatriculation": {"pays": country, "identifiant": siren},
        "entreprise_adresse": adresse,
        "entreprise_code_postal": code_postal,
        "entreprise_commune": commune,
        "entreprise_pays": name_of(country),
    }


def of_solution(nom: str, version: str, *vague_1: dict[str, Any]) -> dict[str, Any]:
    """Return the answers about the solution.

    :param vague_1: the earlier references, one line each
    """
    return {
        "solution_nom": nom,
        "version_technique": version,
        "references_vague_1": {"lignes": list(vague_1)} if vague_1 else NONE,
        "references_vague_2": NONE,
    }


def of_components(profils: list[str], *, nie: str, nil: str, **changes: Any) -> dict[str, Any]:
    """Return the answers of an éligibilité, where every list is « aucun » unless `changes` gives it."""
    return {"profils": profils, "nie": nie, "nil": nil} | dict.fromkeys(LISTS, NONE) | changes


# One answer that suits any champ of its kind.
OF_A_KIND: Mapping[ChampKind, Any] = {
    ChampKind.TEXT: "Réponse d’essai",
    ChampKind.PARAGRAPH: "Réponse d’essai.",
    ChampKind.EMAIL: "essai@exemple.example",
    ChampKind.PHONE: "+33639980001",
    ChampKind.SIREN: "356000000",
    ChampKind.COMPANY: {"pays": FRANCE, "identifiant": "356000000"},
    ChampKind.POSTAL_CODE: "35000",
    ChampKind.IDENTIFIER: "ESSAI-1",
    ChampKind.YES_NO: True,
    ChampKind.DATE: "2026-07-01",
    ChampKind.LIST: NONE,
}


def complete(answers: Mapping[str, Any], spec: VoletSpec, choices: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Answer, beside these, whatever else the file of the dispositif requires of everybody.

    So a champ that is added to the file needs no line here. A required file is left to whoever calls.
    """
    asked = [champ for champ in spec.by_code.values() if champ.required and not (champ.only_if or champ.unless_all)]
    others = {champ.code: _of_its_kind(champ, choices) for champ in asked if champ.code not in answers}
    return {code: value for code, value in others.items() if value is not None} | dict(answers)


def _of_its_kind(champ: Champ, choices: Mapping[str, Mapping[str, str]]) -> Any:
    first = next(iter(choices.get(champ.choices, ())), None)
    match champ.kind:
        case ChampKind.CHOICE:
            return first
        case ChampKind.CHOICES:
            return [first]
        case kind:
            return OF_A_KIND.get(kind)
