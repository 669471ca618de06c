"""Reads an XML file as it flows, a chunk at a time, without ever holding its tree; it may declare nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, NoReturn
from xml.parsers import expat

from defusedxml import DTDForbidden

from .grid import LONGEST_CELL, Damaged

CHUNK = 64 * 1024
LONGEST_TOKEN = 4 * 1024 * 1024
DEEPEST = 200
MOST_PARTS = 10_000
"""Of how many parts, each with its own look, a cell is made at most."""
Start = Callable[[Mapping[str, str]], None]
End = Callable[[], None]


class Flow:
    """What is done at the beginning and at the end of each element, by its name without its namespace.

    `text` gathers the characters, while it is not None.
    """

    def __init__(self) -> None:
        self.starts: dict[str, Start] = {}
        self.ends: dict[str, End] = {}
        self.text: list[str] | None = None
        self.size = self.level = self.silent = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.level += 1
        self.silent = 0
        if self.level > DEEPEST:
            raise Damaged("ses éléments sont trop profonds")
        act = self.starts.get(tag) or (self.starts.get(tag[tag.find(":") + 1 :]) if ":" in tag else None)
        if act is not None:
            act(attributes)

    def end(self, tag: str) -> None:
        self.level -= 1
        self.silent = 0
        act = self.ends.get(tag) or (self.ends.get(tag[tag.find(":") + 1 :]) if ":" in tag else None)
        if act is not None:
            act()

    def data(self, text: str) -> None:
        if self.text is not None:
            self.size += len(text)
            if self.size > LONGEST_CELL:
                raise Damaged(f"une cellule a plus de {LONGEST_CELL} caractères")
            self.text.append(text)

    def gather(self, _: Mapping[str, str] | None = None) -> None:
        """Begin to gather a text."""
        self.text, self.size = [], 0

    def gathered(self) -> str:
        """Return the text that was gathered, and stop gathering."""
        text = "".join(self.text or ())
        self.text = None
        return text

    def follow(self, file: IO[bytes]) -> Iterator[None]:
        """Read a file, and come back after each chunk.

        :raises DTDForbidden: when it declares a type, or entities
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self.data, _forbid
        while chunk := file.read(CHUNK):
            self.silent += len(chunk)
            if self.silent > LONGEST_TOKEN:
                raise Damaged("un de ses éléments est démesuré")
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield

    def read(self, file: IO[bytes]) -> None:
        """Read a whole file."""
        for _ in self.follow(file):
            pass


def _forbid(name: str, sysid: str | None, pubid: str | None, *_: Any) -> NoReturn:
    raise DTDForbidden(name, sysid, pubid)


def local(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes by their name without its namespace."""
    return {name[name.find(":") + 1 :]: value for name, value in attributes.items()}
