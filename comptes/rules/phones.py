"""A telephone number as people write it: in a signature, a directory, a form; kept in the one form that dials."""

import re

import phonenumbers
from phonenumbers import PhoneNumber

from comptes.rules import texts

REFUSAL = "Un numéro de téléphone compte dix chiffres, ou commence par + et l’indicatif du pays."
UNSURE = "Écrivez ce numéro sans parenthèses, tel qu’il faut le composer."
SEVERAL = "Ce numéro a trop de chiffres. Écrivez un seul numéro."
LETTERS = "Ce numéro contient des lettres\u00a0: écrivez ses chiffres, et «\u00a0poste 12\u00a0» s’il a un poste."
HOME = "FR"
MOST_DIGITS = 15
# The code of France and nine digits: only the sign + is missing.
_WITHOUT_PLUS = re.compile(r"33[1-9][0-9]{8}")

_WORDS = r"standard|accueil|secr[ée]tariat|bureau|domicile|fixe|mobile|portable|cellulaire|gsm|ligne directe|direct"
_WORDS += r"|pro(?:fessionnel)?|perso(?:nnel)?|whatsapp"
# What stands before a number in a signature: « Port. », « Mob : », « T », « D », a picture of a telephone.
_SHORT = r"tel|t[ée]l|port|mob|cell?|lig|[tmpd]"
_LABEL = re.compile(
    rf"(?:(?:t[ée]l[ée]phone|num[ée]ro|no?\s?[°o.]|{_WORDS}|(?:{_SHORT})\.?|[\u2000-\u2bff\U0001f300-\U0001faff\ufe0f]+)"
    r"(?:(?:[\s:/)]|\((?![+0-9]))+|(?=[+(0-9]))){1,3}(?=[+(0-9])",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(rf"\s*[(\[,;:/-]?\s*(?:{_WORDS})\s*[)\]]?\.?", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[\s,;(]*(?:poste|extension|ext\.?|;?ext=|int\.?|p\.|x|#)\s*:?\s*(\d{1,7})\s*\)?", re.IGNORECASE
)
_TRUNK = re.compile(r"\(\s*0\s*\)")
# What was copied with it, at either end: « <tel:…> », « … ; ».
_AROUND = re.compile(r"^[\s<>;,:|\"'\u00ab\u00bb]+|[\s<>;,:|\"'\u00ab\u00bb]+$")
_SEPARATORS = re.compile(r"[\s.,()/\[\]_\u00b7\u2022*~-]")


def phone(typed: str) -> str:
    """Return a number in the form that is kept: +33612345678, or the ten digits of a French one typed without +33.

    What is said around it (« standard ») is left out; an extension is kept, as « poste 12 ».

    :raises texts.NotAText: with the French reason
    """
    written = _AROUND.sub("", texts.identifier(typed))
    if not written:
        return ""
    bare, extension = _without_words(written)
    return _kept(bare) + (f" poste {extension}" if extension else "")


def _without_words(written: str) -> tuple[str, str]:
    """Return the number alone, and its extension or nothing."""
    bare = _LABEL.sub("", written, count=1).strip() if _LABEL.match(written) else written
    extension = ""
    while True:
        if ended := _ended(_EXTENSION, bare):
            bare, extension = bare[: ended.start()].strip(), ended[1]
        elif ended := _ended(_SAID_AFTER, bare):
            bare = bare[: ended.start()].strip()
        else:
            return bare, extension


def _ended(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """What a text ends with, when a number stands before it."""
    matches = [match for match in pattern.finditer(text) if match.end() == len(text) and match.start()]
    return matches[-1] if matches else None


def _kept(bare: str) -> str:
    if sum(sign.isdecimal() for sign in bare) > MOST_DIGITS + 2:
        raise texts.NotAText(SEVERAL)
    if any(sign.isalpha() for sign in bare):
        raise texts.NotAText(LETTERS)
    digits = _SEPARATORS.sub("", _TRUNK.sub("", bare))
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise texts.NotAText(REFUSAL)
    if _WITHOUT_PLUS.fullmatch(digits):
        return _dialled([f"+{digits}"])
    if digits.startswith("00"):
        bare = "+" + bare.lstrip("(+ ").removeprefix("00").lstrip(") ")
        digits = f"+{digits[2:]}"
    if digits.startswith("+"):
        return _dialled(_with_trunk(bare) if _TRUNK.search(bare) else [digits])
    if not re.fullmatch(r"0[1-9][0-9]{8}", digits):
        raise texts.NotAText(REFUSAL)
    return digits


def _with_trunk(bare: str) -> list[str]:
    """The two readings of a number whose 0 stands in parentheses: dialled, and not dialled."""
    return [_SEPARATORS.sub("", _TRUNK.sub(zero, bare)) for zero in ("0", "")]


def _dialled(readings: list[str]) -> str:
    """Return the international form of the reading that holds.

    :raises texts.NotAText: when none does, or when each of two does
    """
    numbers = [number for reading in readings if (number := _parsed(reading))]
    possible = {_written(number): number for number in numbers if phonenumbers.is_possible_number(number)}
    valid = {form for form, number in possible.items() if phonenumbers.is_valid_number(number)}
    if len(forms := valid or set(possible)) > 1:
        raise texts.NotAText(UNSURE)
    if not forms:
        raise texts.NotAText(REFUSAL)
    return forms.pop()


def _parsed(reading: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(reading, HOME)
    except phonenumbers.NumberParseException:
        return None


def _written(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
