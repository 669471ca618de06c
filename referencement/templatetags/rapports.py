"""What the summary and the annex of a rapport de conformité count in its frozen data.

A preuve that nobody had to deposit has neither verdict nor fingerprint.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import template

register = template.Library()

Chapitres = Sequence[Mapping[str, Any]]
WITHOUT = "sans vérification"


@register.filter
def tally(chapitres: Chapitres) -> dict[str, Any]:
    """Count the preuves: in all, by verdict (the most frequent first) and by chapitre."""
    verdicts = Counter(str(preuve.get("verdict") or WITHOUT).lower() for preuve in _preuves(chapitres))
    return {
        "preuves": verdicts.total(),
        "verdicts": [
            (_agreed(label, count), count)
            for label, count in sorted(verdicts.items(), key=lambda item: (-item[1], item[0]))
        ],
        "lines": [
            {"label": chapitre["label"], "constat": chapitre["constat"], "preuves": len(list(_preuves([chapitre])))}
            for chapitre in chapitres
        ],
    }


def _agreed(label: str, count: int) -> str:
    """Return a verdict as it is said of so many preuves: « acceptées »."""
    return f"{label}s" if count > 1 and label.endswith("e") else label


@register.filter
def fingerprints(chapitres: Chapitres) -> list[Mapping[str, Any]]:
    """Return the preuves that have a fingerprint, in the order of the rapport."""
    return [preuve for preuve in _preuves(chapitres) if preuve.get("sha256")]


def _preuves(chapitres: Chapitres) -> Iterator[Mapping[str, Any]]:
    for chapitre in chapitres:
        for exigence in chapitre["exigences"]:
            yield from exigence["preuves"]
