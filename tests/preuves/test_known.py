"""What is known of a preuve stays known, when a workbook comes without saying it again."""

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from preuves.catalogue.rem import PreuveSpec, RemSpec
from preuves.models import AnnotationDePreuve, VersionDuREM
from preuves.operations.imports import correct_natures, publish_import
from preuves.queries.annotations import known_of
from preuves.queries.dossier import latest_version, rem_of
from preuves.queries.imports import reading_of
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.workbooks import a_row, a_sent_rem
from tests.former import replaced
from tests.ground import standing

DUI = "ms-dui-va2"
WORKBOOK = Path("catalogue/rem/ms-dui-va2.xlsx")
ANNOTATIONS = Path("catalogue/rem/ms-dui-va2.annotations.toml")
JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dispositif() -> None:
    make.a_dispositif()


def publish_the_shipped_rem() -> VersionDuREM:
    """Publish the shipped REM with its annotations."""
    make.a_dispositif()
    run(WORKBOOK, annotations=str(ANNOTATIONS), publish=True, date=JUNE)
    return VersionDuREM.objects.get()


first = standing(publish_the_shipped_rem)


def run(file: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    given = {"dispositif": DUI, "json": True, "stdout": out, "stderr": StringIO()} | options
    if "publish" not in given:
        given["dry_run"] = True
    with suppress(CommandError):
        call_command("import_rem", str(file), **given)
    printed: dict[str, Any] = json.loads(out.getvalue())
    return printed


def blocking(printed: dict[str, Any]) -> list[str]:
    return [probleme["probleme"] for probleme in printed["problemes"] if probleme["bloquant"]]


def known(printed: dict[str, Any]) -> list[str]:
    assert not blocking(printed)
    return [probleme["probleme"] for probleme in printed["problemes"]]


def changed(folder: Path, change: Any) -> Path:
    """The shipped workbook, after `change(sheet)`."""
    book = openpyxl.load_workbook(WORKBOOK)
    change(book.worksheets[0])
    path = folder / "rem.xlsx"
    book.save(path)
    return path


def some_annotations(folder: Path, text: str) -> str:
    path = folder / "annotations.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def rows(sheet: Any) -> Iterator[Any]:
    yield from sheet.iter_rows(min_row=2)


CHAPITRE, PREUVE, NUMERO = 2, 10, 9


def the_latest() -> RemSpec:
    version = latest_version(DUI)
    assert version
    return rem_of(version).spec


def preuve_of(spec: RemSpec, numero: str) -> PreuveSpec:
    return next(line[-1] for line in spec.preuves() if line[-1].numero == numero)


def numeros_of(spec: RemSpec, constat: str) -> list[str]:
    return [line[-1].numero for line in spec.preuves() if line[-1].constat == constat]


# -- without the annotations -----------------------------------------------------------------------------------------


def test_same_workbook_without_its_annotations_changes_nothing(first: VersionDuREM) -> None:
    printed = run(WORKBOOK, publish=True, date=JULY)

    numeros = printed["changements"]
    assert (numeros["ajoutees"], numeros["modifiees"], numeros["retirees"], numeros["inchangees"]) == ([], [], [], 169)
    assert [numeros["chapitres"][what] for what in ("ajoutees", "modifiees", "retirees")] == [[], [], []]
    assert printed["annotations"] == {
        "reprises": 169,
        "preuves_sans": [],
        "chapitres_sans": [],
        "prerequis_absent": "",
    }
    assert VersionDuREM.objects.count() == 1


def test_next_workbook_keeps_what_is_known_and_lists_what_is_new(first: VersionDuREM, tmp_path: Path) -> None:
    before = the_latest()

    def add(sheet: Any) -> None:
        row = [cell.value for cell in sheet[2]]
        row[NUMERO], row[PREUVE] = "MAT.01.01.09", "Vidéo de l’écran."
        sheet.append(row)

    printed = run(changed(tmp_path, add), publish=True, date=JULY)

    after = the_latest()
    assert printed["changements"]["ajoutees"] == printed["annotations"]["preuves_sans"] == ["MAT.01.01.09"]
    assert printed["changements"]["modifiees"] == []
    assert preuve_of(after, "MAT.01.01.09").nature == "VIDEO"
    assert [line[-1] for line in after.preuves() if line[-1].numero != "MAT.01.01.09"] == [
        line[-1] for line in before.preuves()
    ]


def test_preuve_that_left_and_comes_back_is_still_known(first: VersionDuREM, tmp_path: Path) -> None:
    [gone] = ["MAT.03.01.02"]
    asked = preuve_of(the_latest(), gone)

    def remove(sheet: Any) -> None:
        [row] = [cells for cells in rows(sheet) if cells[NUMERO].value == gone]
        sheet.delete_rows(row[0].row)

    run(changed(tmp_path, remove), publish=True, date=JULY)
    assert gone not in [line[-1].numero for line in the_latest().preuves()]
    run(WORKBOOK, publish=True, date=AUGUST)

    assert (asked.guichet, asked.sauf_profils) == ("CNDA_ENV", ("AHI",))
    assert preuve_of(the_latest(), gone) == asked


def test_annotations_of_one_preuve_say_nothing_of_the_others(first: VersionDuREM, tmp_path: Path) -> None:
    printed = run(
        WORKBOOK, annotations=some_annotations(tmp_path, '["MAT.01.01.01"]\nguichet = "ANS"'), publish=True, date=JULY
    )

    assert printed["changements"]["modifiees"] == ["MAT.01.01.01"]
    assert printed["annotations"]["reprises"] == 168
    preuve = preuve_of(the_latest(), "MAT.01.01.01")
    assert (preuve.nature, preuve.guichet) == ("DOCUMENT", "ANS")
    assert AnnotationDePreuve.objects.get(version__date=JULY).content == {"nature": "DOCUMENT", "guichet": "ANS"}
    assert AnnotationDePreuve.objects.filter(numero="MAT.01.01.01").count() == 2


def test_nature_known_of_other_words_is_kept_and_shown(first: VersionDuREM, tmp_path: Path) -> None:
    def reword(sheet: Any) -> None:
        [cells] = [cells for cells in rows(sheet) if cells[NUMERO].value == "MAT.03.01.01"]
        cells[PREUVE].value = "Numéro d’exécution MOTCO2."

    printed = run(changed(tmp_path, reword))

    assert known(printed) == [
        (
            "Le texte de la preuve MAT.03.01.01 a changé, et suggère «\u00a0Numéro d’exécution MOTCO2\u00a0». "
            "La nature connue, «\u00a0Vidéo\u00a0», est conservée."
        )
    ]
    assert printed["changements"]["modifiees"] == ["MAT.03.01.01"]


def test_exception_of_the_workbook_is_named_beside_the_known_one(first: VersionDuREM, tmp_path: Path) -> None:
    def except_pds(sheet: Any) -> None:
        for cells in rows(sheet):
            if cells[1].value == "MAT.03":
                cells[6].value = "Général sauf PDS"

    printed = run(changed(tmp_path, except_pds))

    assert known(printed) == [
        f"Le classeur excepte PDS de la preuve MAT.03.01.0{number}\u00a0: l’exception connue (AHI) est conservée."
        for number in (1, 2)
    ]


# -- the codes of the chapitres --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "code"),
    [("Prérequis de maturité technique", "MAT"), ("Annuaire Santé", "ANN"), ("Portabilité des données", "PORT")],
)
def test_chapitre_called_otherwise_keeps_its_code(first: VersionDuREM, tmp_path: Path, label: str, code: str) -> None:
    def rename(sheet: Any) -> None:
        for cells in rows(sheet):
            if cells[CHAPITRE].value == label:
                cells[CHAPITRE].value = "Un autre nom"

    printed = run(changed(tmp_path, rename), publish=True, date=JULY)

    assert known(printed) == [
        (
            f"Le chapitre «\u00a0Un autre nom\u00a0» garde le code {code}\u00a0: ses exigences sont celles du chapitre "
            f"«\u00a0{label}\u00a0»."
        )
    ]
    assert printed["changements"]["chapitres"]["modifiees"] == [code]
    assert printed["changements"]["modifiees"] == []
    assert {chapitre.code: chapitre.label for chapitre in the_latest().chapitres}[code] == "Un autre nom"


def test_two_chapitres_that_exchange_their_names_exchange_their_codes(first: VersionDuREM, tmp_path: Path) -> None:
    names = {"Annuaire Santé": "Portabilité des données", "Portabilité des données": "Annuaire Santé"}

    def exchange(sheet: Any) -> None:
        for cells in rows(sheet):
            cells[CHAPITRE].value = names.get(cells[CHAPITRE].value, cells[CHAPITRE].value)

    printed = run(changed(tmp_path, exchange))

    assert blocking(printed) == []
    assert printed["changements"]["chapitres"]["modifiees"] == []


def test_new_chapitre_has_a_code_made_of_its_name_and_is_listed(first: VersionDuREM, tmp_path: Path) -> None:
    def add(sheet: Any) -> None:
        row = [cell.value for cell in sheet[2]]
        row[1:3] = ["NEW.01", "Accès des usagers"]
        row[7], row[NUMERO], row[PREUVE] = "NEW.01.01", "NEW.01.01.01", "Vidéo de l’accès."
        sheet.append(row)

    printed = run(changed(tmp_path, add))

    assert printed["annotations"]["chapitres_sans"] == ["ACCES-USAGERS"]


def test_first_rem_without_annotations_says_what_it_lacks() -> None:
    printed = run(WORKBOOK)

    assert (len(printed["annotations"]["preuves_sans"]), len(printed["annotations"]["chapitres_sans"])) == (169, 16)
    assert printed["annotations"]["prerequis_absent"] == "MAT"
    out = StringIO()
    call_command("import_rem", str(WORKBOOK), dispositif=DUI, dry_run=True, stdout=out)
    assert "sans annotation, 169 preuves" in out.getvalue()
    assert "sans code, 16 chapitres" in out.getvalue()
    assert "aucun chapitre n’est le prérequis MAT" in out.getvalue()


# -- what may not vanish ---------------------------------------------------------------------------------------------


def test_workbook_without_the_prerequisite_chapitre_is_refused(first: VersionDuREM, tmp_path: Path) -> None:
    def remove(sheet: Any) -> None:
        for cells in [*rows(sheet)][::-1]:
            if cells[CHAPITRE].value == "Prérequis de maturité technique":
                sheet.delete_rows(cells[0].row)

    printed = run(changed(tmp_path, remove), publish=True, date=JULY)

    assert blocking(printed) == [
        (
            "Le chapitre prérequis MAT, «\u00a0Prérequis de maturité technique\u00a0», "
            "n’est pas dans ce classeur. Sans lui, aucune solution n’accéderait aux environnements de test du CNDA. "
            "Si un autre chapitre le remplace, donnez-lui ce code dans [chapitres] des annotations."
        )
    ]
    assert VersionDuREM.objects.count() == 1


def test_another_code_for_the_prerequisite_chapitre_is_refused(first: VersionDuREM, tmp_path: Path) -> None:
    text = '[chapitres]\n"Prérequis de maturité technique" = "PRE"'

    printed = run(WORKBOOK, annotations=some_annotations(tmp_path, text))

    [sentence] = blocking(printed)
    assert sentence.startswith("Le chapitre prérequis MAT")


@pytest.mark.parametrize("constat", ["CNDA:INSI", "CNDA:DMP", "EDC_PSC:UTILISATEUR", "EDC_PSC:PROXY"])
def test_workbook_in_which_a_constat_vanishes_is_refused(first: VersionDuREM, tmp_path: Path, constat: str) -> None:
    numeros = numeros_of(the_latest(), constat)
    assert numeros

    def remove(sheet: Any) -> None:
        for cells in [*rows(sheet)][::-1]:
            if cells[NUMERO].value in numeros:
                sheet.delete_rows(cells[0].row)

    printed = run(changed(tmp_path, remove), publish=True, date=JULY)

    [sentence] = blocking(printed)
    assert sentence.startswith(f"Le constat {constat} n’est attendu par aucune preuve\u00a0: il répondait à ")
    assert all(numero in sentence for numero in numeros)
    assert VersionDuREM.objects.count() == 1


def test_constat_that_the_annotations_take_away_is_refused_until_they_say_it_whole(
    first: VersionDuREM, tmp_path: Path
) -> None:
    taken = "\n".join(f'["{numero}"]\nconstat = ""' for numero in numeros_of(the_latest(), "CNDA:INSI"))

    assert len(blocking(run(WORKBOOK, annotations=some_annotations(tmp_path, taken)))) == 1
    whole = f'constats_abandonnes = ["cnda:insi"]\n{taken}'
    run(WORKBOOK, annotations=some_annotations(tmp_path, whole), publish=True, date=JULY)

    assert numeros_of(the_latest(), "CNDA:INSI") == []
    assert blocking(run(WORKBOOK)) == []


def test_abandoned_constats_that_are_no_list_are_refused(first: VersionDuREM, tmp_path: Path) -> None:
    printed = run(WORKBOOK, annotations=some_annotations(tmp_path, 'constats_abandonnes = "CNDA:INSI"'))

    assert blocking(printed) == ["constats_abandonnes doit être une liste de constats."]


# -- kept ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", ["UPDATE preuves_annotationdepreuve SET numero = 'X'", "DELETE FROM preuves_annotationdepreuve"]
)
def test_annotation_is_never_rewritten(first: VersionDuREM, verb: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)


def test_empty_annotation_is_refused(first: VersionDuREM) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnotationDePreuve.objects.create(version=first, numero="X", content={})


def test_annotations_of_versions_published_before_are_taken_over() -> None:
    """The upgrade: a version with desks and constats, then one that lost them as the fault made it."""
    spec = prove.a_rem_spec()
    mat, ins, _ = spec.chapitres
    told = replace(
        ins,
        exigences=(
            prove.an_exigence(
                "INS.01",
                prove.a_preuve_spec("INS.01.01.01", guichet="CNDA", constat="CNDA:INSI", sauf_profils=("AHI",)),
            ),
        ),
    )
    prove.a_rem(replace(spec, chapitres=(mat, told)), JUNE)
    lost = replace(told, exigences=(prove.an_exigence("INS.01", prove.a_preuve_spec("INS.01.01.01")),))
    prove.a_rem(replace(spec, chapitres=(mat, lost)), JULY)
    assert not AnnotationDePreuve.objects.exists()

    with before_their_column_was_renamed() as former:
        importlib.import_module("preuves.migrations.0008_take_over_annotations").take_over(former, None)

    assert dict(AnnotationDePreuve.objects.filter(version__date=JUNE).values_list("numero", "content")) == {
        "MAT.01.01.01": {"nature": "MOTCO2"},
        "MAT.01.01.02": {"nature": "MOTCO2"},
        "INS.01.01.01": {"nature": "MOTCO2", "guichet": "CNDA", "constat": "CNDA:INSI", "sauf_profils": ["AHI"]},
    }
    assert not AnnotationDePreuve.objects.filter(version__date=JULY).exists()
    annotation = known_of(DUI).annotations["INS.01.01.01"]
    assert (annotation.constat, annotation.guichet, annotation.sauf_profils) == ("CNDA:INSI", "CNDA", ("AHI",))


@contextmanager
def before_their_column_was_renamed() -> Iterator[Any]:
    """The table and the models that the upgrade knew."""
    rename = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE preuves_annotationdepreuve RENAME COLUMN {} TO {}"
    with connection.cursor() as cursor:
        cursor.execute(rename.format("content", "said"))
        yield replaced().project_state(("preuves", "0026_nombre_de_chapitres")).apps
        cursor.execute(rename.format("said", "content"))


def test_natures_corrected_by_hand_are_known_afterwards() -> None:
    by = make.a_person()
    sent = a_sent_rem(by, [a_row(preuve="Ce qu’il faut.")])
    correct_natures(import_id=sent.pk, natures={"MAT.01.01.01": "TEXTE"}, by=by, at=make.SUMMER)
    sent.refresh_from_db()
    spec = reading_of(sent).spec
    publish_import(import_id=sent.pk, seen=spec.sha256, latest_id=0, by=make.a_person(), at=make.SUMMER)

    again = reading_of(a_sent_rem(by, [a_row(preuve="Ce qu’il faut.")], AUGUST))

    assert (again.spec.sha256, again.problems, again.guessed) == (spec.sha256, (), frozenset())
