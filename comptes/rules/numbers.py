"""The numbers under which each country knows its companies: what each looks like, its check digits, its usual form.

A number is kept without spaces, dots or dashes, in the shortest form of `python-stdnum` when it knows it. What it does
not know has its source beside its rule.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import product
from typing import Any

from stdnum import get_cc_module
from stdnum.be import vat as be_vat
from stdnum.ch import uid
from stdnum.exceptions import ValidationError
from stdnum.lu import tva as lu_tva
from stdnum.mc import tva as mc_tva

from comptes.catalogue.countries import FRANCE, vat_countries
from comptes.rules.readings import (
    Kind,
    NotANumber,
    Reading,
    compact,
    grouped,
    like,
    without_accents,
    without_its_name,
    without_its_name_abroad,
)
from comptes.rules.registers import NAMES_OF, REGISTERS
from comptes.rules.sirens import SIRENS

SHORTEST, LONGEST = 3, 30


# -- Belgium, Switzerland, Luxembourg, Monaco ------------------------------------------------------------------------


def _show_vat_of_monaco(number: str) -> str:
    return grouped(number, 2, 2, 9)


def _by_stdnum(validate: Callable[[str], str]) -> Callable[[re.Match[str]], Reading]:
    def read(match: re.Match[str]) -> Reading:
        return Reading(str(validate(match[1])))

    return read


# -- the territories that have registers of their own -----------------------------------------------------------------


def _rid(match: re.Match[str]) -> Reading:
    """The RID has six or seven digits; three more are those of the establishment (https://www.isee.nc/ridet)."""
    number = match[1].zfill(7)
    note = f"Le numéro de l’établissement n’est pas gardé\u00a0: le RID est {_show_rid(number)}." if match[2] else ""
    return Reading(_not_zero(number), note)


def _show_rid(number: str) -> str:
    return grouped(number, 1, 3, 3)


def _tahiti(match: re.Match[str]) -> Reading:
    """Six digits, or since 2011 a letter and five; three more are those of the establishment (https://www.ispf.pf/rte)."""
    number = match[1]
    note = f"Le numéro de l’établissement n’est pas gardé\u00a0: le n° TAHITI est {number}." if match[2] else ""
    return Reading(_not_zero(number), note)


def _not_zero(number: str) -> str:
    if not number.strip("0/"):
        raise NotANumber("Un numéro fait de zéros n’est celui de personne.")
    return number


# -- every other country ---------------------------------------------------------------------------------------------


def _vat_kind(country: str) -> Kind:
    """The VAT number of a country: typed with its prefix it must be right."""
    module: Any = get_cc_module(country, "vat")
    prefix = "EL" if country == "GR" else country

    def read(match: re.Match[str]) -> Reading:
        number = str(module.validate(match[1]))
        bare = number.removeprefix(prefix)  # that of Romania is kept with its prefix by stdnum
        return Reading(bare if module.is_valid(bare) else number)

    typed = rf"((?:{prefix}|{country})[A-Z0-9]{{7,13}})"
    return Kind("TVA", typed, read, module.is_valid, lambda number: f"{prefix}{number.removeprefix(prefix)}")


def _register(country: str) -> Kind:
    """A number of a register of which nothing is known: three signs at least, one of them a digit.

    Where the national number is the number for VAT without its prefix, both are the same number.
    """
    module: Any = get_cc_module(country, "vat") if country in vat_countries() else None

    def read(match: re.Match[str]) -> Reading:
        bare = without_its_name_abroad(match[1])
        number = _not_zero(bare if len(bare) >= SHORTEST else match[1])
        return Reading((module and _vat_at_the_end(module, number)) or number)

    name = rf"(?:{NAMES_OF[country]})*" if country in NAMES_OF else ""
    return Kind("n°", rf"{name}(?=[A-Z/]*[0-9])([A-Z0-9][A-Z0-9/]{{2,{LONGEST - 1}}})", read, like(".*"), str)


def _vat_at_the_end(module: Any, number: str) -> str:
    """Return the number for VAT that a text is, once the letters before it are left out; empty when it is none.

    Its check digits tell it from any other: nobody needs to know how each country calls it.
    """
    letters = re.match("[A-Z]*", number)
    starts = range(letters.end() + 1) if letters else ()
    return next((str(module.compact(number[at:])) for at in starts if module.is_valid(number[at:])), "")


# Where it is registered, which people paste with it: « RPM Bruxelles ».
_BELGIAN_REGISTER = r"(?:RP[MR][^0-9]{0,60})?"

KINDS: Mapping[str, tuple[Kind, ...]] = {
    FRANCE: SIRENS,
    "BE": (
        Kind(
            "n°\u00a0d’entreprise",
            rf"{_BELGIAN_REGISTER}((?:BE)?[0-9]{{3,4}}/?[0-9]{{3}}/?[0-9]{{3}}){_BELGIAN_REGISTER}",
            _by_stdnum(be_vat.validate),
            like(r"[0-9]{10}"),
            lambda number: grouped(number, 4, 3, 3, by="."),
        ),
    ),
    "CH": (
        Kind(
            "IDE",
            r"((?:CHE)?[0-9]{9})(?:/?(?:TVA|MWST|IVA|VAT|RC|HR))*",
            _by_stdnum(uid.validate),
            like(r"CHE[0-9]{9}"),
            uid.format,
        ),
    ),
    "LU": (
        # https://www.lbr.lu: the letter of the section, then one to seven digits.
        Kind(
            "RCS",
            r"(?:LUXEMBOURG|LU)?([A-N])0*([1-9][0-9]{0,6})",
            lambda match: Reading(match[1] + match[2]),
            like(r"[A-N][0-9]{1,7}"),
            lambda number: f"{number[0]}\u00a0{number[1:]}",
        ),
        Kind(
            "TVA",
            r"((?:LU)?[0-9]{8})",
            _by_stdnum(lu_tva.validate),
            like(r"[0-9]{8}"),
            lambda number: f"LU{number}",
        ),
    ),
    "MC": (
        # https://service-public-entreprises.gouv.mc: the year, a letter for the legal form, five digits.
        Kind(
            "RCI",
            r"(?:MONACO|MC)?([0-9]{2})([A-Z])([0-9]{5})",
            lambda match: Reading(match[1] + match[2] + match[3]),
            like(r"[0-9]{2}[A-Z][0-9]{5}"),
            lambda number: grouped(number, 2, 1, 5),
        ),
        Kind(
            "TVA",
            r"((?:FR)?[0-9A-Z]{2}[0-9]{9})",
            _by_stdnum(mc_tva.validate),
            like(r"FR[0-9A-Z]{2}[0-9]{9}"),
            _show_vat_of_monaco,
        ),
    ),
    # At the register of Nouméa, a company has its RID after a year and a letter: 2005 B 784 512.
    "NC": (
        Kind("RID", r"(?:NOUM.A)?(?:(?:[0-9]{4})?[A-D])?([0-9]{6,7})([0-9]{3})?", _rid, like(r"[0-9]{7}"), _show_rid),
    ),
    "PF": (
        Kind(
            "n°\u00a0TAHITI",
            r"([A-Z0-9][0-9]{5})([0-9]{3})?",
            _tahiti,
            like(r"[A-Z0-9][0-9]{5}"),
            str,
        ),
    ),
}


@cache
def kinds_of(country: str) -> tuple[Kind, ...]:
    """Return the kinds of number of a country, in the order in which they are tried."""
    if country in KINDS:
        return KINDS[country]
    vat = (_vat_kind(country),) if country in vat_countries() else ()
    return (*vat, *REGISTERS.get(country, ()), _register(country))


def shaped_kinds(country: str) -> tuple[Kind, ...]:
    """Return those that nothing else looks like: a register of which nothing is known is left out."""
    return KINDS.get(country) or (kinds_of(country)[:-1] or kinds_of(country))


def read_as(kinds: Iterable[Kind], text: str) -> Reading | None:
    """Read a number, however it is spaced; None when it looks like none of these kinds.

    :raises NotANumber: when it looks like one, and is not
    """
    typed = compact(text)
    plain = without_accents(typed)
    ways = dict.fromkeys(
        (typed, without_its_name(typed), without_its_name_abroad(typed), without_its_name_abroad(plain))
    )
    for kind, number in product(kinds, ways):
        if match := re.fullmatch(kind.typed, number, re.ASCII):
            try:
                reading: Reading = kind.read(match)
            except ValidationError:
                raise NotANumber("Ce numéro n’existe pas\u00a0: sa clé de contrôle est fausse.") from None
            return reading
    return None


def kind_of(country: str, number: str) -> Kind:
    """Return of which kind a kept number is; a plain one when it is of none, as an old row may be."""
    return next((kind for kind in kinds_of(country) if kind.holds(number)), _register(country))
