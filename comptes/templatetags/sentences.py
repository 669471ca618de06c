"""Sentences that people or the portal wrote, put inside another text."""

from django import template

register = template.Library()
ENDS = (".", "!", "?", "…", ":")


@register.filter
def sentence(text: object) -> str:
    """End a reason with one full stop, whether or not its author wrote one."""
    reason = str(text).rstrip()
    return reason if not reason or reason.endswith(ENDS) else f"{reason}."
