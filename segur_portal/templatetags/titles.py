"""What the title of a window says first: that something was refused. A screen reader reads it before the page."""

from typing import Any

from django import template
from django.contrib.messages import constants
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.template.context import Context

register = template.Library()

REFUSED = "Erreur\u00a0: "
# What views put in the context of a page when they refused an act without a form.
NAMES = ("refused", "refusal")


@register.simple_tag(takes_context=True)
def refusal_mark(context: Context) -> str:
    """Return « Erreur : » on a page that answers a refused act, else nothing."""
    values: dict[str, Any] = {str(name): value for name, value in context.flatten().items()}
    told = any(message.level >= constants.WARNING for message in values.get("messages") or ())
    refused = any(values.get(name) for name in NAMES)
    return REFUSED if told or refused or any(_is_refused(value) for value in values.values()) else ""


def _is_refused(value: Any) -> bool:
    """Whether this is a form that was sent, and has something to correct; or holds one."""
    if isinstance(value, list | tuple):
        return any(_is_refused(item) for item in value if isinstance(item, BaseForm | BaseFormSet))
    if isinstance(value, BaseFormSet):
        return value.is_bound and not value.is_valid()
    return isinstance(value, BaseForm) and value.is_bound and bool(value.errors)
