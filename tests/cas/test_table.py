"""`script/cas` itself: a row that differs, that says nothing, is skipped or is not there is seen to fail."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cas.rows import NUMBERS

HEADER = "import pytest\nfrom tests.cas.rows import case, cases, got\n"
ALL = f"@pytest.mark.parametrize('given', [cases(n, 'K6', {{'a': 'a'}}).args[1][0] for n in {NUMBERS!r}])\n"
EVERY_ROW = f"{HEADER}{ALL}def test_held(given, got):\n    got(given)\n"
ROOT = Path(__file__).parents[2]


def replay(folder: Path, text: str) -> tuple[int, str]:
    """Run these rows in another pytest, without Django; its exit code, and what it printed."""
    file = folder / "test_rows.py"
    file.write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  case: a row\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(folder / "pytest.ini"),
        "-p",
        "tests.cas.table",
        "-q",
        str(file),
    ]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout


def test_all_rows_held(tmp_path: Path) -> None:
    code, printed = replay(tmp_path, EVERY_ROW)

    assert code == 0, printed
    assert "✓  5 K6  a │ attendu : a │ obtenu : a" in printed
    assert "55 lignes, 55 cas tenus sur 55" in printed


BROKEN = """
@case(5, 'K6', given='x\\u200b', expected='y')
def test_differs(got):
    got('z')

@case(6, 'K6', given='x', expected='y')
def test_says_nothing(got):
    pass

@case(7, '', given='x', expected='y')
def test_is_skipped(got):
    pytest.skip('no')

@case(8, '', given='x', expected='y')
def test_fails_later(got):
    got('y')
    raise AssertionError
"""


def test_rows_that_do_not_hold_fail(tmp_path: Path) -> None:
    code, printed = replay(tmp_path, EVERY_ROW + BROKEN)

    assert code == 1, printed
    for line in ("✗  5 K6  x<200B> │ attendu : y │ obtenu : z", "✗  6 K6  x │", "✗  7 –   x │", "✗  8 –   x │"):
        assert line in printed
    assert "59 lignes, 51 cas tenus sur 55" in printed


def test_a_case_without_a_row_fails(tmp_path: Path) -> None:
    code, printed = replay(tmp_path, EVERY_ROW.replace(repr(NUMBERS), "range(1, 55)"))

    assert code == 1, printed
    assert "✗ 55 manquant" in printed
