"""Finds the line of each key in a TOML text, since `tomllib` gives values without their lines. Pure functions.

The text was read by `tomllib` already: its validity is not checked again here.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK_OR_COMMA = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_KEY = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
# A text between three quotes may end with one or two quotes of its own.
_VALUE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[^,\]}#\r\n]+', re.DOTALL
)


def lines_of(text: str) -> Mapping[Path, int]:
    """Return the line, from 1, of each key and of each item of a list, by its path: `("articles", 0, "titre")`."""
    return _Scanner(text).lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of its nearest parent; 1 when none is in the text."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


def in_words(path: Path) -> str:
    """Write a path as `volets.eligibilite.sections[2].titre`, with items counted from 1."""
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


class _Scanner:
    """Goes through a text once, from its first character to its last.

    :param lines: the first line of each path met so far
    """

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
        self._last: dict[Path, int] = {}  # the last item of each array of tables
        self.lines: dict[Path, int] = {}
        table: Path = ()
        while self._skip(_BLANK):
            table = self._header() if text[self._at] == "[" else self._pair(table)

    def _skip(self, blank: re.Pattern[str]) -> bool:
        """Skip spaces and comments; return whether something follows."""
        self._take(blank)
        return self._at < len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None, self._text[self._at : self._at + 20]
        self._at = match.end()
        return match.group()

    def _note(self, path: Path, start: int) -> None:
        line = bisect_right(self._starts, start)
        for end in range(1, len(path) + 1):
            self.lines.setdefault(path[:end], line)

    def _header(self) -> Path:
        """Read `[a.b]` or `[[a.b]]`; a step that is an array of tables means its last item."""
        start = self._at
        is_item = self._text.startswith("[[", start)
        self._at += 2 if is_item else 1
        *parents, name = self._keys()
        self._at += 2 if is_item else 1
        path: Path = ()
        for parent in parents:
            path = self._in_last_item((*path, parent))
        path = (*path, name)
        if is_item:
            self._last[path] = self._last.get(path, -1) + 1
        path = self._in_last_item(path)
        self._note(path, start)
        return path

    def _in_last_item(self, path: Path) -> Path:
        return (*path, self._last[path]) if path in self._last else path

    def _pair(self, table: Path) -> Path:
        """Read `a.b = value` in a table, and return that table."""
        start = self._at
        path = (*table, *self._keys())
        self._note(path, start)
        self._at += 1
        self._value(path)
        return table

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._take(_SPACES)
            raw = self._take(_KEY)
            keys.append(str(tomllib.loads(f"key = {raw}")["key"]) if raw[0] in "\"'" else raw)
            self._take(_SPACES)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        self._take(_SPACES)
        opening = self._text[self._at]
        if opening not in "[{":
            self._take(_VALUE)
            return
        self._at += 1
        item = 0
        while self._skip(_BLANK_OR_COMMA) and self._text[self._at] not in "]}":
            if opening == "{":
                self._pair(path)
            else:
                self._note((*path, item), self._at)
                self._value((*path, item))
            item += 1
        self._at += 1
