"""Files are matched to preuves by the N° in their names."""

import pytest

from preuves.catalogue.natures import NATURES
from preuves.enums import Nature, Sort
from preuves.rules.rapprochement import Cible, Fichier, Index, matched

NUMEROS = (
    "SC.INS/va1.02.01.01",
    "SC.INS/va1.02.01.10",
    "SC.DMP/CONF.03.01.01",
    "MAT.01.01.01",
    "MAT.01.01.02",
    "MAT.01.01",
    "SC.SSI/GEN.14.01.01",
)
KILO = 1024


def cible(numero: str, nature: Nature = Nature.CAPTURE, **changes: object) -> Cible:
    return Cible(numero, "Titre", nature, NATURES[nature], **changes)  # type: ignore[arg-type]  # as the table below gives them


CIBLES = {
    "MAT.01.01.01": cible("MAT.01.01.01"),
    "MAT.01.01.02": cible("MAT.01.01.02", held=frozenset({"a" * 64})),
    "MAT.01.01.03": cible("MAT.01.01.03", Nature.MOTCO2),
    "MAT.01.01.04": cible("MAT.01.01.04", closed="Ce chapitre est soumis à l’ANS."),
}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("SC.INS_va1.02.01.01.mp4", ["SC.INS/va1.02.01.01"]),
        ("sc-ins-va1-02-01-01.mp4", ["SC.INS/va1.02.01.01"]),
        ("SC INS VA1 02 01 01 vidéo finale (2).mp4", ["SC.INS/va1.02.01.01"]),
        ("SCINSva1.2.1.1.mp4", []),
        ("SC.INSva1.2.1.1.mp4", []),
        ("SC_INS_va1_2_1_1.mp4", ["SC.INS/va1.02.01.01"]),
        ("SC.INS_va1.02.01.10.mp4", ["SC.INS/va1.02.01.10"]),
        ("Preuve SC.DMP-CONF.03.01.01 écran 2.png", ["SC.DMP/CONF.03.01.01"]),
        ("MAT.01.01.01.pdf", ["MAT.01.01.01"]),
        ("MAT.01.01.pdf", ["MAT.01.01"]),
        ("MAT010101.pdf", []),
        ("MAT.01.01.03.pdf", ["MAT.01.01"]),
        ("MAT.01.01.01 et MAT.01.01.02.pdf", ["MAT.01.01.01", "MAT.01.01.02"]),
        ("MAT.01.01.01 (MAT.01.01.01).pdf", ["MAT.01.01.01"]),
        ("preuves/MAT.01.01.02/écran.png", ["MAT.01.01.02"]),
        ("preuves\\MAT.01.01.02\\écran.png", ["MAT.01.01.02"]),
        ("MAT.01.01.02/MAT.01.01.01.png", ["MAT.01.01.01"]),
        ("écran.png", []),
        ("", []),
        ("20261030.png", []),
    ],
)
def test_a_name_tells_its_preuve(path: str, told: list[str]) -> None:
    assert list(Index(NUMEROS).told_by(path)) == told


@pytest.mark.parametrize(
    ("path", "size", "sha256", "sort", "sentence"),
    [
        ("MAT.01.01.01.png", KILO, "", Sort.READY, ""),
        ("MAT.01.01.01.png", 0, "", Sort.REFUSED, "vide"),
        ("MAT.01.01.01.exe", KILO, "", Sort.REFUSED, "demande"),
        ("MAT.01.01.01.png", 10**12, "", Sort.REFUSED, "trop grand"),
        ("MAT.01.01.02.png", KILO, "a" * 64, Sort.SAME, "déjà déposé"),
        ("MAT.01.01.02.png", KILO, "b" * 64, Sort.READY, ""),
        ("MAT.01.01.03.png", KILO, "", Sort.REFUSED, "sous forme de fichier"),
        ("MAT.01.01.04.png", KILO, "", Sort.REFUSED, "soumis à l’ANS"),
        ("MAT.01.01.01+MAT.01.01.02.png", KILO, "", Sort.AMBIGUOUS, "plusieurs N°"),
        ("ecran.png", KILO, "", Sort.UNKNOWN, "Aucun N°"),
        ("dossier/.DS_Store", KILO, "", Sort.IGNORED, "ordinateur"),
        ("~$MAT.01.01.01.docx", KILO, "", Sort.IGNORED, "ordinateur"),
    ],
)
def test_each_file_has_its_sentence(path: str, size: int, sha256: str, sort: Sort, sentence: str) -> None:
    (line,) = matched([Fichier(path, size, sha256)], CIBLES)

    assert line.sort is sort
    assert sentence in line.sentence
    assert bool(line.sentence) == bool(sentence)


def test_several_files_of_one_preuve_are_one_deposit() -> None:
    lines = matched([Fichier(f"MAT.01.01.01 {place}.png", KILO, str(place) * 64) for place in (1, 2, 2)], CIBLES)

    assert [line.sort for line in lines] == [Sort.READY, Sort.READY, Sort.IGNORED]
    assert "un seul dépôt" in lines[0].sentence


def test_more_files_than_a_preuve_takes_are_all_refused() -> None:
    lines = matched([Fichier(f"MAT.01.01.01 ({place}).png", KILO) for place in range(21)], CIBLES)

    assert {line.sort for line in lines} == {Sort.REFUSED}
    assert "21 portent ce N°" in lines[0].sentence
