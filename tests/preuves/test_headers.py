import pytest
from hypothesis import given
from hypothesis import strategies as st

from preuves.catalogue.headers import DEFAULTS, Column, _folded, folded, header_key, read_headers
from tests.factories.workbooks import HEADERS


def blocking(headers: list[str]) -> list[tuple[str, str]]:
    return [(problem.cell, problem.sentence) for problem in read_headers(headers, 1).problems if problem.blocks]


def test_headers_of_the_agency_are_all_read() -> None:
    columns = read_headers(HEADERS, 1)

    assert columns.problems == ()
    assert columns.preuves == ((9, 10),)
    assert set(columns.of) == set(Column) - {Column.NUMERO_PREUVE, Column.PREUVE, Column.FORCE}


@pytest.mark.parametrize(
    ("place", "header"),
    [
        (0, " PERIMETRE "),
        (1, "N° exigence"),
        (1, "Nº  Exigence"),
        (1, "Numéro de l’exigence"),
        (2, "Bloc"),
        (2, "section"),
        (4, "Énoncé de l'exigence"),
        (4, "Enonce de l’exigence (ce que la solution doit faire)"),
        (6, "Profil(s)"),
        (7, "N°\u00a0Scénario"),
        (8, "SCENARIO DE CONFORMITE"),
        (9, "n° de preuve"),
        (12, "criticite"),
    ],
)
def test_header_is_known_by_another_name(place: int, header: str) -> None:
    headers = [*HEADERS]
    headers[place] = header

    assert read_headers(headers, 1) == read_headers(HEADERS, 1)


def test_preuves_may_stand_in_numbered_columns() -> None:
    headers = [
        *HEADERS[:9],
        "N° preuve 1",
        "Preuve 1",
        "N° preuve 2",
        "Preuve  2",
        *HEADERS[11:],
        "Nature de l'exigence",
    ]

    columns = read_headers(headers, 1)

    assert columns.problems == ()
    assert columns.preuves == ((9, 10), (11, 12))
    assert columns.of[Column.FORCE] == 16


@pytest.mark.parametrize("missing", [header for header in HEADERS if header not in DEFAULTS])
def test_missing_column_blocks(missing: str) -> None:
    headers = [header for header in HEADERS if header != missing]

    assert blocking(headers) == [
        ("A1", f"La colonne «\u00a0{missing}\u00a0» manque dans la ligne 1, celle des en-têtes.")
    ]


@pytest.mark.parametrize("missing", [header for header in HEADERS if header in DEFAULTS])
def test_missing_column_that_a_default_replaces_is_said_with_it(missing: str) -> None:
    headers = [header for header in HEADERS if header != missing]

    [problem] = read_headers(headers, 1).problems

    assert (problem.cell, problem.blocks) == ("A1", False)
    assert problem.sentence == f"La colonne «\u00a0{missing}\u00a0» manque\u00a0: {DEFAULTS[Column(missing)]}."


def test_header_that_resembles_a_missing_one_blocks() -> None:
    headers = ["Critcité" if header == "Criticité" else header for header in HEADERS]

    sentence = "La colonne «\u00a0Criticité\u00a0» manque, et «\u00a0Critcité\u00a0» lui ressemble"
    assert blocking(headers) == [("M1", f"{sentence}\u00a0: corrigez cet en-tête.")]


@pytest.mark.parametrize(
    "header", ["CRITICITE", "criticité\u200b", "Criticité\n", " Criti\u0301cite\u0301 ".replace("i\u0301", "i")]
)
def test_header_is_known_whatever_its_case_accents_spaces_and_line_ends(header: str) -> None:
    headers = [header if known == "Criticité" else known for known in HEADERS]

    assert read_headers(headers, 1).problems == ()


def test_numbered_text_without_its_number_blocks() -> None:
    headers = [*HEADERS, "Preuve 2"]

    assert blocking(headers) == [
        ("A1", "La colonne «\u00a0N° preuve 2\u00a0» manque dans la ligne 1, celle des en-têtes.")
    ]


def test_unknown_column_is_named_and_does_not_block() -> None:
    problems = read_headers([*HEADERS, "", "Remarques"], 3).problems

    assert [(problem.cell, problem.sentence, problem.blocks) for problem in problems] == [
        ("P3", "La colonne «\u00a0Remarques\u00a0» n’est pas lue.", False)
    ]


def test_same_column_twice_blocks() -> None:
    assert blocking([*HEADERS, "exigence"]) == [("O1", "La colonne «\u00a0exigence\u00a0» est déjà en E1.")]


def test_of_two_aliases_the_first_is_read() -> None:
    columns = read_headers([*HEADERS, "Section"], 1)

    assert columns.of[Column.CHAPITRE] == 2
    assert [(problem.cell, problem.blocks) for problem in columns.problems] == [("O1", False)]


def test_key_forgets_case_accents_and_small_words() -> None:
    assert header_key(" N°\u00a0 de la  PREUVE\n1 ") == "no preuve 1"


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=40))
def test_common_texts_are_folded_as_any_other(text: str) -> None:
    assert text.isascii() or folded(text) == _folded(text)
