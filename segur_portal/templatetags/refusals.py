"""What a page says of the act that was just refused, where its text is typed."""

from typing import Any

from django import template
from django.template.context import Context

from comptes.views.refusals import Refusal

from .components import refusal_in

register = template.Library()


@register.simple_tag(takes_context=True)
def refused_text(context: Context, *champ: Any) -> Refusal | None:
    """Return the refusal of what was typed in the text of that id (given in parts), if it is what was refused."""
    refusal: Refusal | None = refusal_in(context)
    return refusal if refusal and refusal.champ == "".join(map(str, champ)) else None


@register.simple_tag(takes_context=True)
def unfolded(context: Context, *champ: Any) -> str:
    """Unfold the `details` of a text that was refused."""
    return "open" if refused_text(context, *champ) else ""
