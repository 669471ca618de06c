"""Searching the help: accents, case and plurals do not count, and each word finds its synonyms. Pure functions."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "’": " ", "'": " "})
# Words that say nothing of what is searched for.
_SILENT = """
a au aux avec ce ces comment de des du elle en est et il je l la le les leur ma mais me mes mon ne nos notre nous on
ou par pas pour qu que quel quelle quels quelles qui quoi sa se ses son sont sur ta te tes un une vos votre vous y
c d j m n s t dois doit faire faut peut puis
"""
SILENT = frozenset(_SILENT.split())
# Signs of a query that are read.
LONGEST = 100
WEIGHTS = {"titre": 8, "mots": 6, "resume": 3, "corps": 1}

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Document(Generic[Subject]):
    """What can be found: its texts by field of `WEIGHTS`, and the thing itself."""

    subject: Subject
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Results(Generic[Subject]):
    """What was found, the best first. `is_partial`: nothing has all the words, and these have some."""

    subjects: Sequence[Subject]
    is_partial: bool = False


def tokens(text: str) -> list[str]:
    """Return the words of a text as they are compared: « Données INSi » is « donnee », « insi »."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [_singular(word) for word in _WORD.findall(letters)]


@lru_cache(maxsize=2048)
def _tokens_of_a_page(text: str) -> list[str]:
    """The same, kept: the pages are the same at each search."""
    return tokens(text)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def search(query: str, documents: Iterable[Document[Subject]], synonyms: Sequence[Collection[str]]) -> Results[Subject]:
    """Find what holds every word of a query, or a synonym of it; else what holds some of them.

    The last word may be unfinished. An empty query finds nothing.

    :param synonyms: groups of words or short phrases that mean the same
    """
    asked = [word for word in tokens(query) if word not in SILENT]
    if not asked:
        return Results(())
    alike = [_alike(word, synonyms) for word in asked]
    ranked = []
    for place, document in enumerate(documents):
        read = {field: _tokens_of_a_page(document.texts.get(field, "")) for field in WEIGHTS}
        scores = [
            _score(phrases, read, unfinished=word == asked[-1]) for word, phrases in zip(asked, alike, strict=True)
        ]
        hits = sum(score > 0 for score in scores)
        if hits:
            ranked.append((-hits, -sum(scores), place, document.subject))
    ranked.sort(key=lambda row: row[:3])
    best = [row for row in ranked if -row[0] == len(asked)]
    return Results([row[3] for row in best or ranked], is_partial=not best and bool(ranked))


def _alike(word: str, synonyms: Sequence[Collection[str]]) -> list[list[str]]:
    """Return the word and what means the same, each as its words in a row."""
    groups = [[tokens(phrase) for phrase in group] for group in synonyms]
    same = [phrase for group in groups if [word] in group for phrase in group if phrase != [word]]
    return [[word], *same]


def _score(phrases: list[list[str]], read: Mapping[str, list[str]], *, unfinished: bool) -> int:
    holding = [
        weight
        for field, weight in WEIGHTS.items()
        for place, phrase in enumerate(phrases)
        if _holds(read[field], phrase, as_prefix=unfinished and place == 0)
    ]
    return max(holding, default=0)


def _holds(read: Sequence[str], phrase: Sequence[str], *, as_prefix: bool) -> bool:
    if as_prefix and len(phrase[0]) >= 3:
        return any(word.startswith(phrase[0]) for word in read)
    size = len(phrase)
    return any(list(read[start : start + size]) == list(phrase) for start in range(len(read) - size + 1))
