"""The convention of a dispositif, from its TOML file: our own wording, with variables between braces."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from candidatures.catalogue.dispositifs import file_of
from candidatures.catalogue.faults import DispositifFileError

VARIABLES = ("editeur", "jours", "responsable", "solution", "version", "nil", "profils", "dispositif", "nru")


@dataclass(frozen=True)
class Article:
    """One article; a blank line separates the paragraphs of its text.

    :param is_draft: its text still awaits the approval of counsel: the ANS is told before it sends the convention
    """

    titre: str
    texte: str
    is_draft: bool = False


@dataclass(frozen=True)
class ConventionSpec:
    """What the convention of a dispositif says.

    :param agence: the name under which the agency signs
    :param days_to_answer: what the éditeur has, once a suspension or a retrait is announced
    """

    version: str
    agence: str
    articles: tuple[Article, ...]
    days_to_answer: int = 0

    @property
    def drafts(self) -> tuple[str, ...]:
        """The titles of the articles that await the approval of counsel."""
        return tuple(article.titre for article in self.articles if article.is_draft)


@cache
def convention_of(dispositif: str) -> ConventionSpec:
    """Return the convention of that dispositif.

    :raises DispositifFileError: when its file has none, or an article holds a variable that nobody knows
    """
    return read_convention(file_of(dispositif).read_text(encoding="utf-8"))


def read_convention(text: str) -> ConventionSpec:
    """Read the section `[convention]` of a dispositif's file.

    :raises DispositifFileError: naming what is missing or unknown
    """
    try:
        said = tomllib.loads(text)
        days = said.get("referencement", {}).get("jours-pour-repondre", 0)
        return _build(said["convention"], days)
    except KeyError as missing:
        raise DispositifFileError(f"The key {missing} is missing.") from None


def _build(raw: dict[str, Any], days: int) -> ConventionSpec:
    articles = tuple(
        Article(one["titre"], one["texte"].strip(), one.get("a-valider", False)) for one in raw["articles"]
    )
    _refuse_unknown(articles)
    return ConventionSpec(raw["version"], raw["agence"], articles, days)


def _refuse_unknown(articles: Sequence[Article]) -> None:
    for article in articles:
        for _, name, spec, conversion in Formatter().parse(article.texte):
            if name is not None and (name not in VARIABLES or spec or conversion):
                raise DispositifFileError(f"Article {article.titre!r} holds an unknown variable, {name!r}.")
