"""What the dossier administratif asks, champ by champ (webinar, slide « Zoom sur la phase 1 »). Pure data.

A champ's address is `champ:<volet>.<code>`; its value is JSON: text, a yes/no, one choice, or a list. A list is either
`{"aucun": true}` (declared empty) or `{"lignes": [{colonne: valeur}, …]}`; not answered, it has no value at all. A
company is `{"pays": "BE", "identifiant": "0403170701"}`; while its number is missing, `identifiant` is empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from comptes.catalogue.countries import FRANCE

Value = Any
NUMERO = "numero"


class ChampKind(StrEnum):
    TEXT = "text"
    PARAGRAPH = "paragraph"
    EMAIL = "email"
    PHONE = "phone"
    SIREN = "siren"
    COMPANY = "company"
    POSTAL_CODE = "postal_code"
    IDENTIFIER = "identifier"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    PIECE = "piece"
    LIST = "list"


@dataclass(frozen=True)
class Champ:
    """One question.

    :param advised: the French warning to read before submitting when the answer is missing; empty when there is none
    :param only_if: another champ's code, and the answer that it must have for this one to be asked
    :param unless_all: a champ of several choices: when all its answers are among these, this one is not asked
    :param choices: the name under which the dispositif lists the choices, such as `profils`
    :param columns: the champs of one line, when it is a list
    :param distinct: the column in which two lines may not have the same answer, when it is a list
    :param numberless: whether a company of another country than France may have no number, when it is a company
    :param without_editeur: whether that column may not name the éditeur who files
    :param prefill: the field of the éditeur that is proposed as a first answer; `NUMERO` for a number that is kept with
        the product, since other desks give it before any candidature
    """

    code: str
    label: str
    kind: ChampKind = ChampKind.TEXT
    required: bool = True
    help: str = ""
    max_length: int = 200
    advised: str = ""
    only_if: tuple[str, Value] | None = None
    unless_all: tuple[str, frozenset[str]] | None = None
    choices: str = ""
    columns: tuple["Champ", ...] = ()
    none_label: str = ""
    distinct: str = ""
    numberless: bool = False
    without_editeur: bool = False
    prefill: str = ""
    autocomplete: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    champs: tuple[Champ, ...]
    help: str = ""


@dataclass(frozen=True)
class VoletSpec:
    """One volet: its sections in order."""

    kind: str
    title: str
    purpose: str
    sections: tuple[Section, ...]
    version: str = ""
    by_code: Mapping[str, Champ] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        champs = {champ.code: champ for section in self.sections for champ in section.champs}
        object.__setattr__(self, "by_code", champs)

    def section_of(self, code: str) -> str:
        """Return the title of the section that holds the champ; empty when none does."""
        holders = (section.title for section in self.sections if any(champ.code == code for champ in section.champs))
        return next(holders, "")


def is_kept_alike(champ: Champ, other: Champ) -> bool:
    """Whether the answers to two champs are kept in one way: a postal code is a text that is checked."""
    texts = (ChampKind.TEXT, ChampKind.POSTAL_CODE)
    return champ.kind is other.kind or (champ.kind in texts and other.kind in texts)


def is_whole(champ: Champ, value: Value) -> bool:
    """Whether a value answers a champ whole: a company has its number, unless it may have none."""
    if value is None or champ.kind is not ChampKind.COMPANY:
        return value is not None
    return bool(value["identifiant"]) or (champ.numberless and value["pays"] != FRANCE)


def is_asked(champ: Champ, answers: Mapping[str, Value]) -> bool:
    """Whether this champ is asked, given the answers to the others."""
    if champ.unless_all:
        chosen = answers.get(champ.unless_all[0]) or []
        if chosen and champ.unless_all[1].issuperset(chosen):
            return False
    return champ.only_if is None or answers.get(champ.only_if[0]) == champ.only_if[1]
