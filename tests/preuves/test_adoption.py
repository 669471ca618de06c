from dataclasses import replace

from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from preuves.rules.adoption import adoption


def exigence(identifiant: str, *preuves: PreuveSpec, texte: str = "Faire.") -> ExigenceSpec:
    scenario = ScenarioSpec(f"{identifiant}.01", "Démontrer.", preuves)
    return ExigenceSpec(identifiant, "", texte, "", "vague_2", ("Général",), (), "Majeure", scenarios=(scenario,))


def preuve(numero: str, texte: str = "Vidéo.", nature: str = "VIDEO") -> PreuveSpec:
    return PreuveSpec(numero, texte, nature)


A1, A2, B1 = preuve("A.1"), preuve("A.2"), preuve("B.1")
BEFORE = RemSpec((ChapitreSpec("A", "A", (exigence("A", A1, A2),)), ChapitreSpec("B", "B", (exigence("B", B1),))))


def test_same_words_ask_nothing_again() -> None:
    adopted = adoption(BEFORE, BEFORE)

    assert (adopted.reasons, adopted.moved, adopted.chapitres) == ({}, {}, frozenset())


def test_what_changed_is_named() -> None:
    after = RemSpec(
        (
            ChapitreSpec("A", "A", (exigence("A", replace(A1, texte="Autre."), A2),)),
            ChapitreSpec("B", "B", (exigence("B", replace(B1, nature="CAPTURE"), texte="Faire mieux."),)),
        )
    )

    adopted = adoption(BEFORE, after)

    assert adopted.reasons == {
        "A.1": "Dans la nouvelle version du référentiel, l’énoncé de la preuve a changé.",
        "B.1": "Dans la nouvelle version du référentiel, l’énoncé de l’exigence et la nature de la preuve ont changé.",
    }
    assert adopted.chapitres == {"A", "B"}


def test_added_and_removed_touch_their_chapitre_alone() -> None:
    after = RemSpec(
        (
            ChapitreSpec("A", "A", (exigence("A", A1),)),
            ChapitreSpec("B", "B", (exigence("B", B1),)),
            ChapitreSpec("C", "C", (exigence("C", preuve("C.1")),)),
        )
    )

    adopted = adoption(BEFORE, after)

    assert adopted.reasons == {}
    assert adopted.chapitres == {"A", "C"}


def test_preuve_that_changes_chapitre_follows_it() -> None:
    after = RemSpec((ChapitreSpec("A", "A", (exigence("A", A1),)), ChapitreSpec("B", "B", (exigence("B", B1, A2),))))

    adopted = adoption(BEFORE, after)

    assert adopted.moved == {"A.2": "B"}
    assert adopted.reasons == {}
    assert adopted.chapitres == {"A", "B"}


def test_tags_that_only_reorder_are_not_words() -> None:
    assert adoption(BEFORE, RemSpec(tuple(reversed(BEFORE.chapitres)))).chapitres == frozenset()
