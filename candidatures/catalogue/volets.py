"""The volets of a dispositif, read from its TOML file: sections, champs, what each asks and when. Pure functions."""

from collections.abc import Iterator, Mapping
from typing import Any

from candidatures.catalogue.champs import NUMERO, Champ, Kind, Section, VoletSpec
from candidatures.catalogue.faults import DispositifFileError

# The lists that are the same for every dispositif; the others (profils, téléservices…) are in its file.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "proxy": {"propre": "Notre propre proxy", "tiers": "Le proxy d’un autre éditeur"},
    "appartenance": {"groupement": "membre du groupement", "tiers": "un éditeur tiers"},
    "arret": {"maintenance": "de maintenance", "commercialisation": "de commercialisation"},
}
LISTS = {*CHOICES, "profils", "profils_architecture", "teleservices", "dispositifs_vague_1"}

NATURES: Mapping[str, Kind] = {
    "texte": Kind.TEXT,
    "paragraphe": Kind.PARAGRAPH,
    "courriel": Kind.EMAIL,
    "telephone": Kind.PHONE,
    "siren": Kind.SIREN,
    "identifiant": Kind.IDENTIFIER,
    "oui-non": Kind.YES_NO,
    "choix": Kind.CHOICE,
    "choix-multiples": Kind.CHOICES,
    "date": Kind.DATE,
    "piece": Kind.PIECE,
    "liste": Kind.LIST,
}

_NATURE_OF = {kind: nature for nature, kind in NATURES.items()}

# What the portal itself reads of the answers, whatever else a dispositif asks; for a list, the columns that it reads.
READ: Mapping[str, Mapping[str, Kind | frozenset[str]]] = {
    "administratif": {
        **dict.fromkeys(("responsable_prenom", "responsable_nom", "responsable_fonction"), Kind.TEXT),
        **dict.fromkeys(("entreprise_raison_sociale", "entreprise_adresse", "entreprise_code_postal"), Kind.TEXT),
        **dict.fromkeys(("entreprise_commune", "entreprise_pays"), Kind.TEXT),
        "entreprise_siren": Kind.SIREN,
        "solution_nom": Kind.TEXT,
        "version_technique": Kind.TEXT,
        "references_vague_1": frozenset({"identifiant", "dispositif", "profils"}),
        "references_vague_2": frozenset({"nru"}),
    },
    "eligibilite": {
        "profils": Kind.CHOICES,
        "architecture": Kind.CHOICES,
        "proxy": Kind.CHOICE,
        "proxy_nom": Kind.TEXT,
        **dict.fromkeys(("nru_edc_utilisateur", "nru_edc_proxy", "nie", "nil"), Kind.IDENTIFIER),
        "groupement": frozenset({"raison_sociale", "siren", "mandat"}),
        "distributeurs": frozenset({"raison_sociale", "siren"}),
        "additionnels": frozenset({"nom", "editeur", "appartenance", "nil", "version", "teleservices"}),
        "obsolescence": frozenset({"version", "nature", "date"}),
        "noms_commerciaux": frozenset({"nom", "nil", "version", "attestation"}),
    },
}
KEYS = {
    "volet": {"version", "titre", "but", "sections"},
    "section": {"titre", "aide", "champs"},
    "champ": {
        *("code", "libelle", "nature", "obligatoire", "aide", "longueur", "conseil", "liste", "aucun", "distinct"),
        *("seulement-si", "sans-objet-si-dispense-de", "sans-l-editeur", "propose", "autocomplete", "colonnes"),
    },
}
LONGEST_VERSION = 20
PREFILLS = {"produit", "raison_sociale", "siren", "adresse", "code_postal", "commune", "pays", NUMERO}


def volets_of(raw: Mapping[str, Any], exempt: Mapping[str, frozenset[str]]) -> Mapping[str, VoletSpec]:
    """Read `[volets]`: what each volet asks.

    :param exempt: by desk, the profils that, presented without any other, it does not concern
    :raises DispositifFileError: naming the volet and the champ
    """
    volets = {kind: one_volet(kind, said, exempt) for kind, said in raw.items()}
    if missing := sorted(READ.keys() - volets.keys()):
        raise DispositifFileError(f"volets.{missing[0]} is missing.")
    for kind, spec in volets.items():
        for code, wanted in READ[kind].items():
            _check_read(spec, code, wanted)
    return volets


def _check_read(spec: VoletSpec, code: str, wanted: Kind | frozenset[str]) -> None:
    """Refuse a volet that does not ask what the portal reads, as it reads it."""
    where, champ = f"volets.{spec.kind}.{code}", spec.by_code.get(code)
    if champ is None:
        raise DispositifFileError(f"{where}: the portal reads it, and no champ asks it.")
    if isinstance(wanted, Kind):
        if champ.kind is not wanted:
            raise DispositifFileError(f"{where}: the portal reads it as {_NATURE_OF[wanted]}.")
    elif missing := sorted(wanted - {column.code for column in champ.columns}):
        raise DispositifFileError(f"{where}: the portal reads its columns {', '.join(missing)}, which are not there.")


def one_volet(kind: str, raw: Mapping[str, Any], exempt: Mapping[str, frozenset[str]]) -> VoletSpec:
    """Read what one volet asks.

    :raises DispositifFileError: naming the volet and the champ
    """
    _refuse_unknown_keys(f"volets.{kind}", raw, "volet")
    version = raw["version"]
    if not isinstance(version, str) or not 0 < len(version) <= LONGEST_VERSION:
        raise DispositifFileError(f"volets.{kind}: the version is a text of 1 to {LONGEST_VERSION} signs.")
    for said in raw["sections"]:
        _refuse_unknown_keys(f"volets.{kind}, {said['titre']}", said, "section")
    if kind not in READ:
        raise DispositifFileError(f"volets.{kind} is not one of {', '.join(READ)}.")
    sections = tuple(
        Section(said["titre"], tuple(_champ(kind, one, exempt) for one in said["champs"]), said.get("aide", ""))
        for said in raw["sections"]
    )
    codes = [champ.code for section in sections for champ in section.champs]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise DispositifFileError(f"volets.{kind}: {', '.join(twice)} is asked twice.")
    spec = VoletSpec(kind, raw["titre"], raw["but"], sections, version=version)
    for champ in _every_champ(spec):
        _check(spec, champ)
    return spec


def _champ(kind: str, raw: Mapping[str, Any], exempt: Mapping[str, frozenset[str]]) -> Champ:
    code = raw["code"]
    _refuse_unknown_keys(f"volets.{kind}.{code}", raw, "champ")
    nature = raw.get("nature", "texte")
    if nature not in NATURES:
        raise DispositifFileError(f"volets.{kind}.{code}: the nature {nature} is not one of {', '.join(NATURES)}.")
    desk = raw.get("sans-objet-si-dispense-de", "")
    if desk and desk not in exempt:
        raise DispositifFileError(f"volets.{kind}.{code}: {desk} is not a desk of this dispositif.")
    only_if = raw.get("seulement-si")
    return Champ(
        code,
        raw["libelle"],
        NATURES[nature],
        required=raw.get("obligatoire", True),
        help=raw.get("aide", ""),
        max_length=raw.get("longueur", 200),
        advised=raw.get("conseil", ""),
        only_if=(only_if["champ"], only_if["vaut"]) if only_if else None,
        unless_all=("profils", exempt[desk]) if desk and exempt[desk] else None,
        choices=raw.get("liste", ""),
        columns=tuple(_champ(kind, one, exempt) for one in raw.get("colonnes", ())),
        none_label=raw.get("aucun", ""),
        distinct=raw.get("distinct", ""),
        without_editeur=raw.get("sans-l-editeur", False),
        prefill=raw.get("propose", ""),
        autocomplete=raw.get("autocomplete", ""),
    )


def _refuse_unknown_keys(where: str, raw: Mapping[str, Any], of: str) -> None:
    if unknown := sorted(raw.keys() - KEYS[of]):
        raise DispositifFileError(f"{where}: {', '.join(unknown)} is no key of a {of}.")


def _every_champ(spec: VoletSpec) -> Iterator[Champ]:
    for champ in spec.by_code.values():
        yield champ
        yield from champ.columns


def _check(spec: VoletSpec, champ: Champ) -> None:
    where = f"volets.{spec.kind}.{champ.code}"
    chooses = champ.kind in (Kind.CHOICE, Kind.CHOICES)
    if chooses and champ.choices not in LISTS:
        raise DispositifFileError(f"{where}: the list {champ.choices!r} is not one of {', '.join(sorted(LISTS))}.")
    if (champ.kind is Kind.LIST) != bool(champ.columns):
        raise DispositifFileError(f"{where}: a list has columns, and nothing else has.")
    if champ.only_if and champ.only_if[0] not in spec.by_code:
        raise DispositifFileError(f"{where}: it is asked by what {champ.only_if[0]} says, which no champ asks.")
    if champ.distinct and champ.distinct not in {column.code for column in champ.columns}:
        raise DispositifFileError(f"{where}: {champ.distinct} is no column of it.")
    if champ.prefill and champ.prefill not in PREFILLS:
        raise DispositifFileError(f"{where}: {champ.prefill} is not one of {', '.join(sorted(PREFILLS))}.")


def numeros_of(volets: Mapping[str, VoletSpec]) -> Mapping[str, Champ]:
    """The numbers that are kept with a product, before it is a candidate to anything."""
    asked = (champ for spec in volets.values() for champ in spec.by_code.values())
    return {champ.code: champ for champ in asked if champ.prefill == NUMERO}
