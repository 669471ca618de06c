"""Moving an échéance, more time, foreclosure, and one Date as everybody reads it; without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from candidatures.enums import EtatDeDate
from candidatures.rules import echeances as rules
from candidatures.rules.dates import DateDite, still_to_do
from candidatures.rules.deadlines import Deadline, Move, answering, answering_until, spell
from comptes.dates import instant_in_figures

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
OPENS_AT = datetime(2026, 5, 26, 8, 0, tzinfo=UTC)
NOON_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
NOON_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
NOON_3 = datetime(2028, 3, 15, 11, 0, tzinfo=UTC)
AT = NOON_1 + DAY


def deadline(place: int, at: datetime) -> Deadline:
    return Deadline(f"Date {place}", f"Objet {place}", at, instant_in_figures(at))


ALL = {f"date-{place}": deadline(place, noon) for place, noon in enumerate((NOON_1, NOON_2, NOON_3), start=1)}
DATE_2 = ALL["date-2"]
MOVED = rules.MovedEcheance("date-2", ALL, OPENS_AT)
NOT_BINDING = rules.MovedEcheance("date-2", ALL | {"date-2": replace(DATE_2, binds=False)}, OPENS_AT)

PAST = "Cette date est déjà passée. Choisissez une date à venir."
SAME = "C’est déjà la date en vigueur."
BEFORE_1 = "La nouvelle date précède la Date 1 (01/10/2026 à 12 h 00)."
AFTER_3 = "La nouvelle date dépasse la Date 3 (15/03/2028 à 12 h 00)."
BEFORE_OPENING = "La nouvelle date précède l’ouverture de la démarche."
FREE = "Les échéances ne s’appliquent pas à une nouvelle version technique."
MORE = "La dérogation doit donner plus de temps : la date en vigueur est le 01/10/2027 à 12 h 00."


def plain(sentences: tuple[str, ...]) -> list[str]:
    return [sentence.replace("\u00a0", " ").replace("\u202f", " ") for sentence in sentences]


# -- moving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "at", "why"),
    [
        (NOON_2 + DAY, AT, []),
        (NOON_2 - DAY, AT, []),
        (NOON_2, AT, [SAME]),
        (AT, AT, [PAST]),
        (AT + SECOND, AT, []),
        (AT - SECOND, AT, [PAST]),
        (NOON_1, OPENS_AT, [BEFORE_1]),
        (NOON_1 + SECOND, OPENS_AT, []),
        (NOON_3 - SECOND, AT, []),
        (NOON_3, AT, [AFTER_3]),
        (OPENS_AT, OPENS_AT - DAY, [BEFORE_OPENING, BEFORE_1]),
        (OPENS_AT + SECOND, OPENS_AT - DAY, [BEFORE_1]),
    ],
)
def test_echeance_is_moved_to_an_instant_to_come_between_its_neighbours(
    to: datetime, at: datetime, why: list[str]
) -> None:
    assert plain(rules.obstacles_to_move(MOVED, to, at=at)) == why


def test_neighbours_of_each_echeance() -> None:
    neighbours = [replace(MOVED, code=code).neighbours() for code in ALL]

    assert neighbours == [
        (None, ALL["date-2"]),
        (ALL["date-1"], ALL["date-3"]),
        (ALL["date-2"], None),
    ]


OPENED = "Cette démarche est déjà ouverte : son ouverture ne change plus."
PASSES_1 = "La nouvelle date dépasse la Date 1 (01/10/2026 à 12 h 00)."


@pytest.mark.parametrize(
    ("to", "at", "why"),
    [
        (OPENS_AT + DAY, OPENS_AT - SECOND, []),
        (OPENS_AT + DAY, OPENS_AT, [OPENED]),
        (NOON_1, OPENS_AT + SECOND, [OPENED]),
        (OPENS_AT, OPENS_AT - DAY, [SAME]),
        (OPENS_AT - DAY, OPENS_AT - DAY, [PAST]),
        (OPENS_AT - DAY + SECOND, OPENS_AT - DAY, []),
        (NOON_1 - SECOND, OPENS_AT - DAY, []),
        (NOON_1, OPENS_AT - DAY, [PASSES_1]),
        (NOON_1 + SECOND, OPENS_AT - DAY, [PASSES_1]),
    ],
)
def test_opening_is_moved_before_it_comes_and_before_the_first_echeance(
    to: datetime, at: datetime, why: list[str]
) -> None:
    assert plain(rules.obstacles_to_move_opening(OPENS_AT, to, first=ALL["date-1"], at=at)) == why
    without_echeances = [sentence for sentence in why if sentence != PASSES_1]
    assert plain(rules.obstacles_to_move_opening(OPENS_AT, to, first=None, at=at)) == without_echeances


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (NOON_2 + SECOND, []),
        (NOON_2, [MORE]),
        (NOON_2 - SECOND, [MORE]),
        (AT, [PAST]),
        (AT + SECOND, [MORE]),
        (NOON_3, [AFTER_3]),
    ],
)
def test_derogation_gives_more_time(to: datetime, why: list[str]) -> None:
    assert plain(rules.obstacles_to_extend(MOVED, to, at=AT)) == why
    assert plain(rules.obstacles_to_extend(NOT_BINDING, to, at=AT)) == [FREE]


# -- asking ---------------------------------------------------------------------------------------------------------

ASKED = rules.AskedDerogation(MOVED, is_open=True, reopens=False, is_attributed=False, waiting=None)
TOLD_WHY = "Indiquez pourquoi vous demandez plus de temps."


@pytest.mark.parametrize(
    ("asked", "motive", "wished", "why"),
    [
        (ASKED, "Panne", None, []),
        (ASKED, "Panne", NOON_2 + DAY, []),
        (ASKED, " ", NOON_2, [TOLD_WHY, MORE]),
        (ASKED, "Panne", AT, [PAST]),
        (replace(ASKED, is_open=False, reopens=True), "Panne", None, []),
        (replace(ASKED, is_open=False), "", NOON_2, ["Cette candidature n’est plus ouverte."]),
        (
            replace(ASKED, is_attributed=True, waiting="1er septembre 2027"),
            "",
            None,
            ["Le référencement est attribué : cette candidature n’a plus d’échéance."],
        ),
        (
            replace(ASKED, waiting="1er septembre 2027"),
            "Panne",
            None,
            [
                (
                    "Une dérogation à la Date 2 est déjà demandée, depuis le 1er septembre 2027 : attendez la "
                    "décision de "
                    "l’ANS, ou retirez votre demande."
                )
            ],
        ),
        (replace(ASKED, moved=NOT_BINDING), "Panne", NOON_2, [FREE]),
        (replace(ASKED, moved=NOT_BINDING), "Panne", None, [FREE]),
    ],
)
def test_more_time_is_asked_once_with_a_motive(
    asked: rules.AskedDerogation, motive: str, wished: datetime | None, why: list[str]
) -> None:
    assert plain(rules.obstacles_to_ask(asked, motive=motive, wished=wished, at=AT)) == why


# -- foreclosing ----------------------------------------------------------------------------------------------------


def test_candidature_is_foreclosed_once_the_echeance_is_over_and_with_a_motive() -> None:
    def foreclosing(after: timedelta, *, is_open: bool = True, reason: str = "Rien n’est venu.") -> list[str]:
        return plain(rules.obstacles_to_foreclose(DATE_2, is_open=is_open, reason=reason, at=NOON_2 + after))

    running = "La Date 2 n’est pas passée pour cette candidature : c’est le 01/10/2027 à 12 h 00."
    assert (foreclosing(-SECOND), foreclosing(timedelta(0)), foreclosing(SECOND)) == ([running], [running], [])
    assert foreclosing(timedelta(0), is_open=False, reason=" ") == [
        "Cette candidature n’est plus ouverte.",
        running,
        "Indiquez le motif de la clôture.",
    ]


# -- where an échéance stood ----------------------------------------------------------------------------------------

MOVES = ((OPENS_AT, NOON_1 + DAY), (NOON_1, NOON_1 + 9 * DAY))


@pytest.mark.parametrize(
    ("at", "instant"),
    [
        (OPENS_AT - SECOND, NOON_1),
        (OPENS_AT, NOON_1 + DAY),
        (NOON_1 - SECOND, NOON_1 + DAY),
        (NOON_1, NOON_1 + 9 * DAY),
    ],
)
def test_instant_in_force_is_that_of_the_last_approved_move(at: datetime, instant: datetime) -> None:
    assert rules.instant_in_force(NOON_1, MOVES, at=at) == instant


def test_instants_that_come_are_those_where_it_still_stood() -> None:
    assert rules.instants_that_come(NOON_1, ()) == (NOON_1,)
    assert rules.instants_that_come(NOON_1, MOVES) == (NOON_1 + 9 * DAY,)
    after = ((NOON_1 + SECOND, NOON_1 + 9 * DAY), (NOON_1 + 10 * DAY, NOON_1 + 9 * DAY))
    assert rules.instants_that_come(NOON_1, after) == (NOON_1, NOON_1 + 9 * DAY)


# -- one deadline ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "state", "remaining", "counts_down"),
    [
        (NOON_2 - 8 * DAY, "neutral", "Dans 8 jours", True),
        (NOON_2 - 7 * DAY - SECOND, "neutral", "Dans 7 jours", True),
        (NOON_2 - 7 * DAY, "soon", "Dans 7 jours", True),
        (NOON_2, "soon", "Dans moins d’une minute", True),
        (NOON_2 + SECOND, "late", "Passée depuis moins d’une minute", False),
        (NOON_2 + DAY, "late", "Passée depuis 1 jour", False),
    ],
)
def test_deadline_as_it_nears(at: datetime, state: str, remaining: str, counts_down: bool) -> None:
    free = replace(DATE_2, binds=False)

    assert (DATE_2.state(at), DATE_2.remaining(at), DATE_2.counts_down(at)) == (state, remaining, counts_down)
    assert (free.state(at), free.remaining(at), free.counts_down(at), free.is_met(at)) == (
        "neutral",
        "Ne s’applique pas à une nouvelle version technique",
        False,
        True,
    )


def test_move_is_recent_for_two_weeks() -> None:
    move = Move(NOON_1, NOON_2, AT, arrete="2026-12", motive="Report")

    assert [move.is_recent(AT + 14 * DAY + after) for after in (-SECOND, timedelta(0), SECOND)] == [True, False, False]


def test_deadline_to_answer_is_said_with_its_instant() -> None:
    assert answering(NOON_2 - DAY, DAY) == answering_until(NOON_2)
    assert answering_until(NOON_2) == Deadline(
        "Date de réponse au retour de l’ANS",
        "Réponse à un retour reçu après l’échéance",
        NOON_2,
        "1er\u00a0octobre 2027 à 12\u00a0h",
    )


def test_instant_is_said_in_paris_wherever_the_machine_stands(machine_in_tokyo: None) -> None:
    assert instant_in_figures(NOON_2) == "01/10/2027 à 12\u202fh\u202f00"


@pytest.mark.parametrize(
    ("duration", "sentence"),
    [
        (timedelta(seconds=59), "moins d’une minute"),
        (timedelta(minutes=2, seconds=59), "2 minutes"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1), "1 heure"),
        (timedelta(hours=23, minutes=59), "23 heures et 59 minutes"),
        (timedelta(days=1, hours=1, minutes=1), "1 jour et 1 heure"),
        (timedelta(days=59, hours=23, minutes=59), "59 jours et 23 heures"),
        (timedelta(days=60, hours=5), "60 jours"),
    ],
)
def test_duration_is_said_to_its_two_largest_units(duration: timedelta, sentence: str) -> None:
    assert spell(duration) == sentence


# -- one Date as everybody reads it ---------------------------------------------------------------------------------

E = EtatDeDate
DONE_AT = NOON_2 - DAY
LATE_AT = NOON_2 + DAY


@pytest.mark.parametrize(
    ("etat", "done_at", "is_ended", "tone", "remaining"),
    [
        (E.MET, DONE_AT, False, "done", "Faite le 30\u00a0septembre 2027 à 12\u00a0h"),
        (E.MET, None, True, "done", "Faite"),
        (
            E.IN_HAND,
            DONE_AT,
            False,
            "neutral",
            "Remis à temps le 30\u00a0septembre 2027 à 12\u00a0h, en attente de l’ANS",
        ),
        (
            E.IN_HAND,
            NOON_2,
            False,
            "neutral",
            "Remis à temps le 1er\u00a0octobre 2027 à 12\u00a0h, en attente de l’ANS",
        ),
        (E.IN_HAND, LATE_AT, False, "neutral", "Remis le 2\u00a0octobre 2027 à 12\u00a0h, en attente de l’ANS"),
        (E.IN_HAND, None, False, "neutral", "Remis à temps, en attente de l’ANS"),
        (E.MISSED, LATE_AT, False, "late", "Faite en retard, le 2\u00a0octobre 2027 à 12\u00a0h"),
        (E.MISSED, None, False, "late", "Manquée depuis 3 jours"),
        (E.MISSED, None, True, "closed", "Manquée"),
        (E.WITHOUT_OBJECT, None, False, "closed", "Non applicable"),
        (E.TO_COME, None, False, "late", "Passée depuis 3 jours"),
        (E.PUT_OFF, None, False, "late", "Passée depuis 3 jours"),
    ],
)
def test_date_is_said_and_toned(etat: E, done_at: datetime | None, is_ended: bool, tone: str, remaining: str) -> None:
    dite = DateDite("date-2", DATE_2, etat, done_at, is_ended)
    at = NOON_2 + 3 * DAY

    assert dite.tone(at) == tone
    assert dite.remaining(at).replace("\u202f", " ") == remaining
    assert dite.label == "Date 2 – Objet 2"


def test_date_that_does_not_bind_says_why() -> None:
    dite = DateDite("date-2", replace(DATE_2, binds=False), E.WITHOUT_OBJECT)

    assert dite.remaining(AT) == "Ne s’applique pas à une nouvelle version technique"


@pytest.mark.parametrize("etat", E)
def test_what_runs_and_what_is_done(etat: E) -> None:
    dite, late = DateDite("date-2", DATE_2, etat), DateDite("date-2", DATE_2, etat, LATE_AT)

    assert dite.is_running is (etat in (E.TO_COME, E.PUT_OFF))
    assert (dite.counts_down(NOON_2), dite.counts_down(NOON_2 + SECOND)) == (dite.is_running, False)
    assert dite.is_done is (etat in (E.MET, E.IN_HAND))
    assert late.is_done is (etat in (E.MET, E.IN_HAND, E.MISSED))
    assert (dite.is_done_late, late.is_done_late) == (False, etat is E.MISSED)


def test_date_in_one_line_of_a_list() -> None:
    assert DateDite("date-2", DATE_2, E.TO_COME).brief(NOON_2 - 12 * DAY) == "Date 2\u00a0: dans 12 jours"


@pytest.mark.parametrize(
    ("changes", "ended_at", "after", "etat"),
    [
        ({}, None, timedelta(0), E.TO_COME),
        ({"extended": True}, None, timedelta(0), E.PUT_OFF),
        ({}, None, SECOND, E.MISSED),
        ({"binds": False}, None, SECOND, E.WITHOUT_OBJECT),
        ({}, NOON_2, SECOND, E.WITHOUT_OBJECT),
        ({}, NOON_2 + SECOND, 2 * SECOND, E.MISSED),
        ({}, NOON_2 + SECOND, timedelta(0), E.MISSED),
        ({"binds": False}, NOON_2 + SECOND, 2 * SECOND, E.WITHOUT_OBJECT),
    ],
)
def test_what_is_still_to_do(changes: dict[str, bool], ended_at: datetime | None, after: timedelta, etat: E) -> None:
    bound = replace(DATE_2, **changes)

    assert still_to_do("date-2", bound, ended_at=ended_at, at=NOON_2 + after) == DateDite(
        "date-2", bound, etat, is_ended=ended_at is not None
    )
