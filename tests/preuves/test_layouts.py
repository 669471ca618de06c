"""The agency's two published layouts: imported, published, adopted, instructed."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.catalogue.dispositifs import spec_of
from comptes.enums import RoleANS
from preuves.catalogue.headers import DEFAULTS, Column
from preuves.catalogue.reading import WorkbookReading, read_rem
from preuves.enums import ChapitreState
from preuves.models import VersionDuREM
from preuves.operations.dossiers import move_to_version
from preuves.operations.imports import publish_import, send_workbook
from preuves.queries.dossier import latest_version
from preuves.queries.imports import reading_of
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import approve
from tests.factories.layouts import convergence, exported, spread

DUI = "ms-dui-va2"


def read(file: io.BytesIO) -> WorkbookReading:
    return read_rem([("rem.xlsx", file)], spec_of(DUI))


def problems_of(reading: WorkbookReading) -> list[tuple[str, str]]:
    ours = [problem for problem in reading.problems if problem.file == "rem.xlsx"]
    return [(problem.cell, problem.sentence.replace("\u00a0", " ")) for problem in ours]


def test_exported_layout_says_each_missing_column_once() -> None:
    reading = read(exported())

    assert not reading.blocked
    assert reading.warned == ()
    assert problems_of(reading) == [
        ("A1", f"La colonne « Périmètre » manque : {DEFAULTS[Column.PERIMETRE]}.".replace("\u00a0", " ")),
        ("A1", "La colonne « Commentaire » manque : les exigences sont lues sans commentaire."),
        ("A1", f"La colonne « Profil historique » manque : {DEFAULTS[Column.PROFIL_HISTORIQUE]}."),
        ("A1", "La colonne « Criticité » manque : les exigences sont lues sans criticité."),
        ("A1", "La colonne « Ordre » manque : l’ordre est celui des lignes."),
    ]
    perimetres = {exigence.identifiant: exigence.perimetre for _, exigence in reading.spec.exigences()}
    assert (perimetres["SC.INS/va1.000"], perimetres["SC.INS/va2.001"]) == ("vague_1", "vague_2")


def test_exported_layout_of_230_exigences_names_its_duplicate_by_two_cells() -> None:
    reading = read(exported(230, 49, 59, duplicate=True))

    assert (len(list(reading.spec.exigences())), reading.scenarios, len(list(reading.spec.preuves()))) == (230, 49, 58)
    [(cell, sentence)] = [problem for problem in problems_of(reading) if problem[0] != "A1"]
    assert (cell, reading.blocked) == ("H241", True)
    assert sentence == "Le N° preuve SC.INS/va1.000.01.01 est déjà en H183, sous le scénario SC.INS/va1.000.01."


def test_spread_layout_reads_ten_preuves_and_the_nature_of_each_exigence() -> None:
    reading = read(spread())

    assert not reading.blocked
    assert [cell for cell, _ in problems_of(reading)] == ["A1", "A1", "A1"]
    exigences = {exigence.identifiant: exigence for _, exigence in reading.spec.exigences()}
    assert len(exigences["SC.INS/va1.000"].scenarios[0].preuves) == 10
    assert exigences["SC.INS/va2.001"].force == "preconisation"
    assert exigences["SC.INS/va2.002"].commentaire == "<p>Voir le guide.</p>"


def test_template_of_the_convergence_has_no_problem() -> None:
    reading = read(convergence())

    assert (problems_of(reading), reading.warned) == ([], ())
    assert (len(list(reading.spec.exigences())), len(list(reading.spec.preuves()))) == (1, 1)


def published(file: io.BytesIO, team: Team) -> VersionDuREM:
    """Import a workbook as an administrator does, over the REM that stands."""
    by = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    sent = send_workbook(
        dispositif_code=DUI,
        workbook=SimpleUploadedFile("rem.xlsx", file.getvalue()),
        annotations="",
        date=date(2026, 9, 1),
        by=by,
        at=make.SUMMER,
    )
    latest = latest_version(DUI)
    assert latest
    seen = reading_of(sent).spec.sha256
    return publish_import(import_id=sent.pk, seen=seen, latest_id=latest.pk, by=make.a_person(), at=make.SUMMER)


@pytest.mark.django_db
@pytest.mark.parametrize("layout", [exported, spread])
def test_layout_is_adopted_and_instructed(layout: Callable[[], io.BytesIO], team: Team) -> None:
    prove.a_deposit(team.candidature, team.salarie)
    version = published(layout(), team)

    move_to_version(candidature_id=team.candidature.pk, version_id=version.pk, by=team.mandataire, at=prove.AUTUMN)
    due = prove.due_in(team.candidature, "MAT")
    approve(team.candidature, team, "MAT")

    assert due[0].startswith("SC.INS/va1.")
    assert prove.the_chapitre(team.candidature, "MAT").dossier.version == version
    assert prove.the_chapitre(team.candidature, "MAT").state == ChapitreState.APPROVED
