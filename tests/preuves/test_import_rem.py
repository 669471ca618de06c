import json
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from comptes import clock, journal
from comptes.models import JournalEntry
from preuves.models import PreuveAttendue, VersionDuREM
from preuves.queries.dossier import rem_of
from tests.factories import candidatures as make
from tests.factories.workbooks import a_row, a_workbook, rows_of

DUI = "ms-dui-va2"
DEMONSTRATION = "catalogue/rem/ms-dui-va2.xlsx"
ANNOTATIONS = "catalogue/rem/ms-dui-va2.annotations.toml"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dispositif() -> None:
    make.a_dispositif()


def run(*files: object, **options: Any) -> dict[str, Any]:
    """The JSON that the command prints, even when it fails."""
    out = StringIO()
    given = {"dispositif": DUI, "json": True, "stdout": out, "stderr": StringIO()} | options
    if "publish" not in given:
        given["dry_run"] = True
    with suppress(CommandError):
        call_command("import_rem", *map(str, files), **given)
    printed: dict[str, Any] = json.loads(out.getvalue())
    return printed


def changes(printed: dict[str, Any]) -> tuple[list[str], list[str], list[str], int]:
    numeros = printed["changements"]
    return numeros["ajoutees"], numeros["modifiees"], numeros["retirees"], numeros["inchangees"]


def saved(folder: Path, rows: list[dict[str, Any]], name: str = "rem.xlsx") -> Path:
    path = folder / name
    path.write_bytes(a_workbook(rows).getvalue())
    return path


def test_demonstration_prints_its_counts_and_writes_nothing() -> None:
    printed = run(DEMONSTRATION, annotations=ANNOTATIONS)

    assert list(printed) == [
        "chapitres",
        "exigences",
        "scenarios",
        "preuves",
        "natures",
        "par_chapitre",
        "feuilles",
        "problemes",
        "avertissements",
        "annotations",
        "changements",
    ]
    assert (printed["chapitres"], printed["exigences"], printed["preuves"]) == (16, 119, 169)
    assert sum(printed["natures"].values()) == sum(printed["par_chapitre"].values()) == 169
    assert (printed["feuilles"], printed["problemes"], printed["avertissements"]) == (["Exigences"], [], [])
    assert not VersionDuREM.objects.exists()


def test_published_twice_nothing_changes() -> None:
    run(DEMONSTRATION, annotations=ANNOTATIONS, publish=True, date=date(2026, 6, 1))

    again = run(DEMONSTRATION, annotations=ANNOTATIONS, publish=True, date=date(2026, 7, 1))

    assert changes(again) == ([], [], [], 169)
    assert [str(version.date) for version in VersionDuREM.objects.order_by("pk")] == ["2026-06-01"]
    assert PreuveAttendue.objects.count() == 169
    assert JournalEntry.objects.filter(chain=journal.PORTAIL, act="rem.published").count() == 1


def test_published_rem_reads_back_as_it_was_read() -> None:
    run(DEMONSTRATION, annotations=ANNOTATIONS, publish=True)
    version = VersionDuREM.objects.get()

    assert rem_of(version).spec.sha256 == version.sha256


def test_three_added_two_changed_one_removed_is_exactly_the_preview(tmp_path: Path) -> None:
    run(saved(tmp_path, rows_of(*range(1, 11))), publish=True, date=date(2026, 6, 1))
    rows = rows_of(*range(2, 14))
    rows[0]["Preuve"] = "Vidéo courte du scénario."
    rows[5]["Preuve"] = "Copies d’écran du scénario."

    printed = run(saved(tmp_path, rows), publish=True, date=date(2026, 7, 1))

    assert changes(printed) == (
        ["MAT.11.01.01", "MAT.12.01.01", "MAT.13.01.01"],
        ["MAT.02.01.01", "MAT.07.01.01"],
        ["MAT.01.01.01"],
        7,
    )
    assert VersionDuREM.objects.count() == 2


def test_date_is_today_in_paris_when_not_said(tmp_path: Path) -> None:
    with clock.travel(make.OPENING.replace(hour=23)):
        run(saved(tmp_path, rows_of(1)), publish=True)

    assert VersionDuREM.objects.get().date == date.fromordinal(make.OPENING.date().toordinal() + 1)


def test_version_is_taken_from_the_command_line(tmp_path: Path) -> None:
    call_command(
        "import_rem",
        str(saved(tmp_path, rows_of(1))),
        f"--dispositif={DUI}",
        "--version=2026-06-15",
        "--publish",
        stdout=StringIO(),
    )

    assert VersionDuREM.objects.get().date == date(2026, 6, 15)


def test_blocked_prints_its_counts_and_writes_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path, [*rows_of(1, 2), a_row(preuve="Copies d’écran.")])
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("import_rem", str(path), dispositif=DUI, publish=True, json=True, stdout=out)

    printed = json.loads(out.getvalue())
    assert refused.value.returncode == 1
    assert (printed["chapitres"], printed["exigences"], printed["scenarios"], printed["preuves"]) == (1, 2, 2, 2)
    assert printed["problemes"] == [
        {
            "cellule": "J4",
            "probleme": "Le N° preuve MAT.01.01.01 a un autre texte en J2.",
            "bloquant": True,
            "fichier": "rem.xlsx",
            "feuille": "Exigences",
        }
    ]
    assert not VersionDuREM.objects.exists()


def test_several_files_are_parts_of_one_rem(tmp_path: Path) -> None:
    printed = run(saved(tmp_path, rows_of(1), "1.xlsx"), saved(tmp_path, rows_of(2), "2.xlsx"), publish=True)

    assert printed["preuves"] == PreuveAttendue.objects.count() == 2


def test_same_day_with_another_content_is_refused(tmp_path: Path) -> None:
    run(saved(tmp_path, rows_of(1)), publish=True, date=date(2026, 6, 1))

    with pytest.raises(CommandError, match="une date plus récente"):
        call_command(
            "import_rem",
            str(saved(tmp_path, rows_of(2))),
            dispositif=DUI,
            publish=True,
            date=date(2026, 6, 1),
            stdout=StringIO(),
        )

    assert VersionDuREM.objects.count() == 1


@pytest.mark.parametrize(
    ("files", "options", "sentence"),
    [
        (["absent.xlsx"], {"dry_run": True}, "absent.xlsx"),
        ([DEMONSTRATION], {"dry_run": True, "dispositif": "autre"}, "autre"),
        ([DEMONSTRATION], {"dry_run": True, "annotations": "absent.toml"}, "absent.toml"),
    ],
)
def test_what_is_not_there_is_named(files: list[str], options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("import_rem", *files, **({"dispositif": DUI, "stdout": StringIO()} | options))


def test_sentences_say_the_same(tmp_path: Path) -> None:
    out = StringIO()

    call_command("import_rem", str(saved(tmp_path, rows_of(1))), dispositif=DUI, publish=True, stdout=out)

    printed = out.getvalue()
    assert "1 preuves" in printed
    assert "1 ajoutées, 0 modifiées, 0 retirées, 0 inchangées" in printed
    assert "est publié" in printed
