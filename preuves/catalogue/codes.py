"""Gives a code to each chapitre of a workbook, which holds labels only.

It comes from the annotations, else from what the dispositif knows, else from the words of the label.
"""

from collections.abc import Mapping, Sequence

from .annotations import Annotations
from .drafts import DraftChapitre
from .headers import Column, folded, header_key
from .known import Known
from .problems import Problem
from .rem import ChapitreSpec

LONGEST_CODE = 20


class Coding:
    """Gives codes one chapitre after the other, all different: the first to claim a code keeps it.

    `inferred`: the codes that were made from the words of a label.
    """

    def __init__(self, chapitres: Sequence[DraftChapitre], annotations: Annotations, known: Known) -> None:
        self.chapitres = chapitres
        self.known = known
        self.problems: list[Problem] = []
        self.inferred: list[str] = []
        self.given: dict[str, str] = {}
        self._say(annotations.chapitres)
        self._take_over({folded(chapitre.label): chapitre.code for chapitre in known.spec.chapitres})
        self._follow_the_exigences()
        self._take_over(known.codes)
        self._infer()

    @property
    def _without(self) -> list[DraftChapitre]:
        return [chapitre for chapitre in self.chapitres if chapitre.label not in self.given]

    def _say(self, codes: Mapping[str, str]) -> None:
        """Take the codes that the annotations give; the same code given twice is a blocking problem."""
        for chapitre in self.chapitres:
            code = codes.get(folded(chapitre.label), "")
            if code and code in self.given.values():
                sentence = f"Deux chapitres auraient le code {code}\u00a0: voyez [chapitres] dans les annotations."
                self._add(chapitre, sentence, blocks=True)
            if code:
                self.given[chapitre.label] = code

    def _take_over(self, codes: Mapping[str, str]) -> None:
        for chapitre in self._without:
            code = codes.get(folded(chapitre.label), "")
            if code and code not in self.given.values():
                self.given[chapitre.label] = code

    def _follow_the_exigences(self) -> None:
        """Keep the code of a chapitre that was renamed, when most of its exigences are still the same."""
        for chapitre in self._without:
            former = next((known for known in self.known.spec.chapitres if _is_mostly(chapitre, known)), None)
            if former and former.code not in self.given.values():
                self.given[chapitre.label] = former.code
                sentence = (
                    f"Le chapitre «\u00a0{chapitre.label}\u00a0» garde le code {former.code}\u00a0: ses exigences sont "
                    f"celles du chapitre «\u00a0{former.label}\u00a0»."
                )
                self._add(chapitre, sentence, blocks=False)

    def _infer(self) -> None:
        """Make a code from the label, different from every code ever given, even in another workbook."""
        taken = {
            *self.given.values(),
            *self.known.codes.values(),
            *(chapitre.code for chapitre in self.known.spec.chapitres),
        }
        for chapitre in self._without:
            self.given[chapitre.label] = _slug(chapitre.label, taken)
            taken.add(self.given[chapitre.label])
            self.inferred.append(self.given[chapitre.label])

    def _add(self, chapitre: DraftChapitre, sentence: str, *, blocks: bool) -> None:
        row = chapitre.row
        self.problems.append(Problem(row.cell(Column.CHAPITRE), sentence, blocks, row.file, row.sheet))


def _is_mostly(chapitre: DraftChapitre, known: ChapitreSpec) -> bool:
    """Whether each chapitre has more than half of its exigences in the other; at most one known chapitre passes."""
    here, there = (
        {exigence.identifiant for exigence in chapitre.exigences},
        {exigence.identifiant for exigence in known.exigences},
    )
    return 2 * len(here & there) > max(len(here), len(there))


def _slug(label: str, taken: set[str]) -> str:
    """Make a code from a label: capitals and hyphens, as many whole words as fit."""
    parts = [word for word in header_key(label.replace("œ", "oe")).upper().split() if word != "ET"] or ["CHAPITRE"]
    code = parts[0][:LONGEST_CODE]
    for word in parts[1:]:
        if len(code) + 1 + len(word) > LONGEST_CODE:
            break
        code = f"{code}-{word}"
    number, free = 2, code
    while free in taken:
        free = f"{code[: LONGEST_CODE - len(str(number)) - 1]}-{number}"
        number += 1
    return free
