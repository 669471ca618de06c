"""What an éditeur answers in its two volets: complete, plausible, and different from one solution to the next."""

from typing import Any

from .people import Team
from .world import World

PROFILS = (["PA"], ["PA", "PH"], ["PH"], ["PA", "PDS"], ["DOM"], ["PDE"], ["AHI"], ["PA", "PH", "AHI"], ["PDS", "AHI"])
ARCHITECTURES = (["HEB"], ["HEB", "MOB"], ["HEB", "USAGERS"], ["BAL_ORG"], None)
JOBS = ("Directrice générale", "Président", "Cheffe de produit", "Responsable qualité", "Directeur technique")
NONE = {"aucun": True}


def administratif(world: World, team: Team, produit: str) -> dict[str, Any]:
    """Answer the candidature administrative."""
    dice, company = world.dice, team.words
    said: dict[str, Any] = {}
    for prefix, person in (("responsable", 0), ("contact", 2)):
        first, last, email = team.names[person]
        said |= {
            f"{prefix}_prenom": first,
            f"{prefix}_nom": last,
            f"{prefix}_fonction": dice.choice(JOBS),
            f"{prefix}_email": email,
            f"{prefix}_telephone": f"01{dice.randint(0, 99_999_999):08d}",
        }
    said |= {f"entreprise_{name}": value for name, value in company.items()}
    return said | {
        "entreprise_pays": "France",
        "solution_nom": produit,
        "version_technique": f"{dice.randint(1, 9)}.{dice.randint(0, 12)}.{dice.randint(0, 20)}",
        "references_vague_1": _references(world, team.editeur),
        "references_vague_2": NONE,
    }


def _references(world: World, number: int) -> dict[str, Any]:
    lines = [
        {"identifiant": f"W-{number}-{dispositif}", "dispositif": dispositif, "profils": profils}
        for dispositif, profils, chance in (("MS1", ["PA"], 0.4), ("MS2", ["PH"], 0.15))
        if world.luck(chance)
    ]
    return {"lignes": lines} if lines else NONE


def eligibilite(world: World, number: int) -> dict[str, Any]:
    """Answer the formulaire d'éligibilité; a solution of the profil AHI alone is asked nothing of the EDC PSC."""
    profils, architecture = world.dice.choice(PROFILS), world.dice.choice(ARCHITECTURES)
    said: dict[str, Any] = {"profils": profils}
    if architecture:
        said["architecture"] = architecture
    if profils != ["AHI"]:
        said |= _proxy(world, number)
    return said | {
        "nie": f"NIE-{number}",
        "nil": f"NIL-{number}",
        "groupement": NONE,
        "distributeurs": NONE,
        "additionnels": _additionnels(world, number),
        "obsolescence": NONE,
        "noms_commerciaux": NONE,
    }


def _proxy(world: World, number: int) -> dict[str, Any]:
    given = {"nru_edc_utilisateur": f"EDC-U-{number}", "nru_edc_proxy": f"EDC-P-{number}"}
    if world.luck(0.3):
        return {"proxy": "tiers", "proxy_nom": "Passerelle Estran", **given}
    return {"proxy": "propre", **given}


def _additionnels(world: World, number: int) -> dict[str, Any]:
    if not world.luck(0.2):
        return NONE
    line = {"nom": "Agenda partagé", "editeur": "Lagune Services", "appartenance": "tiers", "nil": f"NIL-A-{number}"}
    return {"lignes": [line | {"version": "2.1", "teleservices": ["INSI"]}]}
