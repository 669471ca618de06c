"""The dispositifs that are open: which files are read, and what is wrong in those that stay shut."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from candidatures.catalogue.champs import Champ, Section, VoletSpec
from candidatures.catalogue.faults import DispositifFileError
from candidatures.catalogue.reading import read_dispositif
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

    :raises DispositifFileError: when there is no such file, or it is wrong
    """
    path = _files().get(code)
    if path is None:
        raise DispositifFileError(f"No dispositif is called {code!r}.")
    try:
        spec = read_dispositif(path.read_text(encoding="utf-8"))
    except (DispositifFileError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise DispositifFileError(f"{path.name}: {error}") from None
    if spec.code != code:
        raise DispositifFileError(f"{path.name}: the code must be {code!r}, as the file is called.")
    return spec


def every_spec() -> list[DispositifSpec]:
    """Every dispositif that is open, in the order of its folders; `faults` says which are not, and why."""
    return [spec_of(code) for code in open_codes()]


def open_codes() -> list[str]:
    """The codes of the dispositifs that are open, in their order."""
    return [code for code in _files() if code not in faults()]


@cache
def faults() -> Mapping[str, str]:
    """By code, why a dispositif is not open: it is wrong, its NRU are another's, or nothing describes it."""
    found = {code: f"{code}: no file of that name describes a dispositif." for code in _only if code not in _files()}
    owners: dict[str, str] = {}
    for code in _files():
        try:
            prefixe = spec_of(code).prefixe_nru
        except DispositifFileError as error:
            found[code] = str(error)
        else:
            if owners.setdefault(prefixe, code) != code:
                found[code] = f"{code}.toml: the prefixe_nru {prefixe} is that of {owners[prefixe]}."
    return found


def read_also(*folders: Path, only: Collection[str] = ()) -> None:
    """Read dispositifs in these folders too, or, among all, only those that are named."""
    _more[:], _only[:] = folders, only
    for known in (_files, spec_of, faults):
        known.cache_clear()


def file_of(code: str) -> Path:
    """Where a dispositif is described; its REM may stand beside.

    :raises DispositifFileError: when there is no such file
    """
    if code not in _files():
        raise DispositifFileError(f"No dispositif is called {code!r}.")
    return _files()[code]


@cache
def _files() -> Mapping[str, Path]:
    paths = [path for folder in (FOLDER, *_more) for path in sorted(folder.glob("*.toml"))]
    return {path.stem: path for path in paths if _CODE.fullmatch(path.stem) and (not _only or path.stem in _only)}


def volet_of_any(kind: str) -> VoletSpec:
    """What a volet asks in any of the dispositifs: what is common to all of them, then what is one's own."""
    specs = [spec.volets[kind] for spec in every_spec()]
    first, champs = specs[0], {code: champ for spec in reversed(specs) for code, champ in spec.by_code.items()}
    own = tuple(champ for code, champ in champs.items() if code not in first.by_code)
    more = (Section("Propres à un autre dispositif", own),) if own else ()
    return replace(first, sections=(*first.sections, *more))


def numeros() -> Mapping[str, Champ]:
    """The numbers that are kept with a product, whatever the dispositif that will ask for them."""
    return {code: champ for spec in reversed(every_spec()) for code, champ in numeros_of(spec.volets).items()}


def name_of_teleservice(code: str) -> str:
    """Return what a téléservice is called in words: it is the same whatever the dispositif that asks for it."""
    return next((spec.teleservices[code] for spec in every_spec() if code in spec.teleservices), code)


def recours_of(dispositif: str) -> RecoursSpec:
    """What an adverse decision says of how it may be contested, in the dispositif of that code."""
    return spec_of(dispositif).recours
