"""The legal words that pages explain: one file, read once, for the pages and for the glossary."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "catalogue" / "termes.toml"


@dataclass(frozen=True)
class Term:
    """One word: « NRU », what it stands for (« numéro de candidature », or nothing), and its definition in French.

    :param fiche: the code of the page of help that says more; may be empty
    """

    code: str
    word: str
    long: str
    definition: str
    fiche: str = ""


@cache
def every_term() -> Mapping[str, Term]:
    """Every term by its code, in the order of the file."""
    file = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return {
        code: Term(code, term["terme"], term.get("long", ""), term["definition"], term.get("fiche", ""))
        for code, term in file.items()
    }


def in_glossary() -> tuple[Term, ...]:
    """Return the terms in the order of a glossary: by word, accents and capitals aside."""
    return tuple(sorted(every_term().values(), key=lambda term: sorted_as(term.word)))


def sorted_as(word: str) -> str:
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
