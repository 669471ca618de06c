"""The page of styles: each token, each icon with one meaning, in the demonstration alone."""

import re
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.test import Client

from segur_portal.demo.style import ICONS, symbols

SCALES = re.compile(r"^  --ps-((?:text-(?:xs|s|m|l|xl|2xl|3xl))|\d):", re.MULTILINE)


@pytest.mark.parametrize("path", ["/style/", "/style/echantillons.css"])
def test_styles_are_shown_in_the_demonstration_alone(demo, settings, visitor: Client, path):
    assert visitor.get(path).status_code == 200

    settings.DEMO = False

    assert visitor.get(path).status_code == 404


def test_each_step_of_the_scales_is_drawn_with_itself(demo, visitor: Client):
    page, sheet = (visitor.get(path).content.decode() for path in ("/style/", "/style/echantillons.css"))
    steps = SCALES.findall((Path(portal.BASE_DIR) / "static/styles/tokens.css").read_text())

    assert len(steps) >= 14
    assert [step for step in steps if f'data-token="{step}"' not in page] == []
    assert [step for step in steps if f'[data-token="{step}"]' not in sheet] == []


def test_each_icon_has_one_meaning():
    assert set(ICONS) == set(symbols())
    assert len(set(ICONS.values())) == len(ICONS)


def test_each_icon_that_a_page_names_has_a_meaning():
    templates = (Path(portal.BASE_DIR) / "templates").rglob("*.html")
    named = {name for path in templates for name in re.findall(r'icon="([\w-]+)"', path.read_text())}

    assert named - set(ICONS) == set()
