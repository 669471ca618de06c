"""The looks of the cells of an .xlsx workbook: its styles name fonts, fills and formats, by their rank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from .grid import PLAIN, Look, is_red
from .xml_flow import Flow

WHITE, THEME_WHITE, NOTHING = "FFFFFF", "0", ";;;"
SMALLEST = 2
RGB = re.compile(r"[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8}")
FALSE = {"0", "false", "off", "none"}


@dataclass(frozen=True)
class CellStyle:
    """How the cells of one style look, and whether their numbers are shown as dates."""

    look: Look = PLAIN
    is_date: bool = False


ORDINARY = CellStyle()


@dataclass
class Font:
    struck: bool = False
    colour: str = ""
    size: float = 11

    @property
    def red(self) -> bool:
        return is_red(self.colour)


def is_on(attributes: Mapping[str, str], name: str = "val", *, default: str = "1") -> bool:
    """Whether an attribute that means yes or no says yes."""
    return attributes.get(name, default).strip().lower() not in FALSE


def colour_of(attributes: Mapping[str, str]) -> str:
    """Return a colour in six hexadecimal digits, or the name of the one that the theme or the system gives."""
    if rgb := attributes.get("rgb"):
        return rgb[-6:].upper() if RGB.fullmatch(rgb) else ""
    if (indexed := attributes.get("indexed", "")).isdecimal() and len(indexed) < 3:
        return str(COLOR_INDEX[int(indexed)])[-6:] if int(indexed) < len(COLOR_INDEX) else ""
    theme = attributes.get("theme", "")
    return WHITE if theme == THEME_WHITE and not attributes.get("tint") else theme and f"thème {theme}"


def read_font(font: Font, name: str, attributes: Mapping[str, str]) -> None:
    """Take in one property of a font."""
    if name == "strike":
        font.struck = is_on(attributes)
    elif name == "color":
        font.colour = colour_of(attributes)
    elif name == "sz":
        font.size = _number(attributes.get("val", ""), 11)


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


class Styles(Flow):
    """Reads `styles.xml`. `of` gives the style of a rank; a rank that the file does not have is ordinary."""

    def __init__(self, file: IO[bytes] | None = None) -> None:
        super().__init__()
        self.formats: dict[str, str] = {}
        self.fonts: list[Font] = []
        self.fills: list[str] = []
        self.styles: list[CellStyle] = []
        self.known: dict[CellStyle, CellStyle] = {}
        self.part = ""
        for part in ("fonts", "fills", "cellXfs", "cellStyleXfs", "dxfs"):
            self.starts[part] = lambda _, part=part: self._enter(part)  # type: ignore[misc]  # a closure over a name
            self.ends[part] = lambda: self._enter("")
        self.starts |= {"numFmt": self._format, "font": self._font, "xf": self._style, "patternFill": self._pattern}
        self.starts["fill"] = lambda _: self._fill()
        self.starts["fgColor"] = self._colour
        for name in ("strike", "color", "sz"):
            self.starts[name] = lambda attributes, name=name: self._property(name, attributes)  # type: ignore[misc]  # same
        if file:
            self.read(file)

    def of(self, rank: str | None) -> CellStyle:
        """Return the style of a rank, as the attribute of a cell gives it."""
        if rank and rank.isdecimal() and len(rank) < 7 and int(rank) < len(self.styles):
            return self.styles[int(rank)]
        return ORDINARY

    def _enter(self, part: str) -> None:
        self.part = part

    def _format(self, attributes: Mapping[str, str]) -> None:
        self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    def _font(self, _: Mapping[str, str]) -> None:
        if self.part == "fonts":
            self.fonts.append(Font())

    def _property(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.part == "fonts" and self.fonts:
            read_font(self.fonts[-1], name, attributes)

    def _fill(self) -> None:
        if self.part == "fills":
            self.fills.append("")
        self.solid = False

    def _pattern(self, attributes: Mapping[str, str]) -> None:
        self.solid = attributes.get("patternType", "none") != "none"

    def _colour(self, attributes: Mapping[str, str]) -> None:
        if self.part == "fills" and self.fills and self.solid:
            colour = colour_of(attributes)
            self.fills[-1] = "" if colour == WHITE else colour

    def _style(self, attributes: Mapping[str, str]) -> None:
        if self.part != "cellXfs":
            return
        font = _at(self.fonts, attributes.get("fontId"), Font())
        fill = _at(self.fills, attributes.get("fillId"), "")
        number = attributes.get("numFmtId", "0")
        code = self.formats.get(number) or (
            BUILTIN_FORMATS.get(int(number), "") if number.isdecimal() and len(number) < 7 else ""
        )
        unseen = code.strip() == NOTHING or font.size < SMALLEST or (font.colour == WHITE and not fill)
        look = Look(font.struck, font.red, fill, unseen)
        style = CellStyle(PLAIN if look == PLAIN else look, bool(is_date_format(code)))
        self.styles.append(self.known.setdefault(style, style))


def _at(items: list[Any], rank: str | None, default: Any) -> Any:
    known = rank is not None and rank.isdecimal() and len(rank) < 7 and int(rank) < len(items)
    return items[int(rank)] if known and rank else default
