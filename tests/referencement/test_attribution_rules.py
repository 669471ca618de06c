"""The last two steps of the parcours, without a database."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import Owner
from referencement.enums import BlocageCode, ConventionState, ExamenState, Publication
from referencement.rules.attribution import (
    BEFORE_THE_COLLEGE,
    AttributionSituation,
    LatestExamen,
    only_before_the_college,
)
from referencement.rules.blocages import Blocage
from referencement.rules.facts import ConventionFacts
from referencement.rules.parcours import OverviewFacts, steps_of
from referencement.rules.publication import Standing

AT = datetime(2027, 10, 20, 8, 0, tzinfo=UTC)
HELD = datetime(2027, 11, 16, 13, 0, tzinfo=UTC)
SIGNED = ConventionFacts(ConventionState.SIGNED_BY_EDITEUR, still_holds=True, moved_at=AT)
READY = AttributionSituation(convention=SIGNED, before_convention=(), before_college=(), examen=None)


def a_blocage(owner: Owner, code: BlocageCode = BlocageCode.GUICHET) -> Blocage:
    return Blocage(code, f"Il manque quelque chose à {owner}.", owner, "guichets:", "Zoom")


def last_two(situation: AttributionSituation, *, is_open: bool = True) -> list[tuple[str, str]]:
    whole = OverviewFacts(is_open=is_open, charte_accepted_at=AT, volets=(), attribution=situation)
    return [(step.state, step.hint) for step in steps_of(whole)[-2:]]


@pytest.mark.parametrize(
    ("convention", "step"),
    [
        (None, ("current", "À préparer par l’ANS")),
        (replace(SIGNED, state=ConventionState.DRAFTED), ("current", "À envoyer à la signature")),
        (replace(SIGNED, state=ConventionState.SENT), ("current", "À signer par l’éditeur")),
        (SIGNED, ("done", "Signée par l’éditeur")),
        (replace(SIGNED, state=ConventionState.COUNTERSIGNED), ("done", "Signée par l’éditeur et par l’ANS")),
        (
            replace(SIGNED, still_holds=False),
            ("current", "À préparer de nouveau\u00a0: des informations citées ont changé"),
        ),
    ],
)
def test_step_of_the_convention(convention: ConventionFacts | None, step: tuple[str, str]) -> None:
    assert last_two(replace(READY, convention=convention))[0] == step


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (Publication.REFERENCED, ("done", "Référencement attribué")),
        (Publication.SUSPENDED, ("todo", "Suspendue")),
        (Publication.WITHDRAWN, ("refused", "Retirée")),
        (Publication.RENOUNCED, ("todo", "Renoncée")),
        (Publication.REPLACED, ("todo", "Remplacée")),
    ],
)
def test_step_of_the_college_follows_what_became_of_the_referencement(
    state: Publication, step: tuple[str, str]
) -> None:
    examen = LatestExamen(ExamenState.ATTRIBUTED, HELD, HELD)

    assert last_two(replace(READY, examen=examen, standing=Standing(state, HELD)))[1] == step


@pytest.mark.parametrize("still_holds", [True, False])
def test_convention_is_not_to_sign_once_the_referencement_ended(still_holds: bool) -> None:
    attributed = LatestExamen(ExamenState.ATTRIBUTED, HELD, HELD)
    facts = replace(READY, convention=replace(SIGNED, still_holds=still_holds), examen=attributed, is_left=True)

    assert last_two(facts)[0] == ("done", "Signée par l’éditeur")
    if still_holds:
        assert last_two(replace(facts, is_left=False))[0] == ("current", "À signer par l’ANS")


def test_convention_waits_for_the_chapitres() -> None:
    missing = (a_blocage(Owner.EDITEUR, BlocageCode.CHAPITRE),)
    facts = AttributionSituation(None, missing, missing, None)

    assert last_two(facts) == [
        ("todo", "Quand tous les chapitres seront validés"),
        ("todo", BEFORE_THE_COLLEGE),
    ]


@pytest.mark.parametrize(
    ("state", "published", "step"),
    [
        (ExamenState.LISTED, False, ("current", "À l’ordre du jour de la séance")),
        (ExamenState.DECIDED, False, ("current", "À l’ordre du jour de la séance")),
        (ExamenState.ATTRIBUTED, True, ("done", "Référencement attribué")),
        (ExamenState.NOT_ATTRIBUTED, True, ("refused", "Référencement non attribué")),
        (ExamenState.POSTPONED, True, ("current", "Examen reporté\u00a0: à inscrire à une autre séance")),
        (ExamenState.CANCELLED, False, ("current", "Séance annulée\u00a0: à inscrire à une autre")),
    ],
)
def test_step_of_the_college_says_no_decision_before_it_is_published(
    state: str, published: bool, step: tuple[str, str]
) -> None:
    examen = LatestExamen(state, HELD, HELD if published else None)

    assert last_two(replace(READY, examen=examen))[1] == step


def test_what_was_refused_and_is_examined_again_waits_for_the_agenda() -> None:
    again = replace(READY, examen=LatestExamen(ExamenState.NOT_ATTRIBUTED, HELD, HELD, again_at=HELD))

    assert last_two(again)[1] == ("current", "Nouvel examen accordé\u00a0: à inscrire à l’ordre du jour")
    assert last_two(replace(again, before_college=(a_blocage(Owner.EDITEUR),)))[1][1] == BEFORE_THE_COLLEGE


def test_college_waits_for_everybody() -> None:
    missing = (a_blocage(spec_of_guichet("cnda").owner), a_blocage(Owner.EDITEUR))

    assert last_two(replace(READY, before_college=missing))[1] == ("todo", BEFORE_THE_COLLEGE)
    assert last_two(READY)[1] == ("current", "À inscrire à l’ordre du jour")


def test_what_the_college_asks_beside_the_convention() -> None:
    common, own = a_blocage(Owner.EDITEUR, BlocageCode.CHAPITRE), a_blocage(spec_of_guichet("cnda").owner)

    assert only_before_the_college(AttributionSituation(None, (common,), (common, own), None)) == (own,)
