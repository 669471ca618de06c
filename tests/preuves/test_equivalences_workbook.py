"""A workbook of équivalences as it is read: every mistake is named with its cell."""

import io

import pytest

from candidatures.catalogue.dispositifs import spec_of
from preuves.catalogue.archives import NO_WORKBOOK
from preuves.catalogue.equivalences import EquivalenceSpec, Side, TableReading, TableSpec, read_equivalences
from preuves.queries.imports_equivalences import changes_between
from tests.factories import preuves as prove
from tests.factories.equivalences import (
    DUI,
    ESSAI,
    HEADERS,
    HERE,
    SECOND_HERE,
    SECOND_THERE,
    THERE,
    a_workbook,
    an_essai_rem_spec,
)

SOURCE = Side(spec_of(ESSAI), an_essai_rem_spec(), "REM du 01/06/2026")
CIBLE = Side(spec_of(DUI), prove.a_rem_spec(), "REM du 01/06/2026")


def not_a_profil(name: str) -> str:
    """What is said of a condition that names something else."""
    nom = CIBLE.dispositif.nom
    return (
        f"«\u00a0{name}\u00a0» n’est pas un profil de «\u00a0{nom}\u00a0»\u00a0: une condition nomme des profils, "
        "le reste va dans la note."
    )


def read(*rows: tuple[object, ...], headers: tuple[str, ...] = HEADERS, **sides: Side) -> TableReading:
    given = {"source": SOURCE, "cible": CIBLE} | sides
    return read_equivalences(a_workbook(rows, headers), "table.xlsx", **given)


def problems_of(reading: TableReading) -> list[tuple[str, str]]:
    assert reading.blocked
    return [(problem.cell, problem.sentence) for problem in reading.problems]


def test_lines_are_read_with_their_condition_and_note() -> None:
    reading = read((THERE, HERE, "PH ; PA", "Même module."), (SECOND_THERE, SECOND_HERE))

    assert not reading.problems
    assert reading.spec.lines == (
        EquivalenceSpec(THERE, HERE, ("PA", "PH"), "Même module."),
        EquivalenceSpec(SECOND_THERE, SECOND_HERE),
    )


@pytest.mark.parametrize(
    "headers",
    [
        ("n° preuve SOURCE", "No preuve cible", "Conditions", "Remarque"),
        ("Preuve source", "Preuve cible", "condition", "Commentaires"),
        ("Numéro de la preuve source", "N° de preuve cible", "Condition de profil", "NOTE"),
    ],
)
def test_headers_are_known_however_they_are_spelt(headers: tuple[str, ...]) -> None:
    assert read((THERE, HERE, "PA", "x"), headers=headers).spec.lines == (EquivalenceSpec(THERE, HERE, ("PA",), "x"),)


def test_columns_in_another_order_and_others_that_are_not_read() -> None:
    reading = read((HERE, "oui", THERE), headers=("Cible", "Validé", "Source"))

    assert reading.spec.lines == (EquivalenceSpec(THERE, HERE),)
    assert [(problem.cell, problem.blocks) for problem in reading.problems] == [("B1", False)]


@pytest.mark.parametrize(
    ("row", "cell", "sentence"),
    [
        (
            ("X.99.01.01", HERE),
            "A2",
            "La preuve X.99.01.01 n’est pas dans le REM du 01/06/2026 de «\u00a0Dispositif d’essai\u00a0».",
        ),
        (
            (THERE, "X.99.01.01"),
            "B2",
            f"La preuve X.99.01.01 n’est pas dans le REM du 01/06/2026 de «\u00a0{CIBLE.dispositif.nom}\u00a0».",
        ),
        ((None, HERE), "A2", "«\u00a0N° preuve source\u00a0» est vide."),
        ((THERE, " "), "B2", "«\u00a0N° preuve cible\u00a0» est vide."),
        (
            (THERE, HERE, "MER"),
            "C2",
            not_a_profil("MER"),
        ),
        (
            (THERE, HERE, "si le module est le même"),
            "C2",
            not_a_profil("si le module est le même"),
        ),
        (
            (THERE, HERE, "Général"),
            "C2",
            not_a_profil("Général"),
        ),
        ((THERE, HERE, "", "n" * 501), "D2", "La note a plus de 500 caractères."),
    ],
)
def test_mistake_is_named_with_its_cell(row: tuple[object, ...], cell: str, sentence: str) -> None:
    assert problems_of(read(row)) == [(cell, sentence)]


def test_a_condition_has_no_exception() -> None:
    assert ("C2", "Une condition n’a pas d’exception\u00a0: nommez les profils admis.") in problems_of(
        read((THERE, HERE, "PA sauf PH"))
    )


def test_columns_that_are_swapped_are_recognised() -> None:
    assert [sentence.rpartition(", ")[2] for _, sentence in problems_of(read((HERE, THERE)))] == [
        "mais dans celui de l’autre démarche."
    ] * 2


def test_same_target_twice_names_the_first() -> None:
    assert problems_of(read((THERE, HERE), (SECOND_THERE, HERE))) == [
        ("B3", f"La preuve {HERE} est déjà donnée en B2\u00a0: une ligne suffit.")
    ]


def test_same_source_twice_is_no_mistake() -> None:
    assert len(read((THERE, HERE), (THERE, SECOND_HERE)).spec.lines) == 2


def test_dispositif_twice_and_dispositif_without_rem_are_said() -> None:
    twice = read((HERE, HERE), source=CIBLE)
    without = read((THERE, HERE), source=Side(spec_of(ESSAI)))

    assert ("", "La démarche source et la démarche cible sont la même.") in problems_of(twice)
    assert problems_of(without) == [("", "«\u00a0Dispositif d’essai\u00a0» n’a pas encore de REM publié.")]


@pytest.mark.parametrize(
    ("headers", "cell", "sentence"),
    [
        (("ID", "Chapitre"), "A1", "Les en-têtes d’une table d’équivalences ne sont pas dans les 20 premières lignes"),
        (("N° preuve source", "Note"), "A1", "La colonne «\u00a0N° preuve cible\u00a0» manque"),
        (("Source", "N° preuve source", "Cible"), "B1", "est déjà en A1"),
    ],
)
def test_workbook_of_another_shape_is_refused(headers: tuple[str, ...], cell: str, sentence: str) -> None:
    problems = problems_of(read((THERE, HERE, "x"), headers=headers))

    assert any(place == cell and sentence in text for place, text in problems)


def test_file_that_is_no_workbook_is_refused() -> None:
    reading = read_equivalences(io.BytesIO(b"source;cible"), "table.csv", source=SOURCE, cible=CIBLE)

    assert problems_of(reading) == [("A1", NO_WORKBOOK)]


def test_formula_is_refused() -> None:
    assert ("B2", "La cellule contient une formule\u00a0: remplacez-la par sa valeur.") in problems_of(
        read((THERE, "=A1"))
    )


def test_empty_table_is_refused() -> None:
    assert problems_of(read()) == [("A2", "La feuille n’a aucune ligne sous ses en-têtes.")]


def test_content_is_the_same_in_another_order() -> None:
    lines = EquivalenceSpec(THERE, HERE), EquivalenceSpec(SECOND_THERE, SECOND_HERE)

    assert TableSpec(lines).sha256 == TableSpec(lines[::-1]).sha256
    assert TableSpec(lines).sha256 != TableSpec((lines[0], EquivalenceSpec(THERE, SECOND_HERE))).sha256


def test_two_versions_are_compared_by_target() -> None:
    first, two = EquivalenceSpec(THERE, HERE), EquivalenceSpec(THERE, SECOND_HERE)
    other = EquivalenceSpec(THERE, HERE, ("PA",))
    third = EquivalenceSpec(SECOND_THERE, "INS.01.01.01")

    changes = changes_between(TableSpec((first, two)), TableSpec((other, third)))

    assert (changes.added, changes.removed, changes.changed, changes.unchanged) == (
        (third,),
        (two,),
        ((first, other),),
        0,
    )
