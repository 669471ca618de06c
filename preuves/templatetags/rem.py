"""The texts of the REM on a page: HTML that came from a workbook, and is never trusted."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from comptes.typography import typeset, with_apostrophes
from preuves.catalogue.html import cleaned
from preuves.queries.beside import name_of_desk
from preuves.rules.changements import ComparedText

MARKS = {"added": "<ins>{}</ins>", "removed": "<del>{}</del>", "same": "{}"}

register = template.Library()
register.filter("nom_du_guichet", name_of_desk)


@register.filter
@lru_cache(maxsize=8192)
def sanitised(texte: str) -> SafeString:
    """Clean a text of the REM once more, with its paragraphs, lists and links, and make its typography French."""
    return mark_safe(typeset(with_apostrophes(cleaned(texte))))  # noqa: S308 -- cleaned in the same breath


@register.filter
def diff(pieces: Iterable[ComparedText]) -> SafeString:
    """Draw a comparison of words, on several lines if they have several."""
    marked = ((format_html(MARKS[piece.kind], piece.text),) for piece in pieces)
    return format_html('<span class="ps-words">{}</span>', format_html_join("", "{}", marked))
