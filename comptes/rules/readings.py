"""What one kind of number is made of, and what people put around a number when they paste it."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from comptes.rules.texts import NotAText

# The name of a number, that people paste before it.
_NAMES = (
    "SIREN|SIRET|TVA|VAT|BTW|BCE|KBO|ENTREPRISE|ONDERNEMINGSNUMMER|IDE|UID|RCS(?:L(?!U))?|RCI?|RIDET|RID|TAHITI"
    "|REGISTREDECOMMERCE"
)
_LABEL = re.compile(
    rf"(?:NO|N|NUM.RO)?(?:DU|DE|D)?(?:(?:{_NAMES})/?)+(?:INTRA(?:COM(?:MUNAUTAIRE)?)?)?(?:NO(?=[A-Z]{{0,2}}[0-9]))?|NO(?=[0-9])"
)
# What other countries write before a number, and that is no part of it: « USt-IdNr. DE… », « Company No. 012… ».
_NAMES_ABROAD = (
    "TVA|VAT|BTW|IVA|MWST|MOMS|MVA|ALV|UST(?:ID(?:NR)?)?|UID|STEUERNUMMER|PARTITAIVA|PIVA|CODICEFISCALE|CIF|NIF|NIPC|NIP"
    "|REGON|KRS|CUI|CVR|KVK|ORG(?:NR)?|OIB|DIC|ICO|YTUNNUS|EIN|ICE|COMPANY|REGISTRATION|REG|REGISTERED|IN(?=ENGLAND)"
    "|ENGLAND|AND(?=WALES)|WALES|SCOTLAND|NORTHERNIRELAND|UNDER(?=COMPANY|NUM)|COMPANIESHOUSE|CO(?=REGN)|NUMMER|NUMBER"
)
_LABEL_ABROAD = re.compile(
    rf"(?:(?:{_NAMES_ABROAD})+(?:NUMBER|NUMMER|NUM.RO|NO|NR)?|NO|NUM.RO)(?:INTRA(?:COM(?:MUNAUTAIRE)?)?)?(?=[A-Z]{{0,3}}[0-9])"
)
_NUMERO = re.compile(r"\bN\s?°")
_DROPPED = frozenset(".·:;#°()=_,'\"")


class NotANumber(NotAText):
    """What was typed is no number of that country; the message is the French reason."""


@dataclass(frozen=True)
class Reading:
    """A number as it is kept, and the French sentence that says what was typed, when that was something else."""

    number: str
    note: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of number.

    :param label: what it is called before the number, as in `SIREN 732 829 320`
    :param typed: what it looks like once compact, the name of the number before it included; its groups go to `read`
    :param read: returns the number as it is kept, or raises `NotANumber` or stdnum's `ValidationError`
    :param holds: says whether a kept number is of this kind
    :param shown: writes a kept number in its usual form
    """

    label: str
    typed: str
    read: Callable[[re.Match[str]], Reading]
    holds: Callable[[str], bool]
    shown: Callable[[str], str]


def compact(text: str) -> str:
    """Return a number without what people put between its signs: spaces of every kind, dots, dashes, unseen signs."""
    folded = _NUMERO.sub("NO", unicodedata.normalize("NFKC", text).upper())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "ZC" and not _is_between(sign))


def without_accents(number: str) -> str:
    """Return a compact number whose Latin letters have no accent, as `IČO` would be typed elsewhere."""
    marks = unicodedata.normalize("NFD", number)
    return "".join(sign for sign in marks if not unicodedata.combining(sign))


def like(pattern: str) -> Callable[[str], bool]:
    return lambda number: re.fullmatch(pattern, number, re.ASCII) is not None


def without_its_name(number: str) -> str:
    """Return a compact number without the name that was pasted before it, such as « N° de TVA »."""
    name = _LABEL.match(number)
    return number[name.end() :] if name else number


def without_its_name_abroad(number: str) -> str:
    """Return the same without what any other country calls its numbers."""
    name = _LABEL_ABROAD.match(number)
    return number[name.end() :] if name else number


def _is_between(sign: str) -> bool:
    return sign in _DROPPED or unicodedata.category(sign) in ("Pd", "Pi", "Pf") or sign == "\u2212"


def grouped(number: str, *sizes: int, by: str = "\u00a0") -> str:
    """Write a number in groups of these sizes."""
    groups, start = [], 0
    for size in sizes:
        groups.append(number[start : start + size])
        start += size
    return by.join(groups)
