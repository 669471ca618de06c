"""A legal term where a page first says it, with its definition in a bubble: `{% terme "nru" %}`."""

from typing import Any

from django import template

from comptes.catalogue.terms import every_term

register = template.Library()


@register.inclusion_tag("components/term.html")
def terme(code: str, text: str = "") -> dict[str, Any]:
    """Draw a term of catalogue/termes.toml; `text`, when the sentence has it otherwise (« recevables »)."""
    term = every_term()[code]
    return {"term": term, "text": text or term.word}
