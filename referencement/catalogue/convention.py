"""The convention of a dispositif, from its TOML file: our own wording, with variables between braces."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from candidatures.catalogue.dispositifs import file_of, spec_of


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
    """Return the convention of that dispositif, whose file was checked whole.

    :raises DispositifFileError: when that file is wrong, or there is none
    """
    days = spec_of(dispositif).days_to_answer
    raw = tomllib.loads(file_of(dispositif).read_text(encoding="utf-8"))["convention"]
    articles = tuple(
        Article(article["titre"], article["texte"].strip(), article.get("a-valider", False))
        for article in raw["articles"]
    )
    return ConventionSpec(raw["version"], raw["agence"], articles, days)
