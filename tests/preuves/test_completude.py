import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.rules.deadlines import Deadline
from preuves.enums import EnvoiState, PreuveState
from preuves.enums import ExigibiliteKind as Kind
from preuves.rules.completude import (
    ChapitreDeposits,
    DepositedPreuve,
    Unadmitted,
    binding,
    expected_of_the_ans,
    obstacles_to_submit,
    why_not_examined,
)
from preuves.rules.exigibilite import Exigibilite
from preuves.rules.soumissions import fingerprint_of_submission, why_not_taken_back
from tests.dates import ASKED

NOON_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
NOON_3 = datetime(2028, 3, 15, 11, 0, tzinfo=UTC)
DATE_2 = Deadline("Date 2", "", NOON_2, "1er octobre 2027 à 12 h", exigences=ASKED["date-2"])
DATE_3 = Deadline("Date 3", "", NOON_3, "15 mars 2028 à 12 h", exigences=ASKED["date-3"])
TO_ANSWER = timedelta(days=15)
MICRO, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
EARLY = NOON_2 - timedelta(days=100)


def facts(*kinds: Kind, preuves: dict[str, str] | None = None, **changes: object) -> ChapitreDeposits:
    """A chapitre whose preuves are named P1, P2…; `preuves` are the states of those deposited."""
    expected = tuple(Exigibilite(f"P{place}", "X", kind, "…") for place, kind in enumerate(kinds, start=1))
    deposited = {numero: DepositedPreuve(state, 1, "0") for numero, state in (preuves or {}).items()}
    given = {"state": "open", "first_submitted_at": None} | changes
    return ChapitreDeposits(code="X", exigibilites=expected, preuves=deposited, **given)


def codes(chapitre: ChapitreDeposits, at: datetime = EARLY) -> list[str]:
    obstacles = obstacles_to_submit(
        chapitre, echeances={"date-2": DATE_2, "date-3": DATE_3}, to_answer=TO_ANSWER, at=at
    )
    return [obstacle.code for obstacle in obstacles]


FULL = {"preuves": {"P1": "deposited", "P2": "accepted"}}
TWO = (Kind.REQUIRED, Kind.REQUIRED)


def test_complete_chapitre_is_submitted() -> None:
    assert codes(facts(*TWO, **FULL)) == []


def test_every_obstacle_is_said_at_once() -> None:
    chapitre = facts(
        Kind.REQUIRED,
        Kind.REQUIRED,
        Kind.REQUIRED,
        Kind.INHERITED,
        preuves={"P1": "deposited", "P2": "to_correct"},
        unadmitted=(Unadmitted("Formulaire d’éligibilité", was_submitted=False, is_with_the_ans=False),),
        candidature_open=False,
    )

    assert codes(chapitre, NOON_2 + SECOND) == ["candidature_closed", "volet", "late", "missing", "to_correct"]


DEPOSITED = st.builds(
    DepositedPreuve,
    st.sampled_from(PreuveState.values),
    st.just(1),
    st.just("0"),
    st.sampled_from(["", *EnvoiState.values]),
    st.sampled_from(["", "« a.png » ne s’ouvre pas."]),
)


@given(st.lists(st.tuples(st.sampled_from(Kind), st.none() | DEPOSITED), max_size=6))
def test_what_is_counted_as_answered_is_what_no_obstacle_names(
    expected: list[tuple[Kind, DepositedPreuve | None]],
) -> None:
    """The list of chapitres counts, the page of the submission names: one fact."""
    deposited = {f"P{place}": preuve for place, (_, preuve) in enumerate(expected, start=1) if preuve}
    chapitre = replace(facts(*(kind for kind, _ in expected)), preuves=deposited)
    obstacles = obstacles_to_submit(
        chapitre,
        echeances={"date-2": DATE_2, "date-3": DATE_3},
        to_answer=TO_ANSWER,
        at=EARLY,
        grace=timedelta(hours=1),
    )
    named = {obstacle.champ for obstacle in obstacles if obstacle.champ}

    assert chapitre.answered == len(set(chapitre.due) - named)
    assert chapitre.is_complete_not_submitted is (not obstacles)


@pytest.mark.parametrize("state", ["submitted", "under_review", "approved"])
def test_chapitre_in_the_hands_of_the_ans_is_not_submitted_again(state: str) -> None:
    chapitre = facts(*TWO, preuves={"P1": "accepted", "P2": "accepted"}, state=state, first_submitted_at=EARLY)

    assert codes(chapitre) == ["state"]


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (NOON_2 - SECOND, False),
        (NOON_2 - MICRO, False),
        (NOON_2, False),
        (NOON_2 + MICRO, True),
        (NOON_2 + SECOND, True),
    ],
)
def test_date_2_binds_the_first_submission(at: datetime, *, late: bool) -> None:
    assert (codes(facts(*TWO, **FULL), at) == ["late"]) is late


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (NOON_2 + SECOND, False),
        (NOON_3 - SECOND, False),
        (NOON_3 - MICRO, False),
        (NOON_3, False),
        (NOON_3 + MICRO, True),
        (NOON_3 + SECOND, True),
    ],
)
def test_date_3_binds_the_answer_to_a_return(at: datetime, *, late: bool) -> None:
    chapitre = facts(*TWO, **FULL, state="returned", first_submitted_at=EARLY)

    assert (codes(chapitre, at) == ["late"]) is late


@pytest.mark.parametrize(
    ("kinds", "standing"),
    [
        ((Kind.NOT_CONCERNED, Kind.NOT_CONCERNED), "sans_objet"),
        ((), "sans_objet"),
        ((Kind.NOT_CONCERNED, Kind.INHERITED), "acquis"),
        ((Kind.EQUIVALENT, Kind.INHERITED), "acquis"),
        ((Kind.REQUIRED, Kind.INHERITED), "open"),
    ],
)
def test_chapitre_without_anything_to_deposit_has_no_machine(kinds: tuple[Kind, ...], standing: str) -> None:
    chapitre = facts(*kinds)

    assert chapitre.standing == standing
    assert chapitre.is_settled is (standing != "open")


def test_nothing_due_is_not_submitted() -> None:
    assert codes(facts(Kind.INHERITED)) == ["nothing_due"]


def test_approved_chapitre_that_lacks_a_preuve_reads_as_returned() -> None:
    chapitre = facts(*TWO, preuves={"P1": "accepted"}, state="approved", first_submitted_at=EARLY)

    assert chapitre.standing == "returned"
    assert not chapitre.is_settled


def test_complete_and_not_submitted_is_the_trap() -> None:
    assert facts(*TWO, **FULL).is_complete_not_submitted
    assert not facts(*TWO, preuves={"P1": "deposited"}).is_complete_not_submitted
    assert not facts(*TWO, **FULL, state="submitted", first_submitted_at=EARLY).is_complete_not_submitted
    assert not facts(Kind.INHERITED).is_complete_not_submitted


NOT_SUBMITTED = "Ce chapitre n’est pas soumis."
OPENED = "Un instructeur a commencé l’examen\u00a0: la soumission ne peut plus être annulée."


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("open", NOT_SUBMITTED),
        ("submitted", ""),
        ("under_review", OPENED),
        ("returned", NOT_SUBMITTED),
        ("approved", NOT_SUBMITTED),
    ],
)
def test_only_a_submitted_chapitre_is_taken_back(state: str, why: str) -> None:
    assert why_not_taken_back(facts(*TWO, state=state)) == why
    assert why_not_taken_back(facts(*TWO, state=state, candidature_open=False)) == CLOSED


# -- the words of each obstacle -------------------------------------------------------------------------------------

CLOSED = "Cette candidature n’est plus ouverte."
ELIGIBILITE = "Formulaire d’éligibilité"
DRAFT = Unadmitted(ELIGIBILITE, was_submitted=False, is_with_the_ans=False)
READ = Unadmitted(ELIGIBILITE, was_submitted=True, is_with_the_ans=True)
ASKED = Unadmitted("Volet administratif", was_submitted=True, is_with_the_ans=False)


def obstacles_of(chapitre: ChapitreDeposits, at: datetime = EARLY) -> list[tuple[str, str]]:
    obstacles = obstacles_to_submit(
        chapitre, echeances={"date-2": DATE_2, "date-3": DATE_3}, to_answer=TO_ANSWER, at=at
    )
    return [(obstacle.champ, obstacle.sentence.replace("\u00a0", " ")) for obstacle in obstacles]


def test_each_obstacle_is_a_sentence_beside_what_it_is_about() -> None:
    chapitre = facts(*TWO, preuves={"P2": "to_correct"}, unadmitted=(DRAFT, READ), candidature_open=False)

    assert obstacles_of(chapitre, NOON_2 + SECOND) == [
        ("", CLOSED),
        (ELIGIBILITE, "Le volet « Formulaire d’éligibilité » n’est pas encore soumis à l’ANS."),
        ("", "La date limite (Date 2) est dépassée depuis le 1er octobre 2027 à 12 h."),
        ("P1", "La preuve P1 n’est pas déposée."),
        ("P2", "La preuve P2 est à corriger."),
    ]


@pytest.mark.parametrize(
    ("chapitre", "sentence"),
    [
        (facts(Kind.INHERITED), "Aucune preuve à déposer dans ce chapitre : vous n’avez pas à le soumettre."),
        (facts(Kind.NOT_CONCERNED), "Aucune preuve à déposer dans ce chapitre : vous n’avez pas à le soumettre."),
        (facts(*TWO, **FULL, state="submitted"), "Ce chapitre est déjà soumis à l’ANS."),
    ],
)
def test_chapitre_that_is_not_to_be_submitted_says_why(chapitre: ChapitreDeposits, sentence: str) -> None:
    assert obstacles_of(chapitre) == [("", sentence)]


def with_files(**files: str) -> ChapitreDeposits:
    """A chapitre of which each deposited preuve has a file in that state, or that does not open, said in French."""
    preuves = {
        numero: DepositedPreuve("deposited", 1, "0", unreadable=state)
        if state.endswith(".")
        else DepositedPreuve("deposited", 1, "0", files=state)
        for numero, state in files.items()
    }
    return replace(facts(*(Kind.REQUIRED,) * len(preuves)), preuves=preuves)


@pytest.mark.parametrize(
    ("state", "code", "sentence"),
    [
        ("refused", "refused", "Un fichier de la preuve P2 est refusé : déposez-la de nouveau."),
        ("travelling", "travelling", "Un fichier de la preuve P2 n’est pas encore reçu en entier."),
        (
            "« a.png » est tronqué.",
            "unreadable",
            "Un fichier de la preuve P2 ne s’ouvre pas. « a.png » est tronqué.",
        ),
    ],
)
def test_file_that_cannot_be_read_is_told_beside_its_preuve(state: str, code: str, sentence: str) -> None:
    chapitre = with_files(P1="kept", P2=state, P3="arrived")

    assert (codes(chapitre), obstacles_of(chapitre)) == ([code], [("P2", sentence)])


def test_files_that_travel_are_waited_for_only_where_they_may_still_arrive() -> None:
    chapitre = with_files(P1="travelling", P2="refused", P3="travelling")

    def champs(**grace: timedelta) -> list[str]:
        obstacles = obstacles_to_submit(
            chapitre, echeances={"date-2": DATE_2, "date-3": DATE_3}, to_answer=TO_ANSWER, at=EARLY, **grace
        )
        return [obstacle.champ for obstacle in obstacles]

    assert (champs(), champs(grace=timedelta(0)), champs(grace=SECOND)) == (
        ["P2", "P1", "P3"],
        ["P2", "P1", "P3"],
        ["P2"],
    )


# -- what the ANS owes first ----------------------------------------------------------------------------------------


def awaiting(numero: str, identifiant: str) -> Exigibilite:
    """A preuve that is due, unless the ANS confirms that reference."""
    return Exigibilite(numero, "X", Kind.REQUIRED, "…", awaits=identifiant)


def test_what_the_ans_owes_is_said_reference_by_reference() -> None:
    """A deposited preuve awaits nothing; a volet that nobody submitted is not with the ANS."""
    exigibilites = (awaiting("P1", "MS1-7"), awaiting("P2", "MS1-9"), awaiting("P3", "MS1-7"), awaiting("P4", "MS1-9"))
    chapitre = ChapitreDeposits(
        "X", "open", None, exigibilites, {"P4": DepositedPreuve("deposited", 1, "0")}, unadmitted=(READ, ASKED, DRAFT)
    )

    assert (chapitre.missing, chapitre.answered, chapitre.awaited) == (
        (),
        4,
        {"P1": "MS1-7", "P2": "MS1-9", "P3": "MS1-7"},
    )
    assert [sentence.replace("\u00a0", " ") for sentence in expected_of_the_ans(chapitre)] == [
        "L’ANS doit d’abord examiner le volet « Formulaire d’éligibilité », déjà soumis.",
        "L’éditeur doit d’abord répondre à la demande de l’ANS sur le volet « Volet administratif ».",
        "L’ANS doit d’abord confirmer ou refuser la référence MS1-7, qui concerne : P1, P3.",
        "L’ANS doit d’abord confirmer ou refuser la référence MS1-9, qui concerne : P2.",
    ]


def test_chapitre_is_not_examined_before_its_volets() -> None:
    assert why_not_examined(facts(*TWO, **FULL)) == ""
    assert why_not_examined(facts(*TWO, **FULL, unadmitted=(READ,))).replace("\u00a0", " ") == (
        "Ce chapitre est reçu, mais son examen ne peut pas encore commencer. "
        "L’ANS doit d’abord examiner le volet « Formulaire d’éligibilité », déjà soumis."
    )


@pytest.mark.parametrize(
    ("chapitre", "then"),
    [
        (with_files(P1="kept", P2="refused"), ""),
        (
            with_files(P1="travelling", P2="kept", P3="arrived"),
            "Des fichiers sont en cours d’envoi ou de vérification : P1, P3.",
        ),
        (
            replace(with_files(P1="arrived"), unadmitted=(READ,)),
            (
                "L’ANS doit d’abord examiner le volet « Formulaire d’éligibilité », déjà soumis. "
                "Des fichiers sont en cours d’envoi ou de vérification : P1."
            ),
        ),
    ],
)
def test_chapitre_is_not_examined_before_its_files_are_verified(chapitre: ChapitreDeposits, then: str) -> None:
    received = "Ce chapitre est reçu, mais son examen ne peut pas encore commencer. "

    assert why_not_examined(chapitre).replace("\u00a0", " ") == (received + then if then else "")


# -- what is counted and shown --------------------------------------------------------------------------------------


def test_preuves_are_counted_by_where_they_stand() -> None:
    chapitre = facts(
        *(Kind.REQUIRED,) * 5,
        Kind.INHERITED,
        Kind.INHERITED,
        preuves={"P1": "accepted", "P2": "accepted", "P3": "to_correct", "P4": "deposited", "P6": "accepted"},
    )

    assert (chapitre.missing, chapitre.to_correct) == (("P5",), ("P3",))
    assert (chapitre.answered, chapitre.accepted, chapitre.number_of(Kind.INHERITED)) == (3, 2, 2)


def test_approved_chapitre_whose_preuves_are_all_accepted_is_settled() -> None:
    chapitre = facts(*TWO, preuves={"P1": "accepted", "P2": "accepted"}, state="approved")

    assert (chapitre.standing, chapitre.is_settled) == ("approved", True)


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "Complet – à soumettre"),
        ({"unadmitted": (READ,)}, "Complet – à soumettre"),
        ({"unadmitted": (READ, DRAFT)}, "À compléter"),
        ({"candidature_open": False}, "À compléter"),
        ({"candidature_open": False, "unadmitted": (DRAFT,)}, "À compléter"),
        ({"state": "submitted"}, "Soumis à l’ANS"),
    ],
)
def test_complete_chapitre_is_shown_as_waiting_for_one_click(changes: dict[str, object], label: str) -> None:
    assert facts(*TWO, **FULL, **changes).shown_label == label


# -- until when -----------------------------------------------------------------------------------------------------

AFTER_2 = NOON_2 + timedelta(days=1)


def due_since(*instants: datetime | None, **changes: object) -> ChapitreDeposits:
    """A chapitre of which each preuve is due since a word of the ANS, or from the first day when None."""
    chapitre = facts(Kind.NOT_CONCERNED, **changes)
    exigibilites = tuple(
        Exigibilite(f"P{place}", "X", Kind.REQUIRED, "…", asked_at=asked_at) for place, asked_at in enumerate(instants)
    )
    return replace(chapitre, exigibilites=(*chapitre.exigibilites, *exigibilites))


@pytest.mark.parametrize(
    ("chapitre", "asked_at"),
    [
        (due_since(None, None), None),
        (due_since(AFTER_2, None), None),
        (due_since(), None),
        (due_since(EARLY, AFTER_2), AFTER_2),
        (due_since(AFTER_2, first_submitted_at=EARLY), None),
        (due_since(None, first_submitted_at=EARLY, returned_at=NOON_3), NOON_3),
    ],
)
def test_what_the_ans_asked_last_is_what_binds(chapitre: ChapitreDeposits, asked_at: datetime | None) -> None:
    assert chapitre.asked_at == asked_at


def bound(
    chapitre: ChapitreDeposits, date_2: Deadline = DATE_2, to_answer: timedelta = TO_ANSWER
) -> tuple[str, datetime]:
    deadline = binding(chapitre, echeances={"date-2": date_2, "date-3": DATE_3}, to_answer=to_answer)
    return deadline.nom, deadline.at


LATE_ANSWER = "Date de réponse au retour de l’ANS"
UNTIL_3 = NOON_3 - NOON_2 - SECOND


def test_what_is_asked_in_time_is_answered_in_time() -> None:
    assert bound(due_since(NOON_2)) == ("Date 2", NOON_2)
    assert bound(due_since(NOON_2 + SECOND)) == ("Date 3", NOON_3)


def test_what_is_asked_after_date_2_has_until_date_3_or_longer() -> None:
    asked = due_since(NOON_2 + SECOND)

    assert bound(asked, to_answer=UNTIL_3 - SECOND) == ("Date 3", NOON_3)
    assert bound(asked, to_answer=UNTIL_3) == ("Date 3", NOON_3)
    assert bound(asked, to_answer=UNTIL_3 + SECOND) == (LATE_ANSWER, NOON_3 + SECOND)


def test_echeance_that_does_not_bind_gives_way_to_no_other() -> None:
    assert bound(due_since(AFTER_2), replace(DATE_2, binds=False)) == ("Date 2", NOON_2)


def test_return_after_date_3_leaves_days_to_answer() -> None:
    chapitre = facts(*TWO, **FULL, state="returned", first_submitted_at=EARLY, returned_at=NOON_3 + SECOND)
    until = NOON_3 + SECOND + TO_ANSWER

    assert bound(chapitre) == (LATE_ANSWER, until)
    assert (codes(chapitre, until), codes(chapitre, until + MICRO)) == ([], ["late"])


def test_only_an_echeance_that_asks_for_that_chapitre_binds_it() -> None:
    """An earlier one that names another chapitre does not; nor does an earlier one of the answers."""
    of_x = {
        "x-first": replace(DATE_2, nom="X", exigences=replace(DATE_2.exigences, chapitres=("X",))),
        "x-answers": replace(DATE_3, nom="X, retours", exigences=replace(DATE_3.exigences, chapitres=("X",))),
    }
    of_another = {
        "y-first": replace(DATE_2, at=EARLY, exigences=replace(DATE_2.exigences, chapitres=("Y",))),
        "y-answers": replace(DATE_3, at=EARLY, exigences=replace(DATE_3.exigences, chapitres=("Y",))),
    }
    of_all = {
        "first": replace(DATE_2, at=NOON_2 + SECOND),
        "answers": replace(DATE_3, at=NOON_3 + SECOND),
    }
    returned = facts(*TWO, **FULL, state="returned", first_submitted_at=EARLY)

    def names(chapitre: ChapitreDeposits) -> str:
        return binding(chapitre, echeances=of_another | of_all | of_x, to_answer=TO_ANSWER).nom

    assert (names(facts(*TWO)), names(returned)) == ("X", "X, retours")


def test_fingerprint_is_that_of_the_revisions_in_the_order_of_their_numbers() -> None:
    """The canonical JSON is written out here: an accusé that was given is verified against it for years."""
    canonical = '{"INS.Ä":"bb","INS.É":"aa"}'

    assert fingerprint_of_submission({"INS.É": "aa", "INS.Ä": "bb"}) == hashlib.sha256(canonical.encode()).hexdigest()
