"""`{% include … only %}`, which draws every component, and `{% url %}`, without their cost: a list holds a hundred.

Django gives a component a copy of all that the page knows, then hides it. Here it is given its parameters, and nothing
to hide. What is drawn from the same few words is drawn once: an icon, a badge; and an address is looked for once.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from django import template
from django.conf import settings
from django.template.base import Parser, Template, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.template.loader_tags import IncludeNode, do_include
from django.urls import get_script_prefix, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()

# Drawn from their parameters alone. A parameter is a short word, or a frozen value whose class says `drawn_once`: two
# that are equal are drawn alike.
DRAWN_ONCE = frozenset(
    {
        "components/icon.html",
        "components/badge.html",
        "components/wordmark.html",
        "preuves/exigence.html",
        "preuves/line.html",
        "preuves/examen_line.html",
        "preuves/waiting_line.html",
    }
)
LONGEST_WORDS = 200
_PLAIN = (str, SafeString, int, bool, type(None))

Words = tuple[tuple[str, type, Any], ...]


class Component(IncludeNode):
    """An `include` that shares nothing with its page."""

    def __init__(self, node: IncludeNode) -> None:
        super().__init__(node.template, extra_context=node.extra_context, isolated_context=True)
        self.drawn_once = node.template.is_var is False and node.template.var in DRAWN_ONCE

    def render(self, context: Context) -> SafeString:
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        component = self._component(context)
        if self.drawn_once and context.autoescape and (words := _words(values)) is not None:
            return _drawn(component, words)
        inner = Context(values, context.autoescape, context.use_l10n, context.use_tz)
        inner.render_context = context.render_context
        return _draw(component, inner)

    def _component(self, context: Context) -> Template:
        """Find the template once for each page that is drawn, as Django does."""
        kept = cast("dict[Any, dict[Any, Template]]", context.render_context.dicts[0])
        found = kept.setdefault(self, {})
        name = self.template.resolve(context)
        if name not in found:
            assert context.template is not None, "A component is drawn in a page."
            found[name] = context.template.engine.get_template(name)
        return found[name]


def _words(values: Mapping[str, Any]) -> Words | None:
    """Return the parameters as a key, when all of them may be one."""
    if not all(_is_key(value) for value in values.values()):
        return None
    return tuple((name, type(value), value) for name, value in values.items())


def _is_key(value: Any) -> bool:
    if type(value) in _PLAIN:
        return len(str(value)) <= LONGEST_WORDS
    return getattr(type(value), "drawn_once", False) is True


@lru_cache(maxsize=4096)
def _drawn(component: Template, words: Words) -> SafeString:
    return _draw(component, Context({name: value for name, _, value in words}))


def _draw(component: Template, inner: Context) -> SafeString:
    inner.template = component
    with inner.render_context.push_state(component):
        return component.nodelist.render(inner)


class Address(URLNode):
    """A `url` that remembers the addresses it has found: as long as the process lives, they lead to the same place."""

    def render(self, context: Context) -> str:
        words = _words({str(rank): arg.resolve(context) for rank, arg in enumerate(self.args)})
        if words is None or self.kwargs or self.asvar:
            return str(super().render(context))
        address = _address(settings.ROOT_URLCONF, get_script_prefix(), self.view_name.resolve(context), words)
        return conditional_escape(address) if context.autoescape else address


@lru_cache(maxsize=8192)
def _address(urlconf: str, prefix: str, name: str, words: Words) -> str:
    return reverse(name, urlconf, args=[value for _, _, value in words])


@register.tag
def url(parser: Parser, token: Token) -> Address:
    """Give the address of a view, as Django's own tag of that name, whose syntax it keeps."""
    node = django_url(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)


@register.tag
def include(parser: Parser, token: Token) -> IncludeNode:
    """Include a template, as Django's own tag of that name, whose syntax it keeps."""
    node = do_include(parser, token)
    return Component(node) if node.isolated_context else node
