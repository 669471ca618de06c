"""The table of docs/interface.md beside other tools has every line that was asked for, each with pages that exist."""

import re

import pytest
from django.conf import settings
from django.urls import resolve

ASKED = (
    *("tabs", "filters", "follow", "labels", "private notes", "expert", "batch", "exports", "public statistics"),
    *("reassign", "own vote"),
)
NAMED = {"<NRU>": "DUI-2026-00042-A", "<code>": "INS", "<séance>": "1"}


def lines() -> dict[str, str]:
    """Return the last cell of each line, by its first."""
    text = (settings.BASE_DIR / "docs" / "interface.md").read_text(encoding="utf-8")
    table = text.split("## Beside other tools")[1].split("\n|---", 1)[1]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[1:] if row]
    return {row[0]: row[-1].replace("&lt;", "<").replace("&gt;", ">") for row in rows}


@pytest.mark.parametrize("asked", ASKED)
def test_line_that_was_asked_for_is_there(asked: str) -> None:
    assert [name for name in lines() if name.startswith(asked)]


def test_every_line_leads_to_pages_that_exist() -> None:
    for name, here in lines().items():
        addresses = re.findall(r"\*(/[^*]+/)\*", here)
        assert addresses or "work list" in here, name
        for address in addresses:
            assert callable(resolve(_filled(address)).func), name


def _filled(address: str) -> str:
    for placeholder, value in NAMED.items():
        address = address.replace(placeholder, value)
    return address
