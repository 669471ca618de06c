"""The looks of the cells of an .ods workbook: named styles, each of which may have a parent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .grid import PLAIN, Damaged, Look, is_red
from .xml_flow import Flow, local

MOST_STYLES = 65_000
DEEPEST_PARENT = 20


@dataclass
class Style:
    """What a style says of its own: None where its parent decides."""

    parent: str = ""
    struck: bool | None = None
    colour: str | None = None
    fill: str | None = None
    shown: bool = True


class Styles(Flow):
    """Gathers the styles of a part, by family and name; `looks` resolves one with its parents."""

    def __init__(self) -> None:
        super().__init__()
        self.styles: dict[tuple[str, str], Style] = {}
        self.current = Style()
        self.starts |= {
            "style": self._style,
            "text-properties": self._text_properties,
            "table-cell-properties": self._cell_properties,
            "table-properties": self._table_properties,
        }

    def look(self, family: str, name: str) -> Look:
        """Return how a cell, or a part of a text, of this style looks."""
        struck: bool | None = None
        colour: str | None = None
        fill: str | None = None
        for _ in range(DEEPEST_PARENT):
            style = self.styles.get((family, name))
            if style is None:
                break
            struck = style.struck if struck is None else struck
            colour = style.colour if colour is None else colour
            fill = style.fill if fill is None else fill
            name = style.parent
        unseen = colour == "FFFFFF" and not fill
        look = Look(bool(struck), is_red(colour or ""), fill or "", unseen)
        return PLAIN if look == PLAIN else look

    def is_shown(self, name: str) -> bool:
        style = self.styles.get(("table", name))
        return style is None or style.shown

    def _style(self, attributes: Mapping[str, str]) -> None:
        own = local(attributes)
        self.current = Style(own.get("parent-style-name", ""))
        self.styles[own.get("family", ""), own.get("name", "")] = self.current
        if len(self.styles) > MOST_STYLES:
            raise Damaged("il a trop de styles")

    def _text_properties(self, attributes: Mapping[str, str]) -> None:
        own = local(attributes)
        lines = [own[name] for name in ("text-line-through-style", "text-line-through-type") if name in own]
        if lines:
            self.current.struck = "none" not in lines
        if "color" in own:
            self.current.colour = _colour(own["color"])

    def _cell_properties(self, attributes: Mapping[str, str]) -> None:
        background = local(attributes).get("background-color")
        if background is not None:
            colour = _colour(background)
            self.current.fill = "" if colour == "FFFFFF" else colour

    def _table_properties(self, attributes: Mapping[str, str]) -> None:
        self.current.shown = local(attributes).get("display", "true") != "false"


def _colour(text: str) -> str:
    return text[1:].upper() if text.startswith("#") and len(text) == 7 else ""
