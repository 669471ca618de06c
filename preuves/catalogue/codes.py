"""The code of each chapitre of a workbook, which holds labels only: what was said, what is known, else the words."""

from collections.abc import Mapping, Sequence

from .annotations import Annotations
from .drafts import DraftChapitre
from .headers import Column, folded, header_key
from .known import Known
from .problems import Problem
from .rem import ChapitreSpec

LONGEST_CODE = 20


class Coding:
    """Codes given one after the other, no two alike: who comes first has it.

    `inferred`: the codes that are made of the words of the label.
    """

    def __init__(self, chapitres: Sequence[DraftChapitre], annotations: Annotations, known: Known) -> None:
        self.chapitres = chapitres
        self.known = known
        self.problems: list[Problem] = []
        self.inferred: list[str] = []
        self.given: dict[str, str] = {}
        self._say(annotations.chapitres)
        self._take_over({folded(one.label): one.code for one in known.spec.chapitres})
        self._follow_the_exigences()
        self._take_over(known.codes)
        self._infer()

    @property
    def _without(self) -> list[DraftChapitre]:
        return [one for one in self.chapitres if one.label not in self.given]

    def _say(self, codes: Mapping[str, str]) -> None:
        """Follow the annotations; the same code twice blocks."""
        for one in self.chapitres:
            code = codes.get(folded(one.label), "")
            if code and code in self.given.values():
                sentence = f"Deux chapitres auraient le code {code}\u00a0: voyez [chapitres] dans les annotations."
                self._add(one, sentence, blocks=True)
            if code:
                self.given[one.label] = code

    def _take_over(self, codes: Mapping[str, str]) -> None:
        for one in self._without:
            code = codes.get(folded(one.label), "")
            if code and code not in self.given.values():
                self.given[one.label] = code

    def _follow_the_exigences(self) -> None:
        """Keep the code of a chapitre that is called otherwise, when most of its exigences are those that it had."""
        for one in self._without:
            former = next((known for known in self.known.spec.chapitres if _is_mostly(one, known)), None)
            if former and former.code not in self.given.values():
                self.given[one.label] = former.code
                sentence = (
                    f"Le chapitre «\u00a0{one.label}\u00a0» garde le code {former.code}\u00a0: ses exigences sont "
                    f"celles du chapitre «\u00a0{former.label}\u00a0»."
                )
                self._add(one, sentence, blocks=False)

    def _infer(self) -> None:
        """Make a code of the label, unlike any other, even one that no chapitre of this workbook has any more."""
        taken = {*self.given.values(), *self.known.codes.values(), *(one.code for one in self.known.spec.chapitres)}
        for one in self._without:
            self.given[one.label] = _slug(one.label, taken)
            taken.add(self.given[one.label])
            self.inferred.append(self.given[one.label])

    def _add(self, chapitre: DraftChapitre, sentence: str, *, blocks: bool) -> None:
        row = chapitre.row
        self.problems.append(Problem(row.cell(Column.CHAPITRE), sentence, blocks, row.file, row.sheet))


def _is_mostly(chapitre: DraftChapitre, known: ChapitreSpec) -> bool:
    """Whether more than half of the exigences of each are those of the other: one chapitre at most is."""
    here, there = {one.identifiant for one in chapitre.exigences}, {one.identifiant for one in known.exigences}
    return 2 * len(here & there) > max(len(here), len(there))


def _slug(label: str, taken: set[str]) -> str:
    """Make a code of a label: capitals and hyphens, whole words as far as they go."""
    words = [one for one in header_key(label.replace("œ", "oe")).upper().split() if one != "ET"] or ["CHAPITRE"]
    code = words[0][:LONGEST_CODE]
    for word in words[1:]:
        if len(code) + 1 + len(word) > LONGEST_CODE:
            break
        code = f"{code}-{word}"
    number, found = 2, code
    while found in taken:
        found = f"{code[: LONGEST_CODE - len(str(number)) - 1]}-{number}"
        number += 1
    return found
