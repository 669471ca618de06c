"""What the title of a window says: that something was refused, the page, the solution, the portal."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Engine

MARK = "{% load titles %}{% refusal_mark %}"


class OneLine(forms.Form):
    nom = forms.CharField()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ""),
        ({"form": OneLine()}, ""),
        ({"form": OneLine({"nom": "Alizé"})}, ""),
        ({"form": OneLine({"nom": ""})}, "Erreur\u00a0: "),
        ({"lines": [OneLine(), OneLine({"nom": ""})]}, "Erreur\u00a0: "),
        ({"form": forms.formset_factory(OneLine)()}, ""),
        ({"refused": True}, "Erreur\u00a0: "),
        ({"messages": [Message(constants.SUCCESS, "Enregistré.")]}, ""),
        ({"messages": [Message(constants.SUCCESS, "Lu."), Message(constants.ERROR, "Refusé.")]}, "Erreur\u00a0: "),
    ],
)
def test_a_title_begins_with_what_was_refused(values: dict[str, Any], expected: str) -> None:
    assert Engine.get_default().from_string(MARK).render(Context(values)) == expected


def test_no_page_writes_the_number_of_a_candidature_in_its_own_title() -> None:
    """The base template says the solution and the number, once for every page."""
    titles = {
        path.name: title
        for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        for title in re.findall(r"{% block title %}(.*?){% endblock title %}", path.read_text(encoding="utf-8"))
        if "nru" in title
    }

    assert titles == {}
