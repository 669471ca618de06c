"""A company of the world: the country where it is registered, and its number there. Every door asks this one rule."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stdnum import iban
from stdnum.fr import tva as fr_tva
from stdnum.mc import tva as mc_tva

from comptes.catalogue.countries import FRANCE, countries, country_of, vat_countries
from comptes.rules.numbers import (
    KINDS,
    LONGEST,
    kind_of,
    kinds_of,
    read_as,
    shaped_kinds,
)
from comptes.rules.readings import NotANumber, Reading, compact, without_its_name, without_its_name_abroad
from comptes.rules.registers import REGISTERS
from comptes.rules.sirens import what_is_asked

# The countries of which a number with these two or three letters before it is.
_PREFIXES = {"EL": "GR", "CHE": "CH", "BE": "BE", "LU": "LU"}
# The signs from which a text may be a part of a number.
LEAST = 3
# A sentence is read to here; a number in it has so many figures at least, in so many pieces at most.
LONGEST_SENTENCE, LEAST_FIGURES, MOST_PIECES = 1000, 8, 6
_PIECE = re.compile(r"[^\s,;:()\[\]«»\"]+")
# Longer than any number with all that is pasted around it.
LONGEST_TYPED = 200


@dataclass(frozen=True)
class Company:
    """A company: its country (ISO 3166-1, two letters), and its number there as it is kept.

    :param identifier: empty for a company that has no number, where that is allowed
    """

    country: str
    identifier: str

    @property
    def number(self) -> str:
        """Its number in the usual form of its country, with its name: `SIREN 732 829 320`."""
        if not self.identifier:
            return "sans numéro"
        kind = kind_of(self.country, self.identifier)
        return f"{kind.label}\u00a0{kind.shown(self.identifier)}"

    @property
    def known_as(self) -> str:
        """The same, with its country when it is not France: `IDE CHE-100.155.212 (Suisse)`."""
        return self.number if self.country == FRANCE else f"{self.number} ({name_of(self.country)})"

    def __str__(self) -> str:
        return self.known_as

    @property
    def key(self) -> str:
        """What designates it for the machine: `FR 732829320`."""
        return f"{self.country} {self.identifier}"


def name_of(country: str) -> str:
    """Return the French name of a country; its code when nobody knows it."""
    known = countries().get(country)
    return known.name if known else country


def shown_number(country: str, identifier: str) -> str:
    """Write a kept number in the usual form of its country, without its name: what a field shows."""
    return kind_of(country, identifier).shown(identifier) if identifier else ""


def read_company(country: str, typed: str) -> tuple[Company, str]:
    """Read a company from its country and what was typed as its number.

    :param country: an ISO 3166-1 code
    :return: the company, and a French sentence about what was typed when it was something else, such as a SIRET
    :raises NotANumber: with the French reason
    """
    known = country_of(country.strip().upper())
    if not known:
        raise NotANumber("Choisissez un pays de la liste.")
    if len(typed) > LONGEST_TYPED:
        raise NotANumber(_what_is_asked(known, ""))
    if iban.is_valid(compact(typed).removeprefix("IBAN"), check_country=False):
        raise NotANumber("Ce numéro est celui d’un compte bancaire (IBAN), et non d’une entreprise.")
    if there := country_that_numbers(typed, besides=known):
        raise NotANumber(
            f"Ce numéro est celui d’une entreprise immatriculée ailleurs ({name_of(there)})\u00a0: choisissez ce pays."
        )
    reading = read_as(kinds_of(known), typed)
    if reading is None:
        raise NotANumber(_what_is_asked(known, typed))
    return Company(known, reading.number), reading.note


def company_of(country: Any, identifier: Any) -> Company | None:
    """Read which company a machine names; None when one of the two is missing, or is no number of that country."""
    if not isinstance(country, str) or not isinstance(identifier, str):
        return None
    try:
        return read_company(country, identifier)[0]
    except NotANumber:
        return None


def _what_is_asked(country: str, typed: str) -> str:
    if country == FRANCE:
        return what_is_asked(typed)
    asked = countries()[country]
    if country in KINDS:
        return f"Ce n’est pas un numéro de ce pays ({asked.name}). {asked.number_help}"
    return f"Un numéro de registre compte de trois à {LONGEST} lettres et chiffres, sans autre signe."


def country_that_numbers(typed: str, *, besides: str) -> str:
    """Return the country whose prefix a right VAT number bears, when it is another one; empty otherwise.

    A number of Monaco bears the prefix of France, and is no SIREN's.
    """
    number = without_its_name_abroad(without_its_name(compact(typed)))
    if besides == FRANCE and re.fullmatch(r"[0-9]{11}", number, re.ASCII):
        number = f"FR{number}"
    if re.fullmatch(r"FR[0-9A-Z]{2}[0-9]{9}", number, re.ASCII):
        return _of_france_or_monaco(number, besides)
    prefix = "CHE" if number.startswith("CHE") else number[:2]
    country = _PREFIXES.get(prefix, prefix if prefix in vat_countries() else "")
    return country if country not in ("", besides) and _reads(country, number) else ""


def _of_france_or_monaco(number: str, besides: str) -> str:
    country = "MC" if mc_tva.is_valid(number) else FRANCE if fr_tva.is_valid(number) else ""
    return "" if country == besides else country


def _reads(country: str, number: str) -> Reading | None:
    """The number that a text is in a country, when its shape alone says so."""
    try:
        return read_as(shaped_kinds(country), number)
    except NotANumber:
        return None


# -- searches --------------------------------------------------------------------------------------------------------


def numbers_in(text: str) -> tuple[str, ...]:
    """Return the kept numbers that a searched text may be, in any country; none when it is words.

    « BE 0403.170.701 », « 732 829 320 » with any spaces, a SIRET: each is found however it was pasted.
    """
    typed = compact(text[:LONGEST_TYPED])
    readings = (_reads(country, typed) for country in (*KINDS, *sorted(vat_countries() | REGISTERS.keys())))
    return tuple(dict.fromkeys(reading.number for reading in readings if reading))


def number_among(text: str) -> str:
    """Return the number of a company that was copied among words: « Sirocco (SIREN 732 829 320), Brest ».

    Empty when the words hold no such number, or several.
    """
    pieces = _PIECE.findall(text[:LONGEST_SENTENCE])
    copied, start = [], 0
    while start < len(pieces):
        ends = range(min(start + MOST_PIECES, len(pieces)), start, -1)
        end = next((end for end in ends if _is_whole(pieces[start:end])), None)
        copied += [" ".join(pieces[start:end])] if end else []
        start = end or start + 1
    return copied[0] if len(copied) == 1 else ""


def _is_whole(pieces: Sequence[str]) -> bool:
    """Whether pieces of a text, with nothing before nor after, are a number."""
    begins = any(map(str.isdigit, pieces[0])) or pieces[0].upper() in KINDS.keys() | vat_countries() | _PREFIXES.keys()
    figures = sum(map(str.isdigit, "".join(pieces)))
    if not begins or figures < LEAST_FIGURES or not any(map(str.isdigit, pieces[-1])):
        return False
    return bool(numbers_in(" ".join(pieces)))


def parts_in(text: str) -> tuple[str, ...]:
    """Return the parts of a kept number that a searched text may be, such as `HRB 86` or `BE 0403.1`."""
    typed = compact(text[:LONGEST_TYPED])
    parts = [typed] if typed.isascii() and typed.isalnum() and len(typed) >= LEAST else []
    parts += re.findall(r"^[A-Z]{2}([0-9]{3,})$", typed, re.ASCII)
    return tuple(part for part in parts if re.search("[0-9]", part))
