"""The picture of the coordinated path in a real browser, for five histories: seen at four sizes, heard, and printed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page

from candidatures.catalogue.specs import DUREES
from referencement.rules.graphe import graphe
from referencement.rules.lignes import overview
from referencement.views.dessin import drawn, rows_by_date
from tests.factories.histories import HISTORIES

WIDTHS = (360, 768, 1280)


def style() -> str:
    root = Path(settings.BASE_DIR)
    named = re.findall(r"styles/(\w+)\.css", (root / "templates/components/styles.html").read_text())
    return "".join((root / "static/styles" / f"{name}.css").read_text() for name in named)


def page_of(name: str) -> tuple[dict[str, Any], str]:
    history = HISTORIES[name]()
    graph = graphe(history.facts, DUREES, at=history.at)
    echeances = history.facts.dossier.echeances.values()
    picture = drawn(graph, overview(graph), echeances, fills=True, href=lambda ligne: "/ici/", title="Le parcours")
    falling = rows_by_date(picture["rows"], picture["image"], history.at)
    vue = {"drawn": picture, "falling": falling, "legend_you": "vous", "legend_reader": "vous"}
    view = render_to_string("referencement/parcours_vue.html", vue)
    table = render_to_string("referencement/parcours_table.html", {"rows": picture["rows"]})
    body = (
        f'<main class="ps-container"><h1>Parcours</h1><section class="ps-sheet ps-path-sheet">{view}</section>'
        f'<section class="ps-sheet ps-path-table">{table}</section></main>'
    )
    return picture, (
        '<!doctype html><html lang="fr"><head><title>Parcours</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style()}</style></head><body>{body}</body></html>'
    )


FIRST, *OTHERS = HISTORIES
OTHER = pytest.mark.long("tests/referencement/test_image.py::test_words_of_the_echeances_do_not_touch")


@pytest.mark.parametrize("name", [FIRST, *(pytest.param(name, marks=OTHER) for name in OTHERS)])
def test_picture_is_seen_heard_and_printed(
    name: str, page: Page, axe: Callable[[Page], None], captures: Path, tmp_path: Path
) -> None:
    picture, html = page_of(name)
    page.set_content(html)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=captures / f"image-{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        axe(page)

    # What a screen reader is given: each lane is a list, each row a link, in the order of the table.
    heard = page.locator("svg.ps-path-image").aria_snapshot()
    (captures / f"image-{name}.aria.yml").write_text(heard)
    assert re.findall(r'list "([^"]+)"', heard) == [lane["label"] for lane in picture["lanes"]]
    links = [link.get_attribute("aria-label") for link in page.locator("svg.ps-path-image a").all()]
    assert links == [row.spoken for row in picture["rows"]]
    assert len(re.findall(r"- '?link ", heard)) == len(links)
    assert "- text" not in heard
    table = page.get_by_role("table", name="Les étapes du parcours, par guichet")
    assert table.get_by_role("rowheader").all_inner_texts() == [row.label for row in picture["rows"]]

    sheet = tmp_path / "parcours.pdf"
    page.pdf(path=sheet, prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(sheet)
    try:
        sheets = [sheet for sheet in document if (round(sheet.get_width()), round(sheet.get_height())) == (842, 595)]
        texts = [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in sheets]
    finally:
        document.close()
    assert len(texts) == 1
    assert [row.label for row in picture["rows"] if " ".join(row.label.split(",")[0].split()) not in texts[0]] == []
    assert "En retard" in texts[0]  # the end of the legend, on the same sheet
