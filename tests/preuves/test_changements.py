from dataclasses import replace

from preuves.catalogue.rem import ChapitreSpec, PreuveSpec, RemSpec
from preuves.rules.changements import Changements, ComparedText, changements, word_diff
from tests.preuves.test_adoption import exigence, preuve

A1, A2, B1 = preuve("A.1"), preuve("A.2"), preuve("B.1")
BEFORE = RemSpec((ChapitreSpec("A", "A", (exigence("A", A1, A2),)), ChapitreSpec("B", "B", (exigence("B", B1),))))


def after(*preuves: PreuveSpec, texte: str = "Faire.") -> Changements:
    """The same chapitre B, and these preuves in A."""
    return changements(
        BEFORE, RemSpec((ChapitreSpec("A", "A", (exigence("A", *preuves, texte=texte),)), BEFORE.chapitres[1]))
    )


def test_same_content_changes_nothing() -> None:
    changes = changements(BEFORE, BEFORE)

    assert changes.is_empty
    assert [kind.unchanged for kind in (changes.chapitres, changes.exigences, changes.scenarios, changes.preuves)] == [
        2,
        2,
        2,
        3,
    ]


def test_other_order_changes_nothing() -> None:
    assert changements(BEFORE, RemSpec(tuple(reversed(BEFORE.chapitres)))).is_empty


def test_first_version_adds_everything() -> None:
    assert changements(RemSpec(), BEFORE).preuves.added == ("A.1", "A.2", "B.1")


def test_preuves_are_added_changed_and_removed() -> None:
    preuves = after(replace(A1, texte="<p>Vidéo courte.</p>"), preuve("A.3")).preuves

    assert (preuves.added, preuves.removed, preuves.unchanged) == (("A.3",), ("A.2",), 1)
    assert [(change.key, change.chapitre, [field.label for field in change.fields]) for change in preuves.changed] == [
        ("A.1", "A", ["Preuve"])
    ]


def test_words_of_the_exigence_change_its_preuves() -> None:
    changes = after(A1, A2, texte="Bien faire.")

    assert [change.key for change in changes.preuves.changed] == ["A.1", "A.2"]
    assert [change.key for change in changes.exigences.changed] == ["A"]
    assert changes.scenarios.is_empty


def test_whom_it_is_asked_of_is_a_change() -> None:
    [changed] = after(replace(A1, sauf_profils=("AHI",)), A2).preuves.changed

    assert [(field.label, field.pieces) for field in changed.fields] == [("Sauf", (ComparedText("added", "AHI"),))]


def test_commentaire_changes_the_exigence_alone() -> None:
    commented = replace(BEFORE.chapitres[0].exigences[0], commentaire="<p>Nouveau.</p>")
    changes = changements(BEFORE, RemSpec((replace(BEFORE.chapitres[0], exigences=(commented,)), BEFORE.chapitres[1])))

    assert changes.preuves.is_empty
    assert [change.key for change in changes.exigences.changed] == ["A"]


def test_diff_names_the_words() -> None:
    assert word_diff("Une vidéo du scénario.", "Une courte vidéo du parcours.") == (
        ComparedText("same", "Une"),
        ComparedText("added", " courte"),
        ComparedText("same", " vidéo du "),
        ComparedText("removed", "scénario"),
        ComparedText("added", "parcours"),
        ComparedText("same", "."),
    )


def test_diff_of_very_long_texts_shows_both_whole() -> None:
    before, text = "mot " * 3000, "autre " * 3000

    assert word_diff(before, text) == (ComparedText("removed", before), ComparedText("added", text))
