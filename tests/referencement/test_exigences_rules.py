"""What an échéance asks, whether it was done, and where that leaves the Date, beyond the file; without a database."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from candidatures.catalogue.specs import Exigences
from candidatures.enums import EtatDeDate, ExigenceDEcheance, VoletState
from candidatures.rules.dates import DateDite
from candidatures.rules.deadlines import Deadline
from guichets.enums import GateCode, Owner
from guichets.rules.gates import Gate, Reason
from referencement.enums import FinKind
from referencement.rules.dates import dates_of
from referencement.rules.echeances import asked_by, due, unsubmitted
from referencement.rules.facts import ChapitreStanding, DossierFacts
from referencement.rules.fin import Fin
from tests.referencement.test_dates_rules import (
    CHAPITRE,
    DATES,
    DAY,
    DRAFT,
    FACTS,
    HANDED,
    NOON,
    SECOND,
    VOLET,
    at_the_desk,
    chapitres,
    gate_of_date_2,
)

E, X = EtatDeDate, ExigenceDEcheance
ZERO = timedelta(0)
LATER = Deadline("Date de réponse", "Réponse", NOON["date-3"] + 20 * DAY, "plus tard")


def asking(facts: DossierFacts, code: str, exigences: Exigences) -> DossierFacts:
    return replace(facts, echeances={**DATES, code: replace(DATES[code], exigences=exigences)})


def unbound(facts: DossierFacts) -> DossierFacts:
    return replace(facts, echeances={code: replace(deadline, binds=False) for code, deadline in DATES.items()})


# -- what it asks -----------------------------------------------------------------------------------------------------

ONE_DRAFT = replace(
    FACTS,
    volets=(
        replace(VOLET, kind="administratif"),
        replace(VOLET, state=VoletState.DRAFT, first_submitted_at=None, moved_at=None),
    ),
)


@pytest.mark.parametrize(
    ("facts", "only", "wanted"),
    [
        (ONE_DRAFT, (), ["volet:eligibilite"]),
        (ONE_DRAFT, ("eligibilite",), ["volet:eligibilite"]),
        (ONE_DRAFT, ("administratif",), []),
        (replace(ONE_DRAFT, charte_accepted=False), (), ["charte:", "volet:eligibilite"]),
        (replace(ONE_DRAFT, charte_accepted=False), ("administratif",), []),
    ],
)
@pytest.mark.parametrize(("after", "is_late"), [(ZERO, False), (SECOND, True)])
def test_volets_that_an_echeance_names_are_asked_with_the_charte(
    facts: DossierFacts, only: tuple[str, ...], wanted: list[str], after: timedelta, *, is_late: bool
) -> None:
    facts = asking(facts, "date-1", Exigences((X.VOLETS_SOUMIS,), volets=only))
    asked = due(facts, "date-1", at=NOON["date-1"] + after)

    assert [(blocage.address, blocage.deadline, blocage.is_late) for blocage in asked] == [
        (address, facts.echeances["date-1"], is_late) for address in wanted
    ]


@pytest.mark.parametrize("after", [-SECOND, ZERO, SECOND])
def test_return_has_more_time_only_beyond_the_echeance(after: timedelta) -> None:
    """At the very instant of the échéance, it is the échéance that is named."""
    given = replace(LATER, at=NOON["date-3"] + after)
    (asked,) = due(chapitres("returned", deadline=given), "date-3", at=HANDED)

    assert asked.deadline == (given if after == SECOND else DATES["date-3"])


@pytest.mark.parametrize("facts", [DRAFT, chapitres("open", "returned"), at_the_desk(Owner.EDITEUR)])
def test_echeance_that_does_not_bind_or_is_unknown_asks_nothing(facts: DossierFacts) -> None:
    for at in (HANDED, NOON["date-3"] + DAY):
        assert [asked_by(unbound(facts), code, at=at) for code in NOON] == [(), (), ()]
        assert asked_by(facts, "date-9", at=at) == due(facts, "date-9", at=at) == ()


# -- whether it was done ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "etat"), [(-SECOND, E.MET), (ZERO, E.MET), (SECOND, E.MISSED)])
def test_chapitre_handed_over_after_the_instant_is_late(after: timedelta, etat: EtatDeDate) -> None:
    handed_at = NOON["date-2"] + after
    facts = chapitres("submitted", "submitted")
    first, last = facts.chapitres or ()
    facts = replace(facts, chapitres=(first, replace(last, first_submitted_at=handed_at)))

    assert dates_of(facts, at=handed_at + DAY)["date-2"] == DateDite("date-2", DATES["date-2"], etat, handed_at)


def test_date_of_which_a_part_is_to_come_was_not_done_yet() -> None:
    """The volets came; the returns may still come."""
    facts = asking(FACTS, "date-3", Exigences((X.VOLETS_SOUMIS, X.RETOURS_REPONDUS)))

    assert dates_of(facts, at=NOON["date-3"])["date-3"] == DateDite("date-3", facts.echeances["date-3"], E.TO_COME)


# -- where that leaves the Date ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "code", "at", "etat", "done_at"),
    [
        (DRAFT, "date-1", NOON["date-1"], E.TO_COME, None),
        (DRAFT, "date-1", NOON["date-1"] + SECOND, E.MISSED, None),
        (FACTS, "date-1", NOON["date-1"], E.MET, HANDED),
        (unbound(FACTS), "date-1", NOON["date-1"], E.WITHOUT_OBJECT, None),
        (chapitres("open", "open"), "date-2", NOON["date-2"], E.TO_COME, None),
        (chapitres("returned", "returned"), "date-3", NOON["date-3"], E.TO_COME, None),
    ],
)
def test_each_date_is_under_its_own_code_and_instant(
    facts: DossierFacts, code: str, at: datetime, etat: EtatDeDate, done_at: datetime
) -> None:
    assert dates_of(facts, at=at)[code] == DateDite(code, facts.echeances[code], etat, done_at)


def returned(*deadlines: Deadline | None) -> DossierFacts:
    some = tuple(
        replace(CHAPITRE, code=f"C{place}", standing="returned", deadline=deadline)
        for place, deadline in enumerate(deadlines)
    )
    return replace(FACTS, chapitres=some)


SOONER = replace(LATER, at=LATER.at - DAY)


@pytest.mark.parametrize(
    ("facts", "at", "etat", "until"),
    [
        (returned(SOONER, LATER), SOONER.at, E.PUT_OFF, LATER),
        (returned(LATER, SOONER), SOONER.at, E.PUT_OFF, LATER),
        (returned(LATER, SOONER), SOONER.at + SECOND, E.MISSED, DATES["date-3"]),
        (returned(LATER, None), NOON["date-3"], E.PUT_OFF, LATER),
        (returned(LATER, None), NOON["date-3"] + SECOND, E.MISSED, DATES["date-3"]),
        (returned(None, None), NOON["date-3"], E.TO_COME, DATES["date-3"]),
    ],
)
def test_date_runs_until_the_last_return_and_is_missed_with_the_first(
    facts: DossierFacts, at: datetime, etat: EtatDeDate, until: Deadline
) -> None:
    assert dates_of(facts, at=at)["date-3"] == DateDite("date-3", until, etat)


# Whoever ended it, and whether a row says when.
ENDS = [
    Fin(FinKind.WITHDRAWN, NOON["date-2"], "Paul"),
    Fin(FinKind.WITHDRAWN, NOON["date-2"] + SECOND, "Paul"),
    Fin(FinKind.WITHDRAWN, None, "Paul"),
    None,
]


@pytest.mark.parametrize(
    ("fin", "after", "etat"),
    [
        (ENDS[0], 9 * DAY, E.WITHOUT_OBJECT),
        (ENDS[1], 9 * DAY, E.MISSED),
        (ENDS[2], ZERO, E.WITHOUT_OBJECT),
        (ENDS[2], SECOND, E.MISSED),
        (ENDS[3], ZERO, E.WITHOUT_OBJECT),
        (ENDS[3], SECOND, E.MISSED),
    ],
)
def test_what_was_not_done_is_missed_when_the_instant_came_before_the_end(
    fin: Fin | None, after: timedelta, etat: EtatDeDate
) -> None:
    ended = replace(chapitres("open"), is_open=False, fin=fin)

    assert dates_of(ended, at=NOON["date-2"] + after)["date-2"] == DateDite(
        "date-2", DATES["date-2"], etat, is_ended=True
    )


@pytest.mark.parametrize("fin", ENDS)
def test_what_was_done_stays_done_whatever_the_ans_owed_at_the_end(fin: Fin | None) -> None:
    """A capture waits for the ANS: once it ended, nobody waits any more."""
    waiting = gate_of_date_2(
        Gate(GateCode.REPUTE_COMPLET, (Reason("Une capture attend.", Owner.ANS, HANDED + 100 * DAY),), "Zoom")
    )
    ended = replace(waiting, is_open=False, fin=fin)

    assert dates_of(ended, at=NOON["date-2"] + 9 * DAY) == {
        "date-1": DateDite("date-1", DATES["date-1"], E.MET, HANDED, is_ended=True),
        "date-2": DateDite("date-2", DATES["date-2"], E.MET, HANDED + 90 * DAY, is_ended=True),
        "date-3": DateDite("date-3", DATES["date-3"], E.WITHOUT_OBJECT, is_ended=True),
    }


def test_date_that_binds_nobody_is_ended_with_the_candidature() -> None:
    at = NOON["date-1"]
    for is_open in (True, False):
        dates = dates_of(unbound(replace(DRAFT, is_open=is_open)), at=at)
        assert {(date.etat, date.is_ended) for date in dates.values()} == {(E.WITHOUT_OBJECT, not is_open)}


# -- the click that is forgotten --------------------------------------------------------------------------------------

COMPLETE = ChapitreStanding("INS", "Identité", "open", was_submitted=False, is_complete=True)
BEGUN = ChapitreStanding("DMP", "Dossier médical", "open", was_submitted=False)
COMPLETE_AGAIN = replace(COMPLETE, code="PSC", standing="returned", was_submitted=True)
SOME = replace(FACTS, chapitres=(COMPLETE, BEGUN, COMPLETE_AGAIN, replace(CHAPITRE, code="SENT")))


@pytest.mark.parametrize(
    ("facts", "at", "codes"),
    [
        (SOME, NOON["date-2"], ["INS", "PSC"]),
        (SOME, NOON["date-2"] + SECOND, ["PSC"]),
        (SOME, NOON["date-3"], ["PSC"]),
        (SOME, NOON["date-3"] + SECOND, []),
        (unbound(SOME), NOON["date-3"] + SECOND, ["INS", "PSC"]),
        (replace(SOME, is_open=False), HANDED, []),
        (replace(SOME, chapitres=None), HANDED, []),
        (replace(SOME, chapitres=(BEGUN,)), NOON["date-3"] + SECOND, []),
    ],
)
def test_chapitres_to_submit_are_those_that_are_complete_and_in_time(
    facts: DossierFacts, at: datetime, codes: list[str]
) -> None:
    assert [chapitre.code for chapitre in unsubmitted(facts, at=at)] == codes
