"""The volets of a dispositif, read from its TOML file: sections, champs, what each asks and when. Pure functions."""

from collections.abc import Mapping
from typing import Any

from candidatures.catalogue.champs import NUMERO, Champ, ChampKind, Section, VoletSpec

# The lists that are the same for every dispositif; the others (profils, téléservices…) are in its file.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "proxy": {"propre": "Notre propre proxy", "tiers": "Le proxy d’un autre éditeur"},
    "appartenance": {"groupement": "membre du groupement", "tiers": "un éditeur tiers"},
    "arret": {"maintenance": "de maintenance", "commercialisation": "de commercialisation"},
}

NATURES: Mapping[str, ChampKind] = {
    "texte": ChampKind.TEXT,
    "paragraphe": ChampKind.PARAGRAPH,
    "courriel": ChampKind.EMAIL,
    "telephone": ChampKind.PHONE,
    "siren": ChampKind.SIREN,
    "immatriculation": ChampKind.COMPANY,
    "code-postal": ChampKind.POSTAL_CODE,
    "identifiant": ChampKind.IDENTIFIER,
    "oui-non": ChampKind.YES_NO,
    "choix": ChampKind.CHOICE,
    "choix-multiples": ChampKind.CHOICES,
    "date": ChampKind.DATE,
    "piece": ChampKind.PIECE,
    "liste": ChampKind.LIST,
}


def volet_of(kind: str, raw: Mapping[str, Any], exempt: Mapping[str, frozenset[str]]) -> VoletSpec:
    """Read what one volet asks, from a file that was checked.

    :param exempt: by desk, the profils that, presented without any other, it does not concern
    """
    sections = tuple(
        Section(section["titre"], tuple(_champ(champ, exempt) for champ in section["champs"]), section.get("aide", ""))
        for section in raw["sections"]
    )
    return VoletSpec(kind, raw["titre"], raw["but"], sections, version=raw["version"])


def _champ(raw: Mapping[str, Any], exempt: Mapping[str, frozenset[str]]) -> Champ:
    desk, only_if = raw.get("sans-objet-si-dispense-de", ""), raw.get("seulement-si")
    return Champ(
        raw["code"],
        raw["libelle"],
        NATURES[raw.get("nature", "texte")],
        required=raw.get("obligatoire", True),
        help=raw.get("aide", ""),
        max_length=raw.get("longueur", 200),
        advised=raw.get("conseil", ""),
        only_if=(only_if["champ"], only_if["vaut"]) if only_if else None,
        unless_all=("profils", exempt[desk]) if desk and exempt[desk] else None,
        choices=raw.get("liste", ""),
        columns=tuple(_champ(column, exempt) for column in raw.get("colonnes", ())),
        none_label=raw.get("aucun", ""),
        distinct=raw.get("distinct", ""),
        numberless=raw.get("sans-numero", False),
        without_editeur=raw.get("sans-l-editeur", False),
        prefill=raw.get("propose", ""),
        autocomplete=raw.get("autocomplete", ""),
    )


def numeros_of(volets: Mapping[str, VoletSpec]) -> Mapping[str, Champ]:
    """The numbers that are kept with a product, before it is a candidate to anything."""
    asked = (champ for spec in volets.values() for champ in spec.by_code.values())
    return {champ.code: champ for champ in asked if champ.prefill == NUMERO}
