"""A dispositif as its TOML file says it: dates, profils, charte. Pure data; no code knows "DUI"."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "dispositifs"
PARIS = ZoneInfo("Europe/Paris")
LONGEST_DELAI = 90  # days


class DispositifFileError(ValueError):
    """The file of a dispositif does not say what it must."""


@dataclass(frozen=True)
class EcheanceSpec:
    """One legal instant; `at` is aware, from the file's civil time in Europe/Paris."""

    code: str
    nom: str
    objet: str
    explication: str
    at: datetime


@dataclass(frozen=True)
class CharteSpec:
    version: str
    texte: str
    sha256: str


@dataclass(frozen=True)
class RecoursSpec:
    """The voies et délais de recours that an adverse decision bears.

    :param is_draft: the text still awaits the approval of counsel
    """

    texte: str
    is_draft: bool

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(part.strip().replace("\n", " ") for part in self.texte.split("\n\n"))


@dataclass(frozen=True)
class DelaisSpec:
    """The time that the ANS leaves to whom it answers late.

    :param before: what it asks less than that before an échéance makes it consider a dérogation by itself
    :param answer: the time to answer what it asks once the échéance is over
    """

    before: timedelta
    answer: timedelta


@dataclass(frozen=True)
class GuichetDemande:
    """What a dispositif asks of another desk.

    :param sans_profils: those that the desk does not concern, when no other is presented
    :param teleservices: by profil, the téléservices that it must grant, when it grants any
    """

    sans_profils: frozenset[str] = frozenset()
    teleservices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class DispositifSpec:
    """One dispositif.

    :param guichets: by the code of each desk that must grant something, what it is asked
    :param days_to_answer: what the éditeur has, once a suspension or a retrait is announced
    """

    code: str
    nom: str
    couloir: str
    vague: int
    prefixe_nru: str
    opens_at: datetime
    echeances: tuple[EcheanceSpec, ...]
    profils: Mapping[str, str]
    profils_architecture: Mapping[str, str]
    chapitre_prerequis: str
    teleservices: Mapping[str, str]
    guichets: Mapping[str, GuichetDemande]
    dispositifs_vague_1: Mapping[str, str]
    days_to_answer: int
    delais: DelaisSpec
    recours: RecoursSpec = field(repr=False)
    charte: CharteSpec = field(repr=False)


@cache
def spec_of(code: str) -> DispositifSpec:
    """Return the dispositif of that code.

    :raises DispositifFileError: when there is no such file, or it is wrong
    """
    path = FOLDER / f"{code}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", code) or not path.is_file():
        raise DispositifFileError(f"No dispositif is called {code!r}.")
    return read_dispositif(path.read_text(encoding="utf-8"))


def every_spec() -> list[DispositifSpec]:
    return [spec_of(path.stem) for path in sorted(FOLDER.glob("*.toml"))]


def name_of_teleservice(code: str) -> str:
    """Return what a téléservice is called in words: it is the same whatever the dispositif that asks for it."""
    return next((spec.teleservices[code] for spec in every_spec() if code in spec.teleservices), code)


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
    return spec


def _build(raw: dict[str, Any]) -> DispositifSpec:
    texte = raw["charte"]["texte"].strip()
    return DispositifSpec(
        code=raw["code"],
        nom=raw["nom"],
        couloir=raw["couloir"],
        vague=raw["vague"],
        prefixe_nru=raw["prefixe_nru"],
        opens_at=_in_paris(raw["ouverture"]),
        echeances=tuple(
            EcheanceSpec(code, one["nom"], one["objet"], one["explication"], _in_paris(one["instant"]))
            for code, one in raw["echeances"].items()
        ),
        profils=dict(raw["profils"]),
        profils_architecture=dict(raw.get("profils-architecture", {})),
        chapitre_prerequis=raw.get("preuves", {}).get("chapitre-prerequis", ""),
        teleservices=dict(raw["teleservices"]),
        guichets={code: _guichet(asked, raw) for code, asked in raw.get("guichets", {}).items()},
        dispositifs_vague_1=dict(raw["references"]["vague-1"]),
        days_to_answer=_days(raw["referencement"]["jours-pour-repondre"]),
        recours=RecoursSpec(raw["recours"]["texte"].strip(), raw["recours"]["a-valider"]),
        delais=_delais(raw["delais"]),
        charte=CharteSpec(raw["charte"]["version"], texte, hashlib.sha256(texte.encode()).hexdigest()),
    )


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


def recours_of(dispositif: str) -> RecoursSpec:
    """What an adverse decision says of how it may be contested, in the dispositif of that code."""
    return spec_of(dispositif).recours


def _in_paris(civil: datetime) -> datetime:
    if not isinstance(civil, datetime) or civil.tzinfo:
        raise DispositifFileError(f"{civil} must be a civil time in Paris, without an offset.")
    return civil.replace(tzinfo=PARIS)
