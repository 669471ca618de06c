"""Sample answers to the two volets, shared by the demonstration, the tests and the bench."""

from typing import Any

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


def of_company(raison_sociale: str, siren: str, adresse: str, code_postal: str, commune: str) -> dict[str, str]:
    return {
        "entreprise_raison_sociale": raison_sociale,
        "entreprise_siren": siren,
        "entreprise_adresse": adresse,
        "entreprise_code_postal": code_postal,
        "entreprise_commune": commune,
        "entreprise_pays": "France",
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
