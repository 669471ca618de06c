"""The statement of accessibility says what the audit found, and nothing more."""

import re
from collections import Counter
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from segur_portal.rgaa import AUDIT, LACKING

ROW = re.compile(r"^\| (\d+)\.(\d+) \| [^|]+ \| (C|NC|NA) \| ([^|]+) \|$", re.MULTILINE)
# How many criteria each of the thirteen themes of the RGAA 4.1.2 has.
THEMES = {1: 9, 2: 2, 3: 3, 4: 13, 5: 8, 6: 2, 7: 5, 8: 10, 9: 4, 10: 14, 11: 13, 12: 11, 13: 12}
RGAA = (Path(settings.BASE_DIR) / "docs" / "rgaa.md").read_text(encoding="utf-8")
TESTS = re.compile(r"`(tests/[\w/]+\.py|drills/\w+\.py|checks/\w+\.js)`")


def rows() -> list[tuple[int, int, str, str]]:
    return [(int(theme), int(number), verdict, how.strip()) for theme, number, verdict, how in ROW.findall(RGAA)]


def test_every_criterion_of_the_rgaa_has_one_row_in_order() -> None:
    numbers = {theme: [number for _, number, *_ in group] for theme, group in groupby(rows(), key=lambda row: row[0])}

    assert numbers == {theme: list(range(1, count + 1)) for theme, count in THEMES.items()}
    assert sum(THEMES.values()) == 106


def test_the_statement_has_the_totals_of_the_table() -> None:
    verdicts = Counter(verdict for *_, verdict, _ in rows())

    assert (AUDIT.conform, AUDIT.not_conform, AUDIT.without_object) == (verdicts["C"], verdicts["NC"], verdicts["NA"])
    assert [number for number, *_ in LACKING] == [
        f"{theme}.{number}" for theme, number, what, _ in rows() if what == "NC"
    ]


def test_the_tests_that_the_table_names_are_there() -> None:
    named = set(TESTS.findall(RGAA))

    assert {name for name in named if not (Path(settings.BASE_DIR) / name).is_file()} == set()


def test_each_table_has_a_caption_and_each_header_its_scope() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    pages = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html") if "documents" not in path.parts}
    tables = {path: page for path, page in pages.items() if "<table" in page}

    assert len(tables) > 10
    assert [path.name for path, page in tables.items() if page.count("<table") != page.count("<caption")] == []
    assert [path.name for path, page in pages.items() if re.search(r"<th(?![^>]*scope=)[ >]", page)] == []


def test_the_statement_is_read_by_anybody_and_promises_no_rate(db: None) -> None:
    page = Client().get(reverse("accessibility")).content.decode()
    text = re.sub(r"\s+|&nbsp;", " ", page.partition("<main")[2].partition("</main>")[0])

    assert f"<strong>{AUDIT.state}</strong>" in text
    assert "non auditée par un tiers" in text
    assert "Défenseur des droits" in text
    assert f"{AUDIT.conform} sont respectés" in text
    assert "%" not in text


def test_each_page_says_the_state_in_its_footer(db: None) -> None:
    footer = Client().get(reverse("home")).content.decode().partition("<footer")[2]

    assert re.search(rf'href="{reverse("accessibility")}">Accessibilité(&nbsp;|\u00a0): {AUDIT.state}<', footer)
