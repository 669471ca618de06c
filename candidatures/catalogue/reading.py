"""Reading the TOML file of a dispositif. Pure functions."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from candidatures.catalogue.champs import VoletSpec
from candidatures.catalogue.echeances import exigences_of, refuse_what_nothing_binds
from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.specs import (
    CharteSpec,
    DelaisSpec,
    DispositifSpec,
    EcheanceSpec,
    FormulaireSpec,
    GuichetDemande,
    RecoursSpec,
)
from candidatures.catalogue.volets import one_volet, volets_of
from comptes.canonical import fingerprint

PARIS = ZoneInfo("Europe/Paris")
LONGEST_DELAI = 90  # days


def read_dispositif(text: str) -> DispositifSpec:
    """Read a dispositif from the text of its TOML file.

    :raises DispositifFileError: naming what is missing or out of order
    """
    try:
        spec = _build(tomllib.loads(text))
    except KeyError as missing:
        raise DispositifFileError(f"The key {missing} is missing.") from None
    except tomllib.TOMLDecodeError as error:
        raise DispositifFileError(str(error)) from None
    instants = [spec.opens_at, *(echeance.at for echeance in spec.echeances)]
    if instants != sorted(instants):
        raise DispositifFileError("The opening and the échéances are not in the order of time.")
    refuse_what_nothing_binds(one.exigences for one in spec.echeances)
    return spec


def _build(raw: dict[str, Any]) -> DispositifSpec:
    texte = raw["charte"]["texte"].strip()
    guichets = {code: _guichet(asked, raw) for code, asked in raw.get("guichets", {}).items()}
    return DispositifSpec(
        code=raw["code"],
        nom=raw["nom"],
        couloir=raw["couloir"],
        vague=raw["vague"],
        prefixe_nru=raw["prefixe_nru"],
        opens_at=_in_paris(raw["ouverture"]),
        echeances=tuple(
            EcheanceSpec(
                code, one["nom"], one["objet"], one["explication"], _in_paris(one["instant"]), exigences_of(code, one)
            )
            for code, one in raw["echeances"].items()
        ),
        profils=dict(raw["profils"]),
        profils_architecture=dict(raw.get("profils-architecture", {})),
        chapitre_prerequis=raw.get("preuves", {}).get("chapitre-prerequis", ""),
        teleservices=dict(raw["teleservices"]),
        guichets=guichets,
        dispositifs_vague_1=dict(raw["references"]["vague-1"]),
        volets=volets_of(raw["volets"], {code: asked.sans_profils for code, asked in guichets.items()}),
        formulaires={kind: _formulaire(said, guichets) for kind, said in raw["volets"].items()},
        days_to_answer=_days(raw["referencement"]["jours-pour-repondre"]),
        recours=RecoursSpec(raw["recours"]["texte"].strip(), raw["recours"]["a-valider"]),
        delais=_delais(raw["delais"]),
        charte=CharteSpec(raw["charte"]["version"], texte, hashlib.sha256(texte.encode()).hexdigest()),
    )


def _formulaire(raw: dict[str, Any], guichets: Mapping[str, GuichetDemande]) -> FormulaireSpec:
    named = {one.get("sans-objet-si-dispense-de") for section in raw["sections"] for one in section["champs"]}
    exempt = {code: sorted(asked.sans_profils) for code, asked in guichets.items() if code in named}
    contenu = {"volet": raw, "dispenses": exempt}
    return FormulaireSpec(raw["version"], contenu, fingerprint(contenu))


def read_formulaire(kind: str, contenu: Mapping[str, Any]) -> VoletSpec:
    """Read again what a volet asked, as it was published."""
    exempt = {code: frozenset(profils) for code, profils in contenu["dispenses"].items()}
    return one_volet(kind, contenu["volet"], exempt)


def _delais(raw: dict[str, Any]) -> DelaisSpec:
    days = {key: raw[key] for key in ("retour-avant-echeance-jours", "reponse-apres-echeance-jours")}
    if wrong := [key for key, value in days.items() if type(value) is not int or not 1 <= value <= LONGEST_DELAI]:
        raise DispositifFileError(f"{', '.join(wrong)} must be a number of days, from 1 to {LONGEST_DELAI}.")
    return DelaisSpec(*(timedelta(days=value) for value in days.values()))


def _guichet(asked: dict[str, Any], raw: dict[str, Any]) -> GuichetDemande:
    """Read what is asked of a desk; each profil asks for its own téléservices, else for those of every profil."""
    said = asked.get("teleservices", {})
    _known(said.keys() - {"defaut"}, raw["profils"])
    default = said.get("defaut", [])
    return GuichetDemande(
        frozenset(_known(asked.get("sans-profils", []), raw["profils"])),
        {profil: _known(said.get(profil, default), raw["teleservices"]) for profil in raw["profils"]},
    )


def _known(codes: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    codes = tuple(codes)
    if unknown := [code for code in codes if code not in known]:
        raise DispositifFileError(f"{', '.join(unknown)} is not one of {', '.join(known)}.")
    return codes


def _days(count: int) -> int:
    if count < 1:
        raise DispositifFileError("An éditeur has at least one day to answer.")
    return count


def _in_paris(civil: datetime) -> datetime:
    if not isinstance(civil, datetime) or civil.tzinfo:
        raise DispositifFileError(f"{civil} must be a civil time in Paris, without an offset.")
    return civil.replace(tzinfo=PARIS)
