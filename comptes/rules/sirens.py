"""The SIREN, by which France knows its companies, and what people type instead of it."""

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret
from stdnum.fr import tva as fr_tva

from comptes.rules.readings import Kind, NotANumber, Reading, compact, grouped, like

ASKED = "Un SIREN compte neuf chiffres."
# Where it is registered, before or after it: « RCS Lorient B », « R.C.S. Saint-Étienne ».
_REGISTER = r"(?:(?:IMMATRICUL..?)?(?:AU)?(?:RCS|RM|RNE)[^0-9]{0,60})"
LONGEST_NUMBER = 14
_DIGITS_ALIKE = frozenset("OQIL")
_ANY_DIGIT = re.compile("[0-9]")


def show_siren(number: str) -> str:
    return grouped(number, 3, 3, 3)


def _siren(match: re.Match[str]) -> Reading:
    number = match["digits"].replace("/", "")
    if not number.strip("0"):
        raise NotANumber("000\u00a0000\u00a0000 n’est le SIREN de personne.")
    try:
        kept = str(siren.validate(number))
    except ValidationError:
        raise NotANumber("Ce numéro SIREN n’existe pas\u00a0: sa clé de contrôle est fausse.") from None
    return Reading(
        kept, f"«\u00a0FR\u00a0» n’en fait pas partie\u00a0: le SIREN est {show_siren(kept)}." if match["fr"] else ""
    )


def _siret(match: re.Match[str]) -> Reading:
    number = match[1].replace("/", "")
    if not number[:9].strip("0") or not siret.is_valid(number):
        raise NotANumber("Ce numéro a quatorze chiffres, comme un SIRET, mais sa clé de contrôle est fausse.")
    return Reading(number[:9], f"C’est un SIRET\u00a0: le SIREN est {show_siren(number[:9])}.")


def _vat_of_a_siren(match: re.Match[str]) -> Reading:
    number = match[2]
    if not fr_tva.is_valid(f"FR{number}") or not siren.is_valid(number[-9:]):
        if match[1]:
            raise NotANumber("Ce numéro de TVA n’existe pas\u00a0: sa clé de contrôle est fausse.")
        raise NotANumber("Ce numéro a onze chiffres, comme un numéro de TVA, mais sa clé de contrôle est fausse.")
    return Reading(number[-9:], f"C’est un numéro de TVA\u00a0: le SIREN est {show_siren(number[-9:])}.")


def _never(number: str) -> bool:
    return False


SIRENS: tuple[Kind, ...] = (
    Kind(
        "SIREN",
        rf"(?:(?P<fr>FR)|{_REGISTER})?(?P<digits>[0-9]{{3}}/?[0-9]{{3}}/?[0-9]{{3}})(?:{_REGISTER}|SIREN)?",
        _siren,
        like(r"[0-9]{9}"),
        show_siren,
    ),
    Kind("SIREN", r"([0-9]{3}/?[0-9]{3}/?[0-9]{3}/?[0-9]{5})(?:SIRET)?", _siret, _never, show_siren),
    Kind("SIREN", r"(FR)([0-9A-Z]{2}[0-9]{9})(?:N?O?(?:DE)?TVA)?", _vat_of_a_siren, _never, show_siren),
    Kind("SIREN", r"()([0-9]{11})", _vat_of_a_siren, _never, show_siren),
)
"""What gives a SIREN: itself, a SIRET, a number for VAT with or without its prefix."""


def what_is_asked(typed: str) -> str:
    """Name what was typed for a SIREN, when that can be told, and say what a SIREN is."""
    number = compact(typed)
    if len(number) == 9 and any(sign in _DIGITS_ALIKE for sign in number) and _ANY_DIGIT.search(number):
        return f"Ce numéro contient une lettre à la place d’un chiffre. {ASKED}"
    if re.fullmatch(r"(?:RNA)?W[0-9]{9}", number, re.ASCII):
        return f"Ce numéro est celui d’une association (RNA)\u00a0: indiquez son SIREN. {ASKED}"
    if len(digits := _ANY_DIGIT.findall(number)) > LONGEST_NUMBER:
        return f"Écrivez un seul numéro. {ASKED}"
    if len(digits) in (9, 14) and len(number) > len(digits):
        return f"Écrivez ce numéro seul, sans les mots qui l’entourent. {ASKED}"
    if re.fullmatch(r"[0-9]{1,30}", number, re.ASCII):
        return f"Ce numéro a {len(number)}\u00a0chiffre{'s' if len(number) > 1 else ''}. {ASKED}"
    return ASKED
