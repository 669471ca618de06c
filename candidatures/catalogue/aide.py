"""The first fiches of the help centre, and the words that mean the same: the files of `catalogue/aide/`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from candidatures.enums import AideIci, FicheKind, Parcours, RessourceKind, Weekday

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "aide"
SYNONYMS = "synonymes"
# The keys of the files, and the fields of a version that they fill.
KEYS: Mapping[str, str] = {
    "titre": "titre",
    "resume": "resume",
    "rubrique": "parcours",
    "nature": "nature",
    "texte": "corps",
    "question": "question",
    "email": "email",
    "telephone": "telephone",
    "horaires": "horaires",
    "lien": "lien",
    "replay": "replay",
    "support": "support",
    "ou-trouver": "ou_trouver",
    "source": "source",
    "guichet": "guichet",
    "date": "date",
    "chaque": "weekday",
    "debut": "begins",
    "fin": "ends",
    "ici": "ici",
    "mots": "mots",
    "a-revoir": "review_date",
    "dispositif": "dispositif",
}
_TYPES: Mapping[str, type] = {"date": date, "debut": time, "fin": time, "a-revoir": date, "ici": list}
_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "rubrique": {choice.value: choice.value for choice in Parcours},
    "nature": {choice.value: choice.value for choice in RessourceKind},
    "chaque": {choice.label: choice.value for choice in Weekday},
}


class AideFileError(Exception):
    """A file of the help is wrong. The message names the file, the fiche and the key, in French."""


@dataclass(frozen=True)
class FicheSpec:
    """A fiche as its file gives it. `values` has the fields of a version, but for `dispositif`, which is a code."""

    kind: FicheKind
    code: str
    values: Mapping[str, Any]


def read_fiches(name: str, text: str) -> Iterator[FicheSpec]:
    """Read one file: what its fiches are, then each of them by its code, in the order of the pages.

    :raises AideFileError: at the first mistake
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AideFileError(f"{name}\u00a0: ce n’est pas du TOML\u00a0: {error}.") from None
    if raw.get("sorte") not in FicheKind.values or not isinstance(raw.get("fiches"), dict):
        raise AideFileError(f"{name}\u00a0: il faut une sorte ({', '.join(FicheKind.values)}) et des fiches.")
    for place, (code, entries) in enumerate(raw["fiches"].items(), start=1):
        values = {KEYS[key]: _value(f"{name}, {code}, {key}", key, value) for key, value in _known(name, code, entries)}
        yield FicheSpec(FicheKind(raw["sorte"]), code, {"ordre": place * 10, **values})


def _known(name: str, code: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in entries.items():
        if key not in KEYS:
            raise AideFileError(f"{name}, {code}\u00a0: la clé «\u00a0{key}\u00a0» n’existe pas.")
        yield key, value


def _value(place: str, key: str, value: Any) -> Any:
    wanted, kind = _TYPES.get(key, str), type(value)
    if kind is not wanted:
        raise AideFileError(f"{place}\u00a0: cette valeur n’est pas du bon type.")
    if key in _CHOICES:
        if value not in _CHOICES[key]:
            raise AideFileError(f"{place}\u00a0: il faut l’un de {', '.join(_CHOICES[key])}.")
        return _CHOICES[key][value]
    if key == "ici" and not set(value) <= set(AideIci.values):
        raise AideFileError(f"{place}\u00a0: il faut des codes parmi {', '.join(AideIci.values)}.")
    return value.strip() if isinstance(value, str) else value


def every_fiche(folder: Path = FOLDER) -> list[FicheSpec]:
    """Return the fiches of every file.

    :raises AideFileError: at the first mistake, a code that is written twice included
    """
    specs: dict[str, FicheSpec] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem == SYNONYMS:
            continue
        for spec in read_fiches(path.name, path.read_text(encoding="utf-8")):
            if spec.code in specs:
                raise AideFileError(
                    f"{path.name}\u00a0: la fiche «\u00a0{spec.code}\u00a0» est déjà dans un autre fichier."
                )
            specs[spec.code] = spec
    return list(specs.values())


@cache
def synonyms() -> tuple[tuple[str, ...], ...]:
    """Return the groups of words that mean the same for the search."""
    raw = tomllib.loads((FOLDER / f"{SYNONYMS}.toml").read_text(encoding="utf-8"))
    return tuple(tuple(group) for group in raw["groupes"])
