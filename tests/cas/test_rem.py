"""Workbooks: what is read of each file of `rem/`, and what a person must verify before it is published."""

import io
import tomllib
from pathlib import Path

import pytest

from tests.cas.rem_read import REM, lines_of
from tests.cas.rows import case

EXPECTED = tomllib.loads((Path(__file__).parent / "rem.toml").read_text(encoding="utf-8"))
ROWS = [
    pytest.param(name, marks=case(told["cas"], told["genre"], given=name, expected=told["lu"]), id=name)
    for name, told in EXPECTED.items()
]


def test_every_workbook_has_its_expectation():
    assert {path.name for path in REM.iterdir()} == EXPECTED.keys()


@pytest.mark.parametrize("name", ROWS)
def test_workbook(name, got):
    got(lines_of(io.BytesIO((REM / name).read_bytes()), name))
