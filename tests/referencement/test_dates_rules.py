"""Each Date of a candidature, without a database: one rule, at a second before, at, and after each instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from candidatures.catalogue.specs import Exigences
from candidatures.enums import EtatDeDate, VoletState
from candidatures.rules.dates import DateDite
from candidatures.rules.deadlines import Deadline
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import GateCode, Owner
from guichets.rules.gates import DemandeArrival, Gate, Reason, RefusedCapture
from referencement.enums import FinKind, Seuil
from referencement.rules.blocages import blocages
from referencement.rules.dates import dates_of
from referencement.rules.echeances import due
from referencement.rules.facts import ChapitreStanding, DossierFacts, VoletStanding
from referencement.rules.fin import Fin
from tests.dates import ASKED

NOON = {
    "date-1": datetime(2026, 10, 1, 10, 0, tzinfo=UTC),
    "date-2": datetime(2027, 10, 1, 10, 0, tzinfo=UTC),
    "date-3": datetime(2028, 3, 15, 11, 0, tzinfo=UTC),
}
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
AROUND = (-SECOND, timedelta(0), SECOND)
DATES = {
    code: Deadline(f"Date {number}", "Objet", noon, "ce jour-là", exigences=ASKED[code])
    for number, (code, noon) in enumerate(NOON.items(), start=1)
}
HANDED = datetime(2026, 9, 12, 8, 0, tzinfo=UTC)
VOLET = VoletStanding("eligibilite", "Formulaire", VoletState.SUBMITTED, HANDED, first_submitted_at=HANDED)
CHAPITRE = ChapitreStanding(
    "INS",
    "Identité",
    "submitted",
    was_submitted=True,
    moved_at=HANDED + 90 * DAY,
    first_submitted_at=HANDED + 90 * DAY,
    submitted_at=HANDED + 120 * DAY,
)
GATES = {code: Gate(code, (), "Zoom", arrivals=(DemandeArrival(HANDED + 80 * DAY),)) for code in GateCode}
FACTS = DossierFacts(
    is_open=True,
    charte_accepted=True,
    volets=(replace(VOLET, kind="administratif", first_submitted_at=HANDED - DAY), VOLET),
    chapitres=(CHAPITRE,),
    gates=GATES,
    convention=None,
    echeances=DATES,
)
DRAFT = replace(FACTS, volets=(replace(VOLET, state=VoletState.DRAFT, first_submitted_at=None, moved_at=None),))
E = EtatDeDate


def chapitres(*standings: str, deadline: Deadline | None = None) -> DossierFacts:
    some = tuple(
        replace(CHAPITRE, code=f"C{rank}", standing=standing, deadline=deadline)
        if standing != "open"
        else ChapitreStanding(f"C{rank}", "Identité", standing, was_submitted=False, deadline=deadline)
        for rank, standing in enumerate(standings)
    )
    return replace(FACTS, chapitres=some)


def at_the_desk(owner: Owner) -> DossierFacts:
    gate = Gate(GateCode.REPUTE_COMPLET, (Reason("Pas encore.", owner),), "Zoom")
    return replace(FACTS, gates={**GATES, GateCode.REPUTE_COMPLET: gate})


def read(facts: DossierFacts, code: str, at: datetime) -> DateDite:
    return dates_of(facts, at=at)[code]


def around(facts: DossierFacts, code: str) -> list[EtatDeDate]:
    return [read(facts, code, NOON[code] + after).etat for after in AROUND]


@pytest.mark.parametrize(
    ("facts", "code", "wanted"),
    [
        (DRAFT, "date-1", [E.TO_COME, E.TO_COME, E.MISSED]),
        (FACTS, "date-1", [E.MET, E.MET, E.MET]),
        (replace(FACTS, charte_accepted=False), "date-1", [E.MET, E.MET, E.MET]),
        (chapitres("open"), "date-2", [E.TO_COME, E.TO_COME, E.MISSED]),
        (chapitres("submitted"), "date-2", [E.MET, E.MET, E.MET]),
        (chapitres("returned", "acquis"), "date-2", [E.MET, E.MET, E.MET]),
        (replace(FACTS, chapitres=None), "date-2", [E.TO_COME, E.TO_COME, E.WITHOUT_OBJECT]),
        (at_the_desk(Owner.EDITEUR), "date-2", [E.TO_COME, E.TO_COME, E.MISSED]),
        (at_the_desk(spec_of_guichet("cnda").owner), "date-2", [E.TO_COME, E.TO_COME, E.MISSED]),
        (at_the_desk(Owner.ANS), "date-2", [E.IN_HAND, E.IN_HAND, E.IN_HAND]),
        (chapitres("returned"), "date-3", [E.TO_COME, E.TO_COME, E.MISSED]),
        (chapitres("submitted", "approved"), "date-3", [E.TO_COME, E.TO_COME, E.IN_HAND]),
        (chapitres("approved", "acquis"), "date-3", [E.MET, E.MET, E.MET]),
        (chapitres("open"), "date-3", [E.TO_COME, E.TO_COME, E.WITHOUT_OBJECT]),
    ],
)
def test_each_date_around_its_instant(facts: DossierFacts, code: str, wanted: list[EtatDeDate]) -> None:
    assert around(facts, code) == wanted


@pytest.mark.parametrize("facts", [DRAFT, FACTS, chapitres("open"), chapitres("returned"), at_the_desk(Owner.ANS)])
@pytest.mark.parametrize("code", NOON)
@pytest.mark.parametrize("after", AROUND)
def test_what_is_missed_is_what_is_still_due_after_its_instant(
    facts: DossierFacts, code: str, after: timedelta
) -> None:
    at = NOON[code] + after
    missed = bool(due(facts, code, at=at)) and at > NOON[code]

    assert (read(facts, code, at).etat is E.MISSED) is missed


@pytest.mark.parametrize("code", ["date-2", "date-3"])
@pytest.mark.parametrize("others", [(), ("INS", "submitted"), ("INS", "open")])
def test_date_that_asks_only_a_chapitre_that_is_not_concerned_is_without_object(
    code: str, others: tuple[str, ...]
) -> None:
    """Those that are not concerned are not among the chapitres of the facts."""
    asked = Exigences(ASKED[code].kinds[:1], chapitres=("PH",))
    facts = chapitres(*others[1:])
    facts = replace(facts, echeances={**DATES, code: replace(DATES[code], exigences=asked)})

    assert around(facts, code) == [E.WITHOUT_OBJECT] * 3


def test_date_is_met_as_of_the_act_that_did_it() -> None:
    at = NOON["date-3"] + DAY

    assert [read(chapitres("approved"), code, at).at for code in NOON] == [
        HANDED,
        HANDED + 90 * DAY,
        HANDED + 120 * DAY,
    ]
    late = Gate(
        GateCode.REPUTE_COMPLET,
        (),
        "Zoom",
        arrivals=(DemandeArrival(HANDED + 70 * DAY), DemandeArrival(HANDED + 91 * DAY)),
    )
    assert read(replace(FACTS, gates={**GATES, GateCode.REPUTE_COMPLET: late}), "date-2", at).at == HANDED + 91 * DAY


@pytest.mark.parametrize(("after", "etat"), [(-SECOND, E.PUT_OFF), (timedelta(0), E.PUT_OFF), (SECOND, E.MISSED)])
def test_derogation_puts_a_date_off_until_its_own_instant(after: timedelta, etat: EtatDeDate) -> None:
    until = NOON["date-1"] + 20 * DAY
    dates = {**DATES, "date-1": replace(DATES["date-1"], at=until, extended=True)}

    assert read(replace(DRAFT, echeances=dates), "date-1", until + after).etat is etat
    assert read(replace(FACTS, echeances=dates), "date-1", until + after).etat is E.MET


@pytest.mark.parametrize(("after", "etat"), [(-SECOND, E.PUT_OFF), (timedelta(0), E.PUT_OFF), (SECOND, E.MISSED)])
def test_return_after_date_3_leaves_time_to_correct_and_is_not_due_meanwhile(
    after: timedelta, etat: EtatDeDate
) -> None:
    until = NOON["date-3"] + 20 * DAY
    facts = chapitres(
        "returned", deadline=Deadline("Date de réponse au retour de l’ANS", "Réponse", until, "plus tard")
    )
    reading = read(facts, "date-3", until + after)

    assert (reading.etat, bool(due(facts, "date-3", at=until + after))) == (etat, after == SECOND)
    if after != SECOND:
        assert reading.deadline.at == until


@pytest.mark.parametrize(
    ("recorded", "after", "etat"),
    [
        (timedelta(0), -SECOND, E.PUT_OFF),
        (timedelta(0), timedelta(0), E.PUT_OFF),
        (timedelta(0), SECOND, E.MISSED),
        (SECOND, -SECOND, E.MISSED),
    ],
)
def test_capture_recorded_in_time_and_refused_later_leaves_time_to_record_another(
    recorded: timedelta, after: timedelta, etat: EtatDeDate
) -> None:
    noon, to_answer = NOON["date-2"], 15 * DAY
    refused = RefusedCapture(noon + recorded, noon + 3 * DAY)
    gate = Gate(GateCode.REPUTE_COMPLET, (Reason("À déposer de nouveau.", Owner.EDITEUR, refused=refused),), "Zoom")
    facts = replace(FACTS, gates={**GATES, GateCode.REPUTE_COMPLET: gate}, to_answer=to_answer)
    at = noon + 3 * DAY + to_answer + after

    assert (read(facts, "date-2", at).etat, bool(due(facts, "date-2", at=at))) == (etat, etat is E.MISSED)


def gate_of_date_2(gate: Gate) -> DossierFacts:
    return replace(FACTS, gates={**GATES, GateCode.REPUTE_COMPLET: gate}, to_answer=15 * DAY)


@pytest.mark.parametrize(("after", "is_late"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_what_came_after_date_2_is_late_whether_the_ans_confirmed_it_or_not(after: timedelta, *, is_late: bool) -> None:
    came_at, at = NOON["date-2"] + after, NOON["date-2"] + 9 * DAY
    reason = Reason("Une capture attend.", Owner.ANS, came_at)
    waiting = gate_of_date_2(Gate(GateCode.REPUTE_COMPLET, (reason,), "Zoom"))
    # The other came in time, first or last.
    some = (DemandeArrival(came_at), DemandeArrival(HANDED))
    for facts, etat in (
        (waiting, E.IN_HAND),
        (gate_of_date_2(Gate(GateCode.REPUTE_COMPLET, (), "Zoom", arrivals=some)), E.MET),
        (gate_of_date_2(Gate(GateCode.REPUTE_COMPLET, (), "Zoom", arrivals=some[::-1])), E.MET),
    ):
        reading = read(facts, "date-2", at)
        assert (reading.etat, reading.at) == (E.MISSED if is_late else etat, came_at)
        assert due(facts, "date-2", at=at) == ()
        assert reading.is_done
    remaining = read(waiting, "date-2", at).remaining(at)
    assert remaining.startswith(
        "Faite en retard, le 1er\u00a0octobre 2027" if is_late else "Remis à temps le 1er\u00a0octobre 2027"
    )
    assert read(waiting, "date-2", at).tone(at) == ("late" if is_late else "neutral")


@pytest.mark.parametrize(("after", "is_late"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_what_came_again_in_the_time_that_a_refusal_gave_is_not_late(after: timedelta, *, is_late: bool) -> None:
    refused = RefusedCapture(NOON["date-2"] - SECOND, NOON["date-2"] + 3 * DAY)
    came_at, at = refused.at + 15 * DAY + after, refused.at + 20 * DAY
    reason = Reason("Une capture attend.", Owner.ANS, came_at, refused)
    arrival = DemandeArrival(came_at, refused)
    waiting = gate_of_date_2(Gate(GateCode.REPUTE_COMPLET, (reason,), "Zoom"))
    done = gate_of_date_2(Gate(GateCode.REPUTE_COMPLET, (), "Zoom", arrivals=(arrival,)))

    assert read(waiting, "date-2", at).etat is (E.MISSED if is_late else E.IN_HAND)
    assert read(done, "date-2", at).etat is (E.MISSED if is_late else E.MET)


def test_what_was_done_late_stays_so_once_it_ended() -> None:
    late = gate_of_date_2(Gate(GateCode.REPUTE_COMPLET, (), "Zoom", arrivals=(DemandeArrival(NOON["date-2"] + DAY),)))
    ended = replace(late, fin=Fin(FinKind.REFERENCED, NOON["date-2"] + 9 * DAY, "le collège"))
    reading = read(ended, "date-2", NOON["date-3"])

    assert (reading.etat, reading.tone(NOON["date-3"])) == (E.MISSED, "closed")
    assert reading.remaining(NOON["date-3"]).startswith("Faite en retard, le 2\u00a0octobre 2027")


def test_no_date_binds_a_new_version_nor_is_named_by_its_blocages() -> None:
    unbound = {code: replace(date, binds=False) for code, date in DATES.items()}
    for facts in (replace(DRAFT, echeances=unbound), replace(chapitres("open", "returned"), echeances=unbound)):
        for code in NOON:
            assert around(facts, code) == [E.WITHOUT_OBJECT] * 3
            for seuil in Seuil:
                assert {blocage.echeance for blocage in blocages(facts, seuil=seuil, at=NOON["date-3"] + DAY)} == {""}
    reading = read(replace(FACTS, echeances=unbound), "date-1", HANDED)
    assert reading.remaining(HANDED) == "Ne s’applique pas à une nouvelle version technique"


@pytest.mark.parametrize(
    ("kind", "facts", "wanted"),
    [
        (FinKind.REFERENCED, chapitres("approved"), [E.MET, E.MET, E.MET]),
        (FinKind.NOT_ATTRIBUTED, chapitres("returned"), [E.MET, E.MET, E.WITHOUT_OBJECT]),
        (FinKind.FORECLOSED, DRAFT, [E.MISSED, E.MET, E.WITHOUT_OBJECT]),
        (FinKind.WITHDRAWN, chapitres("open"), [E.MET, E.WITHOUT_OBJECT, E.WITHOUT_OBJECT]),
    ],
)
def test_nothing_counts_down_once_it_ended(kind: FinKind, facts: DossierFacts, wanted: list[EtatDeDate]) -> None:
    ended_at = NOON["date-1"] + DAY
    ended = replace(facts, fin=Fin(kind, ended_at, "quelqu’un"), is_open=kind == FinKind.REFERENCED)

    for at in (ended_at + DAY, NOON["date-3"] + DAY):
        dates = dates_of(ended, at=at)
        assert [date.etat for date in dates.values()] == wanted
        assert not any(date.counts_down(at) for date in dates.values())
        assert {date.tone(at) for date in dates.values()} <= {"done", "closed"}


@pytest.mark.parametrize(
    ("facts", "code", "after", "sentence", "tone"),
    [
        (FACTS, "date-1", SECOND, "Faite le 12 septembre 2026 à 10 h", "done"),
        (DRAFT, "date-1", -60 * SECOND, "Dans 1 minute", "soon"),
        (DRAFT, "date-1", 60 * SECOND, "Manquée depuis 1 minute", "late"),
        (
            at_the_desk(Owner.ANS),
            "date-2",
            SECOND,
            "Remis à temps le 11 décembre 2026 à 9 h, en attente de l’ANS",
            "neutral",
        ),
        (chapitres("open"), "date-3", SECOND, "Non applicable", "closed"),
    ],
)
def test_each_date_is_said_in_words(facts: DossierFacts, code: str, after: timedelta, sentence: str, tone: str) -> None:
    at = NOON[code] + after
    reading = read(facts, code, at)

    assert (reading.remaining(at), reading.tone(at)) == (sentence, tone)
    assert reading.brief(at).lower().endswith(sentence.lower())
