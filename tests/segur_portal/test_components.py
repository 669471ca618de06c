"""Our `include … only` draws what Django's own would."""

from typing import Any

import pytest
from django.template import Context, Engine, TemplateSyntaxError
from django.template.engine import Engine as AnyEngine
from django.utils.safestring import mark_safe

from segur_portal.navigation import Link

OURS = Engine.get_default
DRAWN = {
    "icon": '{% include "components/icon.html" with name="check" only %}',
    "icon of another size": '{% include "components/icon.html" with name="check" size="l" only %}',
    "badge": '{% include "components/badge.html" with state=state label=label only %}',
    "button": '{% include "components/button.html" with label=label href="/aide/" icon="check" only %}',
    "nested": '{% include "components/empty_state.html" with title=label href="/aide/" label="Aide" only %}',
    "shared": '{% include "components/nav_links.html" %}',
    "links": '{% include "components/nav_links.html" with nav=nav only %}',
    "options": '{% include "components/select_input.html" with name="tri" options=options empty="Tous" only %}',
    "without parameters": '{% include "components/styles.html" only %}',
}
KNOWN: dict[str, Any] = {
    "state": "submitted",
    "label": "Soumis à l’ANS & <lu>",
    "nav": [Link("Solutions & co", "/solutions/", True), Link("Aide", "/aide/", False)],
    "options": [("a", "Une <option>", True), ("b", mark_safe("Deux&nbsp;options"), False)],
}


@pytest.fixture
def plain() -> AnyEngine:
    """The same templates, under Django's own tags."""
    ours = Engine.get_default()
    builtins = [builtin for builtin in ours.builtins if builtin != "segur_portal.templatetags.components"]
    added = [builtin for builtin in builtins if builtin not in Engine.default_builtins]
    return Engine(dirs=ours.dirs, loaders=ours.loaders, libraries=ours.libraries, builtins=added)


@pytest.mark.parametrize("source", DRAWN.values(), ids=DRAWN.keys())
@pytest.mark.parametrize("autoescape", [True, False])
def test_what_is_drawn_is_what_django_draws(plain: AnyEngine, source: str, *, autoescape: bool) -> None:
    ours, theirs = (
        engine.from_string(source).render(Context(KNOWN, autoescape=autoescape)) for engine in (OURS(), plain)
    )

    assert ours == theirs


def test_a_component_knows_its_parameters_alone() -> None:
    drawn = OURS().from_string('{% include "components/badge.html" with state="draft" label=none|default:"" only %}')

    assert "autre" not in drawn.render(Context({"label": "autre"}))


def test_markup_is_not_taken_for_words() -> None:
    source = '{% include "components/badge.html" with state="draft" label=label only %}'
    badge = OURS().from_string(source)
    escaped, markup = (badge.render(Context({"label": label})) for label in ("<b>oui</b>", mark_safe("<b>oui</b>")))

    assert ("&lt;b&gt;oui" in escaped, "<b>oui</b>" in markup) == (True, True)


@pytest.mark.parametrize(
    ("options", "other"),
    [
        ([("a", "A", False)], [("a", "A", True)]),
        ([("a", "<i>", False)], [("a", mark_safe("<i>"), False)]),
        ([("1", 1, False)], [("1", True, False)]),
        ([("a", "A", False)], [("a", "A", False)] * 101),
    ],
)
def test_lists_that_differ_are_drawn_apart(options: list[Any], other: list[Any]) -> None:
    source = '{% include "components/select_input.html" with name="tri" options=options empty="" only %}'
    select = OURS().from_string(source)

    assert select.render(Context({"options": options})) != select.render(Context({"options": other}))


def test_list_that_grows_is_drawn_anew() -> None:
    select = OURS().from_string(
        '{% include "components/select_input.html" with name="tri" options=options empty="" only %}'
    )
    options = [("a", "A", False)]
    before = select.render(Context({"options": options}))
    options.append(("b", "B", False))

    assert select.render(Context({"options": options})) != before


def test_an_unknown_word_of_an_include_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        OURS().from_string('{% include "components/icon.html" sauf name="check" %}')


def test_attributes_of_a_widget() -> None:
    attrs = {"id": 'a"b', "class": "left to the template", "maxlength": 80, "required": True, "disabled": False}
    written = OURS().from_string("<input{{ attrs|attributes }}>").render(Context({"attrs": attrs}))

    assert written == '<input id="a&quot;b" maxlength="80" required>'


@pytest.mark.parametrize(
    ("source", "is_constant"),
    [
        ('{% include "components/icon.html" with name="check" only %}', True),
        ('{% include "components/badge.html" with state="draft" label=1 plain=True only %}', True),
        ('{% include "components/badge.html" with state="draft" label=label only %}', False),
        ('{% include "components/badge.html" with state="draft" label="a"|add:label only %}', False),
    ],
)
def test_what_is_written_in_the_page_is_drawn_once_in_it(source: str, *, is_constant: bool) -> None:
    page = OURS().from_string(source)
    first, again = (page.render(Context({"label": label})) for label in ("un", "deux"))
    [component] = page.nodelist

    assert (first == again, component.drawn == first) == (is_constant, is_constant)
