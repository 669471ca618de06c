"""How the text of a letter is laid out in HTML: the same words in the same order, under a few tags.

The text is the reference. A blank line ends a paragraph; « - » begins an item, and two spaces continue it; a line of ─
is a rule, and a paragraph of one line after it is a title.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_RULE = re.compile("─{4,}")
_ITEM = "- "


@dataclass(frozen=True)
class Piece:
    """A part of a line; `href` is empty when it is no link."""

    text: str
    href: str = ""


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Block:
    """One paragraph, list, title or rule.

    :param tag: the HTML element: `p`, `ul`, `h2` or `hr`
    :param items: the lines of a paragraph alone, or those of each item of a list
    """

    tag: str
    items: tuple[tuple[Line, ...], ...] = ()


def blocks(text: str, *, portal: str) -> Iterator[Block]:
    """Yield the blocks of a letter. Only the addresses of the portal are links: people write some of the words."""
    is_after_rule = False
    for stanza in re.split(r"\n\s*\n", text.strip()):
        lines = stanza.splitlines()
        while lines and _RULE.fullmatch(lines[0].strip()):
            yield Block("hr")
            is_after_rule, lines = True, lines[1:]
        yield from _laid_out(lines, portal, is_title=is_after_rule and len(lines) == 1)
        is_after_rule = is_after_rule and not lines


def _laid_out(lines: list[str], portal: str, *, is_title: bool) -> Iterator[Block]:
    inside = False
    listed: list[tuple[bool, str]] = []
    for line in lines:
        inside = line.startswith(_ITEM) or (inside and line.startswith("  "))
        listed.append((inside, line))
    for is_list, group in groupby(listed, key=lambda pair: pair[0]):
        content = [line for _, line in group]
        if is_list:
            yield Block("ul", tuple(_items(content, portal)))
        else:
            yield Block("h2" if is_title else "p", (tuple(_pieces(line, portal) for line in content),))


def _items(lines: list[str], portal: str) -> Iterator[tuple[Line, ...]]:
    items: list[list[Line]] = []
    for line in lines:
        if line.startswith(_ITEM):
            items.append([])
        items[-1].append(_pieces(line.removeprefix(_ITEM).strip(), portal))
    return (tuple(item) for item in items)


def _pieces(line: str, portal: str) -> Line:
    link = re.compile(rf"{re.escape(portal)}(?:/[^\s<>\"»]*)?(?=[\s<>\"»]|$)")
    pieces, end = [], 0
    for match in link.finditer(line):
        pieces += [Piece(line[end : match.start()]), Piece(match[0], href=match[0])]
        end = match.end()
    return (*pieces, Piece(line[end:]))
