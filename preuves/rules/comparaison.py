"""Two deposits of one preuve beside each other: which file of the new one stands for which of the former."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SAME, REPLACED, ADDED, REMOVED = "Identique", "Remplacé", "Ajouté", "Retiré"


@dataclass(frozen=True)
class FichierCompare:
    """What tells a file from another."""

    name: str
    sha256: str


def paired(
    before: Sequence[FichierCompare], after: Sequence[FichierCompare]
) -> list[tuple[int | None, int | None, str]]:
    """Pair the files of two deposits, in the order of the new one: by content, else by name, else by what is left.

    :return: the place of a file in each deposit, None where it has none, and what became of it
    """
    pairs = dict(_pairs(before, after))
    left = [place for place in range(len(before)) if place not in pairs.values()]
    rows: list[tuple[int | None, int | None, str]] = []
    for place, file in enumerate(after):
        former = pairs.get(place)
        if former is None and left:
            former = left.pop(0)
        same = former is not None and before[former].sha256 == file.sha256
        rows.append((former, place, ADDED if former is None else SAME if same else REPLACED))
    return [*rows, *((place, None, REMOVED) for place in left)]


def _pairs(before: Sequence[FichierCompare], after: Sequence[FichierCompare]) -> Iterator[tuple[int, int]]:
    """Yield the places, in the new deposit then in the former, of the files that have the same content, or name."""
    mine, theirs = list(range(len(after))), list(range(len(before)))
    for trait in ("sha256", "name"):
        for place in list(mine):
            wanted = getattr(after[place], trait)
            former = next((other for other in theirs if getattr(before[other], trait) == wanted), None)
            if former is not None:
                mine.remove(place)
                theirs.remove(former)
                yield place, former
