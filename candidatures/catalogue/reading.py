"""Reading the TOML file of a dispositif. Pure functions."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from candidatures.catalogue.champs import VoletSpec
from candidatures.catalogue.coherence import faults_of_coherence
from candidatures.catalogue.echeances import exigences_of
from candidatures.catalogue.faults import DispositifFileError, Mistake
from candidatures.catalogue.places import Path, in_words, line_of, lines_of
from candidatures.catalogue.shape import Fault, faults_of_shape, plain
from candidatures.catalogue.specs import (
    DUREES,
    CharteSpec,
    DelaisSpec,
    DispositifSpec,
    EcheanceSpec,
    FichiersSpec,
    FormulaireSpec,
    GuichetDemande,
    RecoursSpec,
)
from candidatures.catalogue.volets import volet_of
from comptes.canonical import fingerprint
from comptes.dates import PARIS


def read_dispositif(text: str) -> DispositifSpec:
    """Read a dispositif from the text of its TOML file, which is checked whole first.

    :raises DispositifFileError: with every mistake, each with its line and its key
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DispositifFileError([Mistake(1, "", f"ce n’est pas du TOML\u00a0: {error}.")]) from None
    if faults := faults_of(raw):
        lines = lines_of(text)
        raise DispositifFileError(mistake_at(lines, path, sentence) for path, sentence in faults)
    return _build(raw)


def faults_of(raw: Mapping[str, Any]) -> list[Fault]:
    """Say, each with its path, all that is wrong in what a dispositif's file says."""
    shape = list(faults_of_shape(plain(raw)))
    return [*shape, *faults_of_coherence(raw, [path for path, _ in shape])]


def mistake_at(lines: Mapping[Path, int], path: Path, sentence: str) -> Mistake:
    return Mistake(line_of(lines, path), in_words(path), sentence)


def _build(raw: dict[str, Any]) -> DispositifSpec:
    texte = raw["charte"]["texte"].strip()
    guichets = {code: _guichet(asked, raw) for code, asked in raw.get("guichets", {}).items()}
    exempt = {code: asked.sans_profils for code, asked in guichets.items()}
    return DispositifSpec(
        code=raw["code"],
        nom=raw["nom"],
        couloir=raw["couloir"],
        concerne=raw.get("concerne", ""),
        vague=raw["vague"],
        prefixe_nru=raw["prefixe_nru"],
        opens_at=_in_paris(raw["ouverture"]),
        echeances=tuple(
            EcheanceSpec(
                code,
                echeance["nom"],
                echeance["objet"],
                echeance["explication"],
                _in_paris(echeance["instant"]),
                exigences_of(echeance),
            )
            for code, echeance in raw["echeances"].items()
        ),
        profils=dict(raw["profils"]),
        structures={code: tuple(names) for code, names in raw.get("profils-structures", {}).items()},
        profils_architecture=dict(raw.get("profils-architecture", {})),
        chapitre_prerequis=raw.get("preuves", {}).get("chapitre-prerequis", ""),
        quatre_yeux=frozenset(raw.get("preuves", {}).get("quatre-yeux", [])),
        teleservices=dict(raw["teleservices"]),
        guichets=guichets,
        tested_at=tuple(raw.get("preuves", {}).get("guichets", [])),
        dispositifs_vague_1=dict(raw["references"]["vague-1"]),
        volets={kind: volet_of(kind, asked, exempt) for kind, asked in raw["volets"].items()},
        formulaires={kind: _formulaire(asked, exempt) for kind, asked in raw["volets"].items()},
        days_to_answer=raw["referencement"]["jours-pour-repondre"],
        recours=RecoursSpec(raw["recours"]["texte"].strip(), raw["recours"]["a-valider"]),
        delais=_delais(raw["delais"]),
        durees={**DUREES} | {kind: timedelta(days=days) for kind, days in raw.get("durees", {}).items()},
        fichiers=_fichiers(raw.get("fichiers", {})),
        charte=CharteSpec(raw["charte"]["version"], texte, hashlib.sha256(texte.encode()).hexdigest()),
    )


def _formulaire(raw: dict[str, Any], exempt: Mapping[str, frozenset[str]]) -> FormulaireSpec:
    named = {champ.get("sans-objet-si-dispense-de") for section in raw["sections"] for champ in section["champs"]}
    contenu = {"volet": raw, "dispenses": {code: sorted(exempt[code]) for code in exempt if code in named}}
    return FormulaireSpec(raw["version"], contenu, fingerprint(contenu))


def read_formulaire(kind: str, contenu: Mapping[str, Any]) -> VoletSpec:
    """Read again what a volet asked, as it was published."""
    return volet_of(kind, contenu["volet"], {code: frozenset(codes) for code, codes in contenu["dispenses"].items()})


def _delais(raw: dict[str, Any]) -> DelaisSpec:
    keys = ("retour-avant-echeance-jours", "reponse-apres-echeance-jours")
    return DelaisSpec(*(timedelta(days=raw[key]) for key in keys))


def _fichiers(raw: dict[str, int]) -> FichiersSpec:
    default = FichiersSpec()
    grace, quota = raw.get("grace-minutes"), raw.get("quota-go")
    return FichiersSpec(
        default.grace if grace is None else timedelta(minutes=grace),
        default.quota if quota is None else quota * 1024**3,
    )


def _guichet(asked: dict[str, Any], raw: dict[str, Any]) -> GuichetDemande:
    """Read what is asked of a desk; each profil asks for its own téléservices, else for those of every profil."""
    teleservices = asked.get("teleservices", {})
    default = teleservices.get("defaut", [])
    return GuichetDemande(
        frozenset(asked.get("sans-profils", [])),
        {profil: tuple(teleservices.get(profil, default)) for profil in raw["profils"]},
    )


def _in_paris(civil: datetime) -> datetime:
    return civil.replace(tzinfo=PARIS)
