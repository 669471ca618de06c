"""The countries where a company may be registered, and how its number there is asked: one file, read once."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parents[2] / "catalogue" / "pays.toml"
FRANCE = "FR"
VAT, OTHER = "tva", "autre"


@dataclass(frozen=True)
class Country:
    """A country: its ISO 3166-1 code, its French name, and the French words that ask for a company's number."""

    code: str
    name: str
    number_label: str
    number_help: str


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


@cache
def countries() -> Mapping[str, Country]:
    """Every country by its code: those that are proposed first, then the others in the order of their names."""
    file = _file()
    names: dict[str, str] = file["noms"]
    others = sorted(names.keys() - set(file["premiers"]), key=lambda code: _sorted_as(names[code]))
    return {code: _country(code, names[code]) for code in (*file["premiers"], *others)}


@cache
def first_countries() -> tuple[str, ...]:
    """The codes of the countries that are proposed first."""
    return tuple(_file()["premiers"])


@cache
def vat_countries() -> frozenset[str]:
    """The codes of the countries, besides those with a rule of their own, whose VAT numbers can be checked."""
    return frozenset(_file()["tva"])


@cache
def hints() -> tuple[tuple[str, str, str], ...]:
    """Say how each country's number is asked: whose it is, its name, what it looks like."""
    asked, known = _file()["numeros"], countries()
    others = (("Union européenne, Royaume-Uni", VAT), ("Tout autre pays", OTHER))
    whose = (*((known[code].name, code) for code in first_countries()), *others)
    return tuple((name, asked[key]["libelle"], asked[key]["aide"]) for name, key in whose)


def country_of(code: str) -> str:
    """Return the country under whose number a territory's companies are known; empty when there is no such country.

    :param code: an ISO 3166-1 code, in capitals; the territories of France whose companies have a SIREN give `FR`
    """
    if code in _file()["siren"]:
        return FRANCE
    return code if code in countries() else ""


@cache
def _codes_by_name() -> Mapping[str, str]:
    names = [(country.name, code) for code, country in countries().items()]
    names += [(name, code) for code, others in _file()["aussi"].items() for name in others]
    return {_as_name(name): code for name, code in names} | {code.lower(): code for code in _territories()}


def _territories() -> tuple[str, ...]:
    return (*countries(), *_file()["siren"])


def code_named(text: str) -> str:
    """Return the code of a country or territory that somebody wrote by its name or its code; empty when it is none."""
    return _codes_by_name().get(_as_name(text), "")


def _as_name(text: str) -> str:
    """Return what two spellings of a country share: no accents, capitals, dashes, article, nor its code after it."""
    alone = re.sub(r"\([A-Z]{2}\)\s*$", "", text.strip()).replace(".", "").replace("’", " ")
    bare = re.sub(r"[^a-z]+", " ", _sorted_as(alone)).strip()
    return re.sub(r"^(?:l|la|le|les|ile de la)\s+(?=\w{4})", "", bare)


def _country(code: str, name: str) -> Country:
    asked = _file()["numeros"]
    number = asked.get(code) or asked[VAT if code in vat_countries() else OTHER]
    return Country(code, name, number["libelle"], number["aide"])


def _sorted_as(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
