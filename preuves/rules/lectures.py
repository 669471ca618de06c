"""What a machine read in a file, and the dates of a text; the words of a desk are known by the app above."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from preuves.enums import LectureState

NO_OCR, UNREADABLE = "no_ocr", "unreadable"
"""Why a content is not read: nothing here reads images, or it does not open."""

MONTHS = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
DATE = re.compile(
    r"(?<!\d)(?:(?P<iso_year>\d{4})-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)"
    r"|(?P<day>\d{1,2})(?:er)?(?:\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*|\s+(?P<name>[a-z]{3,9})\s+)(?P<year>\d{4}))"
    r"(?!\d)"
)


@dataclass(frozen=True)
class Lu:
    """What a machine read in one file.

    :param name: of the file
    :param fault: why it was not read
    :param signatures: of a PDF; None when they could not be checked, or in another file
    :param by_ocr: whether the text comes from an image
    """

    name: str
    state: LectureState
    fault: str = ""
    text: str = ""
    signatures: Sequence[Mapping[str, Any]] | None = field(default=None)
    by_ocr: bool = False

    @property
    def source(self) -> str:
        """Say where a value comes from."""
        how = "reconnaissance de caractères, dans" if self.by_ocr else "texte de"
        return f"{how} «\u00a0{self.name}\u00a0»"


def plain(text: str) -> str:
    """Return a text as it is searched: without accents or capitals, each dash the one of the keyboard."""
    letters = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()
    return re.sub(r"[\u2010-\u2015\u2212]", "-", bare)


def dates_in(text: str) -> list[date]:
    """Return the dates that a French text names, in order: 05/03/2026, 5 mars 2026, 1er mars 2026, 2026-03-05."""
    days = (_date(match) for match in DATE.finditer(plain(text)))
    return [day for day in days if day]


def _date(match: re.Match[str]) -> date | None:
    part = match.groupdict()
    if part["name"] and part["name"] not in MONTHS:
        return None
    month = part["iso_month"] or part["month"] or MONTHS.index(part["name"]) + 1
    try:
        return date(int(part["iso_year"] or part["year"]), int(month), int(part["iso_day"] or part["day"]))
    except ValueError:
        return None
