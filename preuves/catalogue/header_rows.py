"""Where the headers of a sheet are: on one row, or on two of which the upper one groups columns by merged cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from .grid import GridRow, row_of
from .html import plain

HEADERS_WITHIN = 20
Known = Callable[[Sequence[str]], int]
"""Counts the headers that we know among some."""


def headers_in(rows: Iterator[GridRow], *, known: Known, enough: int) -> tuple[int, list[str]]:
    """Find the headers among the first rows, and the number of their row, of the lower one when they are on two.

    :param enough: from how many known headers on a row, or two together, are those of the headers
    :return: 0 and nothing when there are none
    """
    number, above = 0, list[str]()
    for row in rows:
        if row.number > HEADERS_WITHIN:
            break
        headers = [plain(text) for text in row.texts]
        both = _on_two_rows(above, headers, known) if above and row.number == number + 1 else []
        if known(both) >= enough:
            return row.number, both
        if known(above) >= enough:
            break
        number, above = row.number, headers
    return (number, above) if known(above) >= enough else (0, [])


def _on_two_rows(above: Sequence[str], below: Sequence[str], known: Known) -> list[str]:
    """Join two rows when each text of the lower one is a header, alone or before its group, as « N° » under « Preuve ».

    Empty when one is not, as in a row of what the headers announce, or when no header is gained.
    """
    group, joined = "", []
    for upper, lower in zip_longest(above, below, fillvalue=""):
        group = upper or (group if lower else "")
        name = next((name for name in (lower, f"{lower} {group}") if lower and known([name])), "")
        if lower and not name:
            return []
        joined.append(name or upper)
    return joined if known(joined) > known(above) else []


def why_not_read(merged: Sequence[str], number: int) -> tuple[str, str]:
    """Return the cell and the sentence of headers that go on under the row that was read; both empty when none does.

    :param merged: the cells that are merged
    :param number: of the row of the headers
    """
    over = [place for place in merged if row_of(place) <= number < row_of(place.partition(":")[2])]
    if not over:
        return "", ""
    place = min(over, key=lambda place: (len(place), place))
    return place.partition(":")[0].replace("$", ""), (
        f"Les en-têtes sont sur plusieurs lignes ({place})\u00a0: écrivez-les sur une seule, chacun dans sa colonne, "
        "sans fusionner de cellules."
    )
