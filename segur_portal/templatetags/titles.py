"""What the title of a window says first: that something was refused. A screen reader reads it before the page."""

from typing import Any

from django import template
from django.contrib.messages import constants
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

register = template.Library()

REFUSED = "Erreur\u00a0: "
# What views put in the context of a page when they refused an act without a form.
NAMES = ("refused", "refusal")
FORMS, LISTS = (BaseForm, BaseFormSet), (list, tuple)
# Kinds of values that are no form: most of those of a page.
OTHERS = frozenset({str, SafeString, int, bool, type(None), dict, SimpleLazyObject})


@register.simple_tag(takes_context=True)
def refusal_mark(context: Context) -> str:
    """Return « Erreur : » on a page that answers a refused act, else nothing."""
    told = any(message.level >= constants.WARNING for message in context.get("messages") or ())
    refused = any(context.get(name) for name in NAMES) or getattr(context.get("request"), "refusal", None)
    return REFUSED if told or refused or _holds_a_refused_form(context) else ""


def _holds_a_refused_form(context: Context) -> bool:
    """Whether one of the values is a form that was refused. The type is asked first: some values are lazy."""
    return any(_is_refused(value) for values in context.dicts for value in values.values() if type(value) not in OTHERS)


def _is_refused(value: Any) -> bool:
    """Whether this is a form that was sent, and has something to correct; or holds one."""
    if isinstance(value, LISTS):
        return any(_is_refused(item) for item in value if isinstance(item, FORMS))
    if isinstance(value, BaseFormSet):
        return value.is_bound and not value.is_valid()
    return isinstance(value, BaseForm) and value.is_bound and bool(value.errors)
