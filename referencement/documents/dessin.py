"""The picture of the coordinated path as a file that needs nothing else: SVG with its styles, a sheet of A4, or PNG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock

import pypdfium2
from django.conf import settings
from django.utils.html import escape

from candidatures.documents.printing import print_html

STYLES = Path(settings.BASE_DIR) / "static" / "styles"
# What the style sheet of the picture marks as its own; the rest is about pointing at it and about the page around it.
BEGIN, END = "/* The styles of a picture that is downloaded", "/* End of the styles"
DESKS = re.compile(r'\[data-guichet="(\w+)"\] \{(.*?)\}', re.DOTALL)
VALUE = re.compile(r"(--[\w-]+):\s*([^;]+);")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
FONT = '"Liberation Sans", Arial, sans-serif'
SHEET = f"""
@page {{ size: A4 landscape; margin: 10mm; }}
body {{ margin: 0; font: 10pt {FONT}; color: #182135; }}
h1 {{ margin: 0 0 2mm; font-size: 15pt; }}
p {{ margin: 0 0 3mm; }}
svg {{ width: 277mm; height: %smm; }}
"""
WIDE, HIGH = 277, 165  # the room for the picture on the sheet, in millimetres
SHARP = 2.2  # pixels of the PNG for each point of the PDF
# One drawing at a time in a process: it takes most of a second, and some memory.
_ONE = Lock()


class TooManyDrawings(Exception):
    """Others were asked before, and take too long."""


def standalone(svg: str, *, width: float, height: float, title: str) -> str:
    """Return the picture as a file: its size, its name and its styles inside."""
    head, _, rest = svg.strip().partition(">")
    size = f' width="{width:g}" height="{height:g}"'
    return f"{head}{size}><title>{escape(title)}</title><style>{styles()}</style>{rest}"


def as_pdf(
    svg: str, *, width: float, height: float, title: str, sentence: str, at: datetime, patience: float = -1
) -> bytes:
    """Print the picture on one sheet of A4, under its title.

    :param svg: from `standalone`
    :param sentence: stands under the title
    :param patience: how many seconds it may wait for other drawings; -1, as long as they take
    :raises DocumentNotPrintable: when this machine cannot print
    :raises TooManyDrawings: when it waited that long
    """
    html = (
        f'<html lang="fr"><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{svg}</html>'
    )
    tall = min(WIDE * height / width, HIGH)
    with _alone(patience):
        return print_html(html, style=SHEET % f"{tall:.1f}", at=at)


def as_png(pdf: bytes, *, patience: float = -1) -> bytes:
    """Draw the sheet of `as_pdf`, with the same patience."""
    written = BytesIO()
    with _alone(patience):
        document = pypdfium2.PdfDocument(pdf)
        try:
            document[0].render(scale=SHARP).to_pil().save(written, "PNG")
        finally:
            document.close()
    return written.getvalue()


@contextmanager
def _alone(patience: float) -> Iterator[None]:
    if not _ONE.acquire(timeout=patience):
        raise TooManyDrawings
    try:
        yield
    finally:
        _ONE.release()


@cache
def styles() -> str:
    """Return the styles of the picture, with the values of the light theme in place of their names."""
    tokens = dict(VALUE.findall(_read("tokens").partition("}")[0]))
    sheet = _read("parcours").partition(BEGIN)[2].partition("*/")[2].partition(END)[0]
    desks = {code: dict(VALUE.findall(body)) for code, body in DESKS.findall(_read("controls"))}
    rules = [f"text {{ font-family: {FONT}; }}"]
    for selector, body in RULE.findall(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        if "--guichet" in body:
            for code, values in desks.items():
                rules.append(f'[data-guichet="{code}"] {selector.strip()} {{{_resolved(body, values | tokens)}}}')
        else:
            rules.append(f"{selector.strip()} {{{_resolved(body, tokens)}}}")
    return "\n".join(" ".join(rule.split()) for rule in rules)


def _resolved(body: str, values: dict[str, str]) -> str:
    while "var(" in body:
        body = re.sub(r"var\((--[\w-]+)\)", lambda name: values[name[1]], body)
    return body


def _read(name: str) -> str:
    return (STYLES / f"{name}.css").read_text("utf-8")
