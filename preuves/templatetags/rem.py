"""The texts of the REM on a page: HTML that came from a workbook, and is never trusted."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe

from preuves.catalogue.html import cleaned

register = template.Library()


@register.filter
@lru_cache(maxsize=8192)
def sanitised(texte: str) -> SafeString:
    """Clean a text of the REM once more, and let its paragraphs, lists and links through."""
    return mark_safe(cleaned(texte))  # noqa: S308 -- cleaned in the same breath
