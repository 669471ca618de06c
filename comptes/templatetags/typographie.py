"""`comptes.typography`, for templates."""

from typing import Any

from django import template
from django.template.defaultfilters import stringfilter

from comptes.typography import elided, size_in_words, typeset

register = template.Library()
register.filter("compose", typeset)
register.filter("octets", size_in_words)


@register.filter
@stringfilter
def de(name: str) -> str:
    """Put « de » before a name: « d’Alizé Foyer »."""
    return elided("de", name)


@register.filter
@stringfilter
def que(name: str) -> str:
    """Put « que » before a name: « qu’Inès Moreau »."""
    return elided("que", name)


@register.filter(is_safe=False)
def pluralize(count: Any, endings: str = "s") -> str:
    """Choose an ending as Django's filter does, but in French: 0 and 1 take the singular."""
    singular, _, plural = endings.rpartition(",")
    number = count if isinstance(count, int | float) else len(count or "")
    return singular if abs(number) < 2 else plural
