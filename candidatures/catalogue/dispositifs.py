"""The open dispositifs: which files are read, and the mistakes of those that are not open."""

import re
from collections.abc import Collection, Mapping, Sized
from dataclasses import replace
from functools import cache
from pathlib import Path

from candidatures.catalogue.champs import Champ
from candidatures.catalogue.faults import DispositifFileError, Mistake
from candidatures.catalogue.places import lines_of
from candidatures.catalogue.reading import mistake_at, read_dispositif
from candidatures.catalogue.specs import DispositifSpec, RecoursSpec
from candidatures.catalogue.volets import numeros_of

FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "dispositifs"
_CODE = re.compile(r"[a-z0-9-]+")
# What `read_also` was told.
_more: list[Path] = []
_only: list[str] = []


@cache
def spec_of(code: str) -> DispositifSpec:
    """Return the dispositif of that code.

    :raises DispositifFileError: when there is no such file, or it is wrong: every mistake of it
    """
    text = _text_of(file_of(code))
    spec = read_dispositif(text)
    if spec.code != code:
        sentence = f"il faut «\u00a0{code}\u00a0», comme le fichier."
        raise DispositifFileError([mistake_at(lines_of(text), ("code",), sentence)])
    return spec


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DispositifFileError([Mistake(line, path.name, "ce n’est pas de l’UTF-8.")]) from None


def every_spec() -> list[DispositifSpec]:
    """Return every open dispositif, in the order of the folders; `faults` gives the others, with the reasons."""
    return [spec_of(code) for code in open_codes()]


def open_codes() -> list[str]:
    """Return the codes of the open dispositifs, in order."""
    return [code for code in _files() if code not in faults()]


@cache
def faults() -> Mapping[str, tuple[Mistake, ...]]:
    """Return, by code, why a dispositif is not open: its file is wrong, its NRU are another's, or there is no file."""
    mistakes: dict[str, tuple[Mistake, ...]] = {
        code: (_nothing_describes(code),) for code in _only if code not in _files()
    }
    owners: dict[str, str] = {}
    for code in _files():
        try:
            prefixe = spec_of(code).prefixe_nru
        except DispositifFileError as error:
            mistakes[code] = error.mistakes
        else:
            if owners.setdefault(prefixe, code) != code:
                sentence = f"le préfixe {prefixe} est déjà celui de {owners[prefixe]}."
                lines = lines_of(_text_of(file_of(code)))
                mistakes[code] = (mistake_at(lines, ("prefixe_nru",), sentence),)
    return mistakes


def faults_in_words() -> list[str]:
    """Return each mistake of each dispositif that is not open, with its file, its line and its key."""
    return [f"{code}.toml, {mistake}" for code, mistakes in faults().items() for mistake in mistakes]


def _nothing_describes(code: str) -> Mistake:
    return Mistake(1, "", f"aucun fichier {code}.toml ne décrit ce dispositif.")


def read_also(*folders: Path, only: Collection[str] = ()) -> None:
    """Also read the dispositifs of these folders, or, among all, only those that are named."""
    _more[:], _only[:] = folders, only
    for known in (_files, spec_of, faults):
        known.cache_clear()


def file_of(code: str) -> Path:
    """Return the path of the file of a dispositif; its REM may stand beside.

    :raises DispositifFileError: when there is no such file
    """
    if code not in _files():
        raise DispositifFileError([_nothing_describes(code)])
    return _files()[code]


@cache
def _files() -> Mapping[str, Path]:
    paths = [path for folder in (FOLDER, *_more) for path in sorted(folder.glob("*.toml"))]
    return {path.stem: path for path in paths if _CODE.fullmatch(path.stem) and (not _only or path.stem in _only)}


def specs_in_order() -> list[DispositifSpec]:
    """Return every open dispositif, the earliest first: addresses that name no dispositif mean that one."""
    return sorted(every_spec(), key=lambda spec: (spec.opens_at, spec.code))


def profils_of(code: str) -> Mapping[str, str]:
    """Return the profils of a dispositif; none when it is not open: what it attributed stays public, with codes."""
    return spec_of(code).profils if code in open_codes() else {}


def numeros() -> Mapping[str, Champ]:
    """Return the numbers that are kept with a product, whatever dispositif will ask for them.

    The help of a number that only some dispositifs ask for names them.
    """
    asked = [(spec.titre, numeros_of(spec.volets)) for spec in specs_in_order()]
    by_code = {code: champ for _, champs in reversed(asked) for code, champ in champs.items()}
    askers = {code: [titre for titre, champs in asked if code in champs] for code in by_code}
    return {code: _said_by(champ, askers[code], asked) for code, champ in by_code.items()}


def _said_by(champ: Champ, askers: list[str], asked: Sized) -> Champ:
    if len(askers) == len(asked):
        return champ
    return replace(champ, help=f"{champ.help} Demandé par\u00a0: {', '.join(askers)}.".strip())


def name_of_teleservice(code: str) -> str:
    """Return the name of a téléservice, which is the same in every dispositif that asks for it."""
    return next((spec.teleservices[code] for spec in every_spec() if code in spec.teleservices), code)


def recours_of(dispositif: str) -> RecoursSpec:
    """Return the voies de recours that an adverse decision gives, in the dispositif of that code."""
    return spec_of(dispositif).recours
