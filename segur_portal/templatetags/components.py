"""A faster `{% include … only %}`, since a list draws a hundred components.

Django copies the whole context of the page for each component, then hides it. Here, a component gets its parameters
only, and the refusal that the page answers with, if it does (`refusals`). Some components, such as icons, badges, the
lines of lists and what surrounds every page, are drawn once for the same parameters.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Template, Token, Variable
from django.template.context import Context
from django.template.loader_tags import IncludeNode, do_include
from django.utils.safestring import SafeString

register = template.Library()

# Components whose HTML is kept: those that many pages share. Their parameters must be short texts, numbers, frozen
# values whose class has `drawn_once = True`, or short lists of these: equal parameters give equal HTML.
DRAWN_ONCE = frozenset(
    {
        "components/icon.html",
        "components/badge.html",
        "components/wordmark.html",
        "components/home_link.html",
        "components/styles.html",
        "components/scripts.html",
        "components/account_links.html",
        "components/sign_in_link.html",
        "components/footer.html",
        "components/nav_links.html",
        "components/help_here.html",
        "components/button.html",
        "components/select_input.html",
        "components/company_hints.html",
        "components/list_tabs.html",
        "components/list_head.html",
        "components/export_links.html",
        "candidatures/worklist_line.html",
        "candidatures/worklists.html",
        "candidatures/produit_line.html",
        "comptes/editeur_line.html",
        "referencement/instruction_line.html",
        "preuves/line.html",
        "preuves/examen_line.html",
        "preuves/waiting_line.html",
    }
)
LONGEST_KEY = 200
LONGEST_LIST = 100
_PLAIN = (int, bool, type(None))

# Where a page, and each component in it, keeps the refusal that it answers with.
REFUSAL = "refusal"

# Of each parameter: its name, its type and its value; for a list, those of its items, since 1 equals True.
Key = tuple[tuple[str, Any, Any], ...]


class Component(IncludeNode):
    """An `include … only`: the template reads its parameters and nothing else of the page."""

    def __init__(self, node: IncludeNode) -> None:
        super().__init__(node.template, extra_context=node.extra_context, isolated_context=True)
        self.is_named = node.template.is_var is False and not node.template.filters
        self.drawn_once = self.is_named and node.template.var in DRAWN_ONCE
        self.is_constant = self.drawn_once and all(map(_is_written, node.extra_context.values()))
        self.kept: Template | None = None
        self.drawn: SafeString | None = None

    def render(self, context: Context) -> SafeString:
        if self.drawn is not None and context.autoescape:
            return self.drawn
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        component = self._component(context)
        if self.drawn_once and context.autoescape and (key := _key_of(values)) is not None:
            drawn = _drawn(component, key)
            if self.is_constant:
                self.drawn = drawn
            return drawn
        inner = Context(values, context.autoescape, context.use_l10n, context.use_tz)
        inner.render_context = context.render_context
        if refusal := refusal_in(context):
            vars(inner)[REFUSAL] = refusal
        return _draw(component, inner)

    def _component(self, context: Context) -> Template:
        """Find the template: once, when the page names it, since the page is read again when a file changes."""
        if self.kept is not None:
            return self.kept
        assert context.template is not None, "A component is drawn in a page."
        component = context.template.engine.get_template(self.template.resolve(context))
        if self.is_named:
            self.kept = component
        return component


def refusal_in(context: Context) -> Any:
    """Return the `comptes.views.refusals.Refusal` that this page answers with; None when nothing was refused."""
    return vars(context).get(REFUSAL) or getattr(getattr(context, "request", None), REFUSAL, None)


def _is_written(parameter: FilterExpression) -> bool:
    """Whether a parameter is written in the template, as a text, a number or a name such as `True`."""
    if parameter.filters or not isinstance(parameter.var, Variable):
        return not parameter.filters
    return parameter.var.literal is not None or parameter.var.var in ("True", "False", "None")


def _key_of(values: Mapping[str, Any]) -> Key | None:
    """Return the parameters as a key of the cache; None when one of them cannot be part of a key."""
    key: list[tuple[str, Any, Any]] = []
    for name, value in values.items():
        frozen = _frozen(value)
        if frozen is None:
            return None
        key.append((name, *frozen))
    return tuple(key)


def _frozen(value: Any) -> tuple[Any, Any] | None:
    """Return the type and the value of a parameter, which never change; None for another kind of value."""
    kind = type(value)
    if kind is str or kind is SafeString:
        return (kind, value) if len(value) <= LONGEST_KEY else None
    if kind in _PLAIN:
        return kind, value
    if kind is tuple or kind is list:
        return _frozen_list(value) if len(value) <= LONGEST_LIST else None
    return (kind, value) if getattr(kind, "drawn_once", False) is True else None


def _frozen_list(values: Sequence[Any]) -> tuple[Any, Any] | None:
    """Return the types and the values of a list, as two tuples; None as soon as one of them is of another kind."""
    kinds: list[Any] = []
    held: list[Any] = []
    for value in values:
        frozen = _frozen(value)
        if frozen is None:
            return None
        kinds.append(frozen[0])
        held.append(frozen[1])
    return tuple(kinds), tuple(held)


@lru_cache(maxsize=4096)
def _drawn(component: Template, key: Key) -> SafeString:
    return _draw(component, Context({name: value for name, _, value in key}))


def _draw(component: Template, inner: Context) -> SafeString:
    inner.template = component
    with inner.render_context.push_state(component):
        return component.nodelist.render(inner)


@register.filter
def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """Write the attributes of a widget, each after a space; its class is left to its template."""
    written = ((name, value) for name, value in attrs.items() if value is not False and name != "class")
    return SafeString(
        "".join(f" {name}" if value is True else f' {name}="{escape(str(value))}"' for name, value in written)
    )


@register.tag
def include(parser: Parser, token: Token) -> IncludeNode:
    """Include a template, with the syntax of Django's own `include`."""
    node = do_include(parser, token)
    return Component(node) if node.isolated_context else node
