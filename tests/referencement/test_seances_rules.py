"""What a séance of the collège may do and why not, sentence by sentence; without a database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from referencement.enums import AvisDuCollege, Decision, ExamenState, SeanceState
from referencement.rules import seances as rules

AT = datetime(2027, 12, 13, 9, 0, tzinfo=UTC)
HELD_AT = datetime(2027, 12, 14, 13, 0, tzinfo=UTC)
DAY = date(2027, 12, 14)
SECOND = timedelta(seconds=1)
PLANNED = rules.SeanceFacts(SeanceState.PLANNED, quorum=3, present=3, held_at=HELD_AT, day=DAY)
OPEN = replace(PLANNED, state=SeanceState.OPEN)
CLOSED = replace(PLANNED, state=SeanceState.CLOSED)
CANCELLED = replace(PLANNED, state=SeanceState.CANCELLED)
LISTED = rules.AgendaExamen("Alizé Foyer", ExamenState.LISTED, "", counting=3, advised=3)

OVER = {SeanceState.CLOSED: "Cette séance est close.", SeanceState.CANCELLED: "Cette séance est annulée."}
PASSED = "Cette date est passée : choisissez une date à venir."
TOO_LONG = "Écrivez-le en 300 caractères au plus."


def plain(sentences: Sequence[str]) -> list[str]:
    return [sentence.replace("\u00a0", " ") for sentence in sentences]


# -- planning, moving, cancelling -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "why"), [(-SECOND, [PASSED]), (timedelta(0), [PASSED]), (SECOND, [])])
def test_seance_is_planned_at_an_instant_to_come(after: timedelta, why: list[str]) -> None:
    assert plain(rules.obstacles_to_plan(AT + after, at=AT)) == why


def moving(seance: rules.SeanceFacts, to: datetime = HELD_AT + SECOND, reason: str = "Salle prise") -> list[str]:
    return plain(rules.obstacles_to_move(seance, to=to, reason=reason, at=AT))


SAME = "La séance est déjà prévue à cette date : choisissez-en une autre."
MOVED_WHY = "Indiquez pourquoi la séance est déplacée : ses membres liront ce motif."


def test_planned_seance_is_moved_with_its_reason() -> None:
    assert moving(PLANNED) == []
    assert moving(PLANNED, reason=" " + "x" * 300 + " ") == []
    assert moving(PLANNED, to=HELD_AT, reason=" ") == [SAME, MOVED_WHY]
    assert moving(PLANNED, to=AT, reason="x" * 301) == [PASSED, TOO_LONG]


def test_seance_that_is_open_or_over_does_not_move() -> None:
    open_sentence = "La séance est ouverte : elle ne peut plus être déplacée. Reportez ses dossiers, ou annulez-la."

    assert moving(OPEN, to=HELD_AT, reason="") == [open_sentence]
    assert moving(CLOSED, to=HELD_AT, reason="") == ["Cette séance est close."]
    assert moving(CANCELLED, to=HELD_AT, reason="") == ["Cette séance est annulée."]


def test_seance_is_cancelled_with_its_reason_unless_it_is_over() -> None:
    def cancelling(seance: rules.SeanceFacts, reason: str = "Trop peu de membres") -> list[str]:
        return plain(rules.obstacles_to_cancel(seance, reason=reason))

    assert (cancelling(PLANNED), cancelling(OPEN)) == ([], [])
    assert cancelling(PLANNED, "") == ["Indiquez pourquoi la séance est annulée : ses membres liront ce motif."]
    assert cancelling(PLANNED, "x" * 301) == [TOO_LONG]
    assert (cancelling(CLOSED, ""), cancelling(CANCELLED, "")) == ([OVER["closed"]], [OVER["cancelled"]])


# -- opening --------------------------------------------------------------------------------------------------------

AWAY = "Déplacez la séance ou annulez-la."


def opening(seance: rules.SeanceFacts = PLANNED, *, coming: int = 3, days: int = 0) -> list[str]:
    return plain(rules.obstacles_to_open(seance, coming=coming, today=DAY + timedelta(days=days)))


def test_seance_opens_on_its_day() -> None:
    assert opening() == []
    assert opening(days=-1) == ["La séance est prévue le 14 décembre 2027 : vous pourrez l’ouvrir ce jour-là."]
    assert opening(days=1) == [
        "La séance était prévue le 14 décembre 2027 : déplacez-la à une date à venir, ou annulez-la.",
    ]
    assert (opening(CLOSED, coming=0, days=1), opening(CANCELLED, coming=0)) == ([OVER["closed"]], [OVER["cancelled"]])


@pytest.mark.parametrize(
    ("coming", "present"), [(0, "personne n’est présent"), (1, "1 membre présent"), (2, "2 membres présents")]
)
def test_seance_opens_with_its_quorum(coming: int, present: str) -> None:
    assert opening(coming=coming) == [f"Le quorum n’est pas réuni : {present}, 3 requis. {AWAY}"]
    assert opening(coming=4) == []


# -- advice ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("examen", ExamenState)
@pytest.mark.parametrize("seance", [PLANNED, OPEN, CLOSED, CANCELLED])
def test_advice_is_given_while_the_seance_is_open(seance: rules.SeanceFacts, examen: ExamenState) -> None:
    if seance is PLANNED:
        why = ["La séance n’est pas ouverte : vous pourrez donner un avis une fois la séance ouverte."]
    elif seance is OPEN:
        why = [] if examen in ("listed", "decided") else ["Cet examen est déjà publié."]
    else:
        why = [f"{OVER[SeanceState(seance.state)]} Aucun avis ne peut plus être ajouté."]

    assert plain(rules.obstacles_to_advise(seance, examen=examen)) == why


FAVOURABLE, UNFAVOURABLE = AvisDuCollege.FAVOURABLE.value, AvisDuCollege.UNFAVOURABLE.value


@pytest.mark.parametrize(
    ("decision", "expressed", "against"),
    [
        ("attributed", (UNFAVOURABLE, UNFAVOURABLE), True),
        ("attributed", (UNFAVOURABLE, FAVOURABLE), False),
        ("attributed", (FAVOURABLE,), False),
        ("attributed", (), False),
        ("not_attributed", (FAVOURABLE,), True),
        ("not_attributed", (UNFAVOURABLE,), False),
        ("postponed", (FAVOURABLE,), False),
        ("postponed", (), False),
        ("", (), False),
        ("", (FAVOURABLE,), False),
    ],
)
def test_decision_against_every_advice(decision: str, expressed: tuple[str, ...], against: bool) -> None:
    assert rules.is_against_all(decision, expressed) is against


# -- the agenda -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocages", "missing"),
    [
        (("La charte manque.",), "La charte manque."),
        (("La charte manque.", "Un volet."), "La charte manque. (et 1 autre)"),
        (("La charte manque.", "Un volet.", "Un autre."), "La charte manque. (et 2 autres)"),
    ],
)
def test_dossier_with_blocages_is_listed_despite_them_only(blocages: tuple[str, ...], missing: str) -> None:
    refused = [f"Il manque encore à ce dossier : {missing}"]

    assert plain(rules.obstacles_to_list(PLANNED, blocages, despite=False)) == refused
    assert plain(rules.obstacles_to_list(PLANNED, blocages, despite=True)) == []
    assert plain(rules.obstacles_to_list(CLOSED, blocages, despite=False)) == [OVER["closed"], *refused]


def test_dossier_without_blocage_is_listed_until_the_seance_is_over() -> None:
    for seance, why in ((PLANNED, []), (OPEN, []), (CLOSED, [OVER["closed"]]), (CANCELLED, [OVER["cancelled"]])):
        assert plain(rules.obstacles_to_list(seance, (), despite=False)) == why


# -- deciding -------------------------------------------------------------------------------------------------------

WHY_NOT = "Indiquez pourquoi le référencement n’est pas attribué : choisissez au moins un motif, ou écrivez-le."
AGAINST = {
    "attributed": "Tous les avis exprimés sont défavorables : indiquez pourquoi le collège attribue.",
    "not_attributed": "Tous les avis exprimés sont favorables : indiquez pourquoi le collège n’attribue pas.",
}


def deciding(
    decision: Decision = Decision.ATTRIBUTED,
    *,
    seance: rules.SeanceFacts = OPEN,
    reasons: Sequence[str] = (),
    **changes: object,
) -> list[str]:
    examen = replace(LISTED, **changes)
    return plain(rules.obstacles_to_decide(seance, examen, decision=decision, reasons=reasons))


def test_decision_is_noted_in_an_open_seance_and_until_it_is_published() -> None:
    for seance in (PLANNED, CLOSED, CANCELLED):
        assert deciding(seance=seance, counting=0) == ["La séance n’est pas ouverte."]
    assert (deciding(), deciding(state=ExamenState.DECIDED)) == ([], [])
    assert deciding(state=ExamenState.POSTPONED, counting=0) == ["Cet examen est déjà publié."]


@pytest.mark.parametrize(
    ("counting", "advised", "why"),
    [
        (3, 3, []),
        (3, 2, ["Notez l’avis des membres sur Alizé Foyer : 2 sur 3 au moins."]),
        (2, 2, ["Le quorum n’est pas réuni pour Alizé Foyer : 2 membres sans conflit, 3 requis."]),
        (1, 1, ["Le quorum n’est pas réuni pour Alizé Foyer : 1 membre sans conflit, 3 requis."]),
        (0, 0, ["Le quorum n’est pas réuni pour Alizé Foyer : 0 membre sans conflit, 3 requis."]),
    ],
)
def test_decision_wants_its_quorum_and_their_advice(counting: int, advised: int, why: list[str]) -> None:
    assert deciding(counting=counting, advised=advised) == why


def test_decision_says_all_that_keeps_it() -> None:
    why = deciding(
        expressed=(UNFAVOURABLE,),
        against=" ",
        lost_rapporteur="Sophie",
        blocages=("La convention manque.", "Un volet."),
    )

    assert why == [
        "Sophie, rapporteur du dossier Alizé Foyer, se retire : nommez un autre rapporteur, ou aucun.",
        AGAINST["attributed"],
        "Le référencement ne peut pas être attribué à un dossier incomplet : La convention manque. (et 1 autre)",
    ]
    assert deciding(expressed=(UNFAVOURABLE,), against="L’incident est clos.") == []


def test_non_attribution_says_why_and_a_report_need_not() -> None:
    blocages = ("La convention manque.",)

    assert deciding(Decision.NOT_ATTRIBUTED, blocages=blocages) == [WHY_NOT]
    assert deciding(Decision.NOT_ATTRIBUTED, expressed=(FAVOURABLE,)) == [AGAINST["not_attributed"], WHY_NOT]
    assert deciding(Decision.NOT_ATTRIBUTED, reasons=["Un motif."]) == []
    assert deciding(Decision.POSTPONED, blocages=blocages, expressed=(FAVOURABLE,)) == []


# -- closing --------------------------------------------------------------------------------------------------------


def closing(*examens: rules.AgendaExamen, seance: rules.SeanceFacts = OPEN) -> list[str]:
    return plain(rules.obstacles_to_close(seance, examens))


DECIDED = replace(LISTED, state=ExamenState.DECIDED, decision=Decision.ATTRIBUTED.value)


def test_seance_is_closed_once_each_dossier_is_decided() -> None:
    assert (closing(), closing(DECIDED, DECIDED)) == ([], [])
    assert closing(
        LISTED, replace(DECIDED, label="Sirocco", advised=2), replace(DECIDED, label="Mistral", counting=0)
    ) == [
        "Aucune décision n’est enregistrée pour Alizé Foyer.",
        "Notez l’avis des membres sur Sirocco : 2 sur 3 au moins.",
        "Le quorum n’est pas réuni pour Mistral : 0 membre sans conflit, 3 requis.",
    ]


@pytest.mark.parametrize(
    ("present", "sentence"), [(0, "personne n’est présent"), (1, "1 membre présent"), (2, "2 membres présents")]
)
def test_seance_without_its_quorum_is_not_closed(present: int, sentence: str) -> None:
    assert closing(DECIDED, seance=replace(OPEN, present=present)) == [
        f"Le quorum n’est pas réuni : {sentence}, 3 requis.",
    ]


def test_seance_that_is_not_open_is_not_closed() -> None:
    for seance in (PLANNED, CLOSED, CANCELLED):
        assert closing(LISTED, seance=replace(seance, present=0)) == ["La séance n’est pas ouverte."]


def test_decision_that_does_not_hold_any_more_keeps_the_seance_open() -> None:
    assert closing(
        replace(DECIDED, expressed=(UNFAVOURABLE,), blocages=("La charte manque.",)),
        replace(DECIDED, label="Sirocco", decision=Decision.NOT_ATTRIBUTED.value, expressed=(FAVOURABLE,)),
        replace(DECIDED, label="Mistral", expressed=(UNFAVOURABLE,), against="Dit."),
        replace(DECIDED, label="Ponant", decision=Decision.POSTPONED.value, blocages=("La charte manque.",)),
    ) == [
        "Alizé Foyer : tous les avis exprimés sont défavorables : indiquez pourquoi le collège attribue.",
        "Alizé Foyer ne peut plus être attribué : La charte manque.",
        "Sirocco : tous les avis exprimés sont favorables : indiquez pourquoi le collège n’attribue pas.",
    ]
