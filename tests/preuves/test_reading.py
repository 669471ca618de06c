import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.specs import Exigences
from candidatures.enums import ExigenceDEcheance
from comptes.canonical import fingerprint
from preuves.catalogue.reading import WorkbookReading, read_rem
from preuves.catalogue.rem import ExigenceSpec, PreuveSpec, RemSpec
from preuves.enums import Nature
from tests.factories.workbooks import HEADERS, a_row, a_workbook, rows_of

DUI = spec_of("ms-dui-va2")
WORKBOOK = Path("catalogue/rem/ms-dui-va2.xlsx")
ANNOTATED = WORKBOOK.with_suffix(".annotations.toml")


def read(*rows: Mapping[str, Any], headers: Iterable[str] = HEADERS, **options: Any) -> WorkbookReading:
    return read_rem([("rem.xlsx", a_workbook(rows, headers))], DUI, **options)


def preuves(reading: WorkbookReading) -> list[PreuveSpec]:
    return [line[-1] for line in reading.spec.preuves()]


def the_exigence(reading: WorkbookReading) -> ExigenceSpec:
    [(_, exigence)] = reading.spec.exigences()
    return exigence


def blocking(reading: WorkbookReading) -> list[tuple[str, str]]:
    return [(problem.cell, problem.sentence) for problem in reading.problems if problem.blocks]


def known(reading: WorkbookReading) -> list[tuple[str, str]]:
    """What is worth knowing and blocks nothing."""
    assert not reading.blocked
    return [(problem.cell, problem.sentence) for problem in reading.problems]


def the_demonstration(annotations: str = "") -> WorkbookReading:
    return read_rem([("rem.xlsx", io.BytesIO(WORKBOOK.read_bytes()))], DUI, annotations=annotations)


def test_demonstration_holds_16_chapitres_119_exigences_169_preuves() -> None:
    reading = the_demonstration(ANNOTATED.read_text(encoding="utf-8"))

    assert (len(reading.spec.chapitres), len([*reading.spec.exigences()]), len(preuves(reading))) == (16, 119, 169)
    assert reading.problems == ()
    assert reading.spec.chapitres[0].code == "MAT"


def test_natures_of_the_demonstration_are_inferred_as_the_annotations_say_them() -> None:
    inferred, annotated = the_demonstration(), the_demonstration(ANNOTATED.read_text(encoding="utf-8"))

    assert [preuve.nature for preuve in preuves(inferred)] == [preuve.nature for preuve in preuves(annotated)]


# -- layouts ---------------------------------------------------------------------------------------------------------


def test_preuves_spread_over_columns_are_the_same_rem() -> None:
    first, two = a_row(), a_row(numero="MAT.01.01.02", preuve="Copies d’écran.")
    headers = [*HEADERS, "N° preuve 2", "Preuve 2"]
    wide = {**first, "N° preuve 2": "MAT.01.01.02", "Preuve 2": "Copies d’écran."}

    spread = read(wide, headers=headers)

    assert spread == read(first, two)
    assert [preuve.numero for preuve in preuves(spread)] == ["MAT.01.01.01", "MAT.01.01.02"]


def test_preconisation_is_read_in_the_published_layout() -> None:
    headers = [*HEADERS, "Nature de l’exigence"]

    reading = read({**a_row(), "Nature de l’exigence": "PRÉCONISATION"}, headers=headers)

    assert the_exigence(reading).force == "preconisation"


def test_several_files_are_parts_of_one_rem() -> None:
    files = [("1.xlsx", a_workbook(rows_of(1))), ("2.xlsx", a_workbook(rows_of(2)))]

    assert read_rem(files, DUI).spec == read(*rows_of(1, 2)).spec


def test_problem_names_its_file() -> None:
    files = [("1.xlsx", a_workbook([a_row()])), ("2.xlsx", a_workbook([a_row(preuve="Une attestation.")]))]

    [problem] = read_rem(files, DUI).problems

    assert (problem.file, problem.sheet, problem.cell) == ("2.xlsx", "Exigences", "J2")
    assert problem.sentence == "Le N° preuve MAT.01.01.01 a un autre texte en J2 de 1.xlsx."


def test_scenario_without_preuve_has_one_row() -> None:
    reading = read(a_row(numero=None, preuve=None))

    assert (reading.problems, reading.scenarios, preuves(reading)) == ((), 1, [])


def test_identical_rows_are_one() -> None:
    assert read(a_row(), a_row()) == read(a_row())


def test_chapitres_stand_by_their_smallest_ordre_and_exigences_by_theirs() -> None:
    reading = read(
        a_row(id="B.2", numero_scenario="B.2.1", numero="B.2.1.1", chapitre="B", ordre=5),
        a_row(id="A.1", numero_scenario="A.1.1", numero="A.1.1.1", chapitre="A", ordre="3"),
        a_row(id="B.1", numero_scenario="B.1.1", numero="B.1.1.1", chapitre=" b ", ordre="2,5"),
        a_row(id="A.2", numero_scenario="A.2.1", numero="A.2.1.1", chapitre="A", ordre=None),
    )

    assert [exigence.identifiant for _, exigence in reading.spec.exigences()] == ["B.1", "B.2", "A.1", "A.2"]
    assert reading.problems == ()


# -- what does not agree -------------------------------------------------------------------------------------------


def test_numero_with_two_texts_blocks_and_names_both_cells() -> None:
    reading = read(a_row(), a_row(preuve="Copies d’écran."))

    assert blocking(reading) == [("J3", "Le N° preuve MAT.01.01.01 a un autre texte en J2.")]
    assert len(preuves(reading)) == 1


def test_numero_under_two_scenarios_blocks() -> None:
    reading = read(a_row(), a_row(numero_scenario="MAT.01.02"))

    assert blocking(reading) == [("J3", "Le N° preuve MAT.01.01.01 est déjà en J2, sous le scénario MAT.01.01.")]


def test_scenario_under_two_exigences_blocks() -> None:
    reading = read(a_row(), a_row(id="MAT.02", numero="MAT.02.01.01"))

    assert blocking(reading) == [("H3", "Le scénario MAT.01.01 est déjà en H2, sous l’exigence MAT.01.")]


@pytest.mark.parametrize(
    ("cell", "changes"),
    [
        ("E3", {"exigence": "Autre."}),
        ("A3", {"perimetre": "Vague 1"}),
        ("C3", {"chapitre": "Autre"}),
        ("G3", {"profil": "PA"}),
        ("L3", {"profil_historique": "PA"}),
        ("I3", {"scenario": "Autre."}),
    ],
)
def test_exigence_said_in_two_ways_blocks(cell: str, changes: dict[str, Any]) -> None:
    reading = read(a_row(), a_row(numero="MAT.01.01.02", **changes))

    assert [cell for cell, _ in blocking(reading)] == [cell]
    assert "autre" in blocking(reading)[0][1]
    assert len(reading.spec.chapitres) == 1


def test_commentaire_said_in_two_ways_is_only_told() -> None:
    reading = read(a_row(commentaire="Un."), a_row(numero="MAT.01.01.02", commentaire="Deux."))

    assert known(reading) == [
        (
            "F3",
            "«\u00a0Commentaire\u00a0» de l’exigence MAT.01 est autre en F2\u00a0: la première valeur est conservée.",
        )
    ]
    assert the_exigence(reading).commentaire == "<p>Un.</p>"


def test_same_words_in_other_spaces_agree() -> None:
    assert read(a_row(), a_row(exigence=" Désigner  les contacts. \r\n", profil="general")).problems == ()


@pytest.mark.parametrize(
    ("cell", "changes", "text"),
    [
        ("B2", {"id": None}, "n’a pas d’identifiant"),
        ("C2", {"chapitre": " "}, "n’a pas de chapitre"),
        ("E2", {"exigence": "<p> </p>"}, "n’a pas d’énoncé"),
        ("H2", {"numero_scenario": None}, "n’a pas de numéro"),
        ("J2", {"numero": None}, "n’a pas de numéro"),
        ("K2", {"preuve": None}, "n’a pas de texte"),
        ("A2", {"perimetre": "Vague 3"}, "ni «\u00a0Vague 1\u00a0»"),
        ("A2", {"perimetre": None}, "ni «\u00a0Vague 1\u00a0»"),
        ("J2", {"numero": "X" * 61}, "plus de 60"),
        ("C2", {"chapitre": "X" * 201}, "plus de 200"),
    ],
)
def test_cell_that_says_nothing_good_blocks(cell: str, changes: dict[str, Any], text: str) -> None:
    [(place, sentence)] = blocking(read(a_row(**changes)))

    assert place == cell
    assert text in sentence


def test_ordre_that_is_no_number_is_only_told() -> None:
    assert known(read(a_row(ordre="fin"))) == [
        ("N2", "L’ordre «\u00a0fin\u00a0» n’est pas un nombre\u00a0: rangé à la fin.")
    ]


# -- profils ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "profils", "sauf"),
    [
        ("Général", ("Général",), ()),
        ("GENERAL", ("Général",), ()),
        ("PA\nPH", ("PA", "PH"), ()),
        ("ph ; pa", ("PA", "PH"), ()),
        ("PA / Personnes en situation de handicap, dom", ("PA", "PH", "DOM"), ()),
        ("<p>PA</p><p>PH</p>", ("PA", "PH"), ()),
        ("Hébergement ou SaaS", ("HEB",), ()),
        ("Accueil, hébergement et insertion", ("AHI",), ()),
        ("PA, Accueil, hébergement et insertion et PH", ("PA", "PH", "AHI"), ()),
        ("PA et PH", ("PA", "PH"), ()),
        ("équipements mobiles\r\nBAL APP\nBAL PER-ORG", ("MOB", "BAL_ORG", "BAL_APP"), ()),
        ("Général sauf AHI", ("Général",), ("AHI",)),
        ("Général (sauf AHI et PDS)", ("Général",), ("PDS", "AHI")),
        ("Général\nsauf : AHI", ("Général",), ("AHI",)),
        ("Sauf AHI", ("Général",), ("AHI",)),
        ("PA, PH hors PA", ("PA", "PH"), ("PA",)),
    ],
)
def test_profils_are_understood(cell: str, profils: tuple[str, ...], sauf: tuple[str, ...]) -> None:
    reading = read(a_row(profil=cell))

    assert (reading.problems, the_exigence(reading).profils) == ((), profils)
    assert [preuve.sauf_profils for preuve in preuves(reading)] == [sauf]


def test_unknown_profil_blocks_with_its_cell() -> None:
    reading = read(
        a_row(), a_row(id="MAT.02", numero_scenario="2", numero="2.1", profil="PA, EHPAD", profil_historique="XX")
    )

    assert blocking(reading) == [
        ("G3", "Le profil «\u00a0EHPAD\u00a0» n’existe pas dans ce dispositif."),
        ("L3", "Le profil «\u00a0XX\u00a0» n’existe pas dans ce dispositif."),
    ]


def test_empty_profil_means_everybody_and_is_told() -> None:
    reading = read(a_row(profil=None))

    assert the_exigence(reading).profils == ("Général",)
    assert known(reading) == [("G2", "Le profil n’est pas renseigné\u00a0: lu comme «\u00a0Général\u00a0».")]


def test_profil_historique_is_the_base_of_heritage() -> None:
    exigence = the_exigence(read(a_row(perimetre="vague 1", profil_historique="PA\nDOM")))

    assert (exigence.perimetre, exigence.profils_historiques) == ("vague_1", ("PA", "DOM"))


# -- natures and annotations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texte", "nature"),
    [
        ("Vidéo du déroulé, attestation visible.", Nature.VIDEO),
        ("<p>COPIES D'&Eacute;CRAN comment&eacute;es</p>", Nature.CAPTURE),
        ("Une copie d’écran du statut de la demande", Nature.CAPTURE),
        ("Lien permanent du résultat", Nature.GAZELLE),
        ("Rapport de validation Gazelle", Nature.GAZELLE),
        ("Numéro d'exécution du cas de test", Nature.MOTCO2),
        ("Archive IHE_XDM du scénario", Nature.ARCHIVE_XDM),
        ("Attestation sur l’honneur signée", Nature.ATTESTATION),
        ("Attestation de conformité du CNDA", Nature.CNDA),
        ("Justificatif d'homologation, à défaut copie d'écran", Nature.CNDA),
        ("Décision d'habilitation Espace de confiance", Nature.EDC_PSC),
        ("Formulaire de test d’intrusion", Nature.PENTEST),
        ("Engagement écrit de l’éditeur", Nature.ENGAGEMENT),
        ("Document daté et versionné", Nature.DOCUMENT),
        ("Description en texte libre", Nature.TEXTE),
    ],
)
def test_nature_is_inferred_from_the_words(texte: str, nature: Nature) -> None:
    reading = read(a_row(preuve=texte))

    assert (reading.problems, [preuve.nature for preuve in preuves(reading)]) == ((), [nature.value])


def test_nature_that_words_do_not_say_is_a_document_and_is_told() -> None:
    reading = read(a_row(preuve="Ce qu’il faut."))

    assert preuves(reading)[0].nature == "DOCUMENT"
    assert reading.guessed == {"MAT.01.01.01"}
    assert known(reading) == [
        (
            "J2",
            (
                "La nature de la preuve MAT.01.01.01 ne peut pas être déduite de son texte\u00a0: "
                "elle est lue comme «\u00a0Document\u00a0»."
            ),
        )
    ]


def test_chapitre_that_an_echeance_names_and_no_row_has_is_told() -> None:
    first, *others = DUI.echeances
    asked = Exigences((ExigenceDEcheance.CHAPITRES_SOUMIS,), chapitres=("MAT", "MATT"))
    dispositif = replace(DUI, echeances=(replace(first, nom="Date des prérequis", exigences=asked), *others))
    files = [("rem.xlsx", a_workbook([a_row(preuve="Capture d’écran")], HEADERS))]
    (problem,) = read_rem(files, dispositif, annotations=ANNOTATIONS).problems

    assert (problem.cell, problem.file, problem.blocks) == (
        "echeances.date-1.chapitres",
        "ms-dui-va2.toml",
        False,
    )
    assert "Le chapitre MATT, que vise l’échéance «\u00a0Date des prérequis\u00a0»" in problem.sentence


ANNOTATIONS = """
[chapitres]
"prerequis" = "MAT"

["MAT.01.01.01"]
nature = "TEXTE"
guichet = "CNDA"
constat = "CNDA:INSI"
sauf_profils = ["AHI"]
provenance = "I"
"""


def test_annotations_hold_over_the_words() -> None:
    reading = read(a_row(profil="Général sauf PA"), annotations=ANNOTATIONS)

    assert reading.problems == ()
    assert reading.spec.chapitres[0].code == "MAT"
    assert preuves(reading) == [
        PreuveSpec("MAT.01.01.01", "<p>Vidéo du scénario.</p>", "TEXTE", "CNDA", "CNDA:INSI", ("AHI",))
    ]


def test_correction_by_hand_holds_over_the_annotations() -> None:
    reading = read(a_row(), annotations=ANNOTATIONS, natures={"MAT.01.01.01": "CAPTURE"})

    assert preuves(reading)[0].nature == "CAPTURE"


def test_annotations_of_what_is_not_there_are_only_told() -> None:
    text = '[chapitres]\n"Autre" = "AUT"\n["MAT.09"]\nnature = "VIDEO"\nautre = 1'

    assert known(read(a_row(), annotations=text)) == [
        ("MAT.09", "Ce N° preuve n’est pas dans le classeur\u00a0: MAT.09."),
        ("autre", "Ce chapitre n’est pas dans le classeur\u00a0: autre."),
        ("MAT.09.autre, ligne 5", "«\u00a0autre\u00a0» n’est pas lu."),
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("[chapitres", ""),
        ("chapitres = 1", "chapitres, ligne 1"),
        ('[chapitres]\n"Prérequis" = "MAT/1"', "chapitres.Prérequis, ligne 2"),
        ('["MAT.01.01.01"]\nnature = "FILM"', "MAT.01.01.01.nature, ligne 2"),
        ('["MAT.01.01.01"]\nguichet = 3', "MAT.01.01.01.guichet, ligne 2"),
        ('["MAT.01.01.01"]\nsauf_profils = ["EHPAD"]', "MAT.01.01.01.sauf_profils, ligne 2"),
        ('["MAT.01.01.01"]\nsauf_profils = "AHI"', "MAT.01.01.01.sauf_profils, ligne 2"),
        ('"MAT.01.01.01" = 3', "MAT.01.01.01, ligne 1"),
    ],
)
def test_annotations_that_are_wrong_block(text: str, cell: str) -> None:
    assert [cell for cell, _ in blocking(read(a_row(), annotations=text))] == [cell]


def test_chapitre_without_annotation_has_a_code_of_its_own() -> None:
    labels = ["Cœur de métier – Personnes âgées", "Cœur de métier – Personnes handicapées", "Gestion de l'INS", "日本"]
    rows = [
        a_row(id=str(n), numero_scenario=f"{n}.1", numero=f"{n}.1.1", chapitre=label) for n, label in enumerate(labels)
    ]

    codes = [chapitre.code for chapitre in read(*rows).spec.chapitres]

    assert codes == ["COEUR-METIER", "COEUR-METIER-2", "GESTION-INS", "CHAPITRE"]


def test_two_chapitres_of_one_code_block() -> None:
    text = '[chapitres]\n"Prérequis" = "X"\n"Autre" = "X"'
    rows = [a_row(), a_row(id="2", numero_scenario="2.1", numero="2.1.1", chapitre="Autre")]

    assert [cell for cell, _ in blocking(read(*rows, annotations=text))] == ["C3"]


def test_fingerprint_of_a_rem_is_that_of_its_canonical_json() -> None:
    spec = the_demonstration().spec

    assert spec.sha256 == fingerprint(spec)
    assert RemSpec().sha256 == fingerprint(RemSpec())
