"""How long the sentences are, page by page: docs/redaction.md asks for fifteen words on average, thirty at most."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from segur_portal.sentences import ROOT, Phrase

PAGE = ROOT / "docs" / "lisibilite.md"

AVERAGE, LONGEST = 15, 30
FEWEST = 4  # words: less is a title, a label or a state
ENOUGH = 5  # sentences
LEGAL = re.compile(r"/documents/|^catalogue/(dispositifs|rem)/|^templates/frame/(legal_notice|privacy)")
END = re.compile(r"(?<=[.?!…»)])\s+(?=[«A-ZÀ-Ý…])")


@dataclass(frozen=True)
class Measure:
    """The sentences of one page: how many, their average and their longest length in words, and the longest one."""

    page: str
    count: int
    average: float
    longest: int
    sentence: str

    @property
    def is_legal(self) -> bool:
        return bool(LEGAL.search(self.page))

    @property
    def is_long(self) -> bool:
        """Whether one sentence is too long, or all of them are; an average of a few sentences says nothing."""
        return not self.is_legal and (self.longest > LONGEST or (self.count >= ENOUGH and self.average > AVERAGE))


def measures(phrases: Iterable[Phrase]) -> list[Measure]:
    """Measure each file that holds sentences."""
    by_page: dict[str, list[str]] = defaultdict(list)
    for phrase in phrases:
        by_page[phrase.path] += [sentence for sentence in sentences(phrase.text) if length(sentence) >= FEWEST]
    return [measured(page, phrases) for page, phrases in sorted(by_page.items()) if phrases]


def measured(page: str, phrases: list[str]) -> Measure:
    longest = max(phrases, key=length)
    average = sum(length(sentence) for sentence in phrases) / len(phrases)
    return Measure(page, len(phrases), average, length(longest), longest)


def sentences(text: str) -> Iterator[str]:
    """Cut a phrase where a sentence ends and another begins; a list of words without any sign is no sentence."""
    ends = [0, *(match.end() for match in END.finditer(text) if text[match.start() - 1] in ".?!"), len(text)]
    for start, end in pairwise(ends):
        if re.search(r"[.,:;?!…]", text[start:end]):
            yield text[start:end].strip()


def length(sentence: str) -> int:
    """Count the words: what stands between spaces and holds a letter or a figure; a value is one word."""
    return sum(1 for word in sentence.split() if re.search(r"[\w…]", word))


INTRODUCTION = """# How long sentences are

Words a sentence, in the sources of each page, letter and module that people read. Written by
`script/manage measure_sentences`; [redaction.md](redaction.md) asks for fifteen on average and thirty at most, but in
legal texts. A title or a label of fewer than four words is no sentence. `tests/test_measure.py` refuses a longer
sentence.

| pages | sentences | average | longest |
|---|---:|---:|---:|
"""
EACH = """
| page | sentences | average | longest |
|---|---:|---:|---:|
"""


def drawing(measures: list[Measure]) -> str:
    """Draw the whole page: a row for each app, then one for each file."""
    apps: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        apps[_app(measure)].append(measure)
    totals = [_row(app, _together(app, inside)) for app, inside in sorted(apps.items())]
    rows = [_row(f"`{measure.page}`", measure) for measure in measures]
    return INTRODUCTION + "".join(totals) + EACH + "".join(rows)


def _app(measure: Measure) -> str:
    folder, _, rest = measure.page.partition("/")
    kind = "legal texts" if measure.is_legal else "pages and letters" if folder == "templates" else "code"
    name = rest.partition("/")[0] if folder == "templates" and "/" in rest else folder
    return f"{name}, {kind}"


def _together(app: str, measures: list[Measure]) -> Measure:
    count = sum(measure.count for measure in measures)
    average = sum(measure.average * measure.count for measure in measures) / count
    return Measure(app, count, average, max(measure.longest for measure in measures), "")


def _row(name: str, measure: Measure) -> str:
    return f"| {name} | {measure.count} | {measure.average:.1f} | {measure.longest} |\n"
