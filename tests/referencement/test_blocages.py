"""What is missing against each threshold, and whose move it is; without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from candidatures.rules.deadlines import Deadline
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import GateCode, Owner
from guichets.rules.gates import Gate, Reason
from referencement.enums import BlocageCode, ConventionState, Seuil
from referencement.rules.blocages import Blocage, blocages
from referencement.rules.facts import ChapitreStanding, ConventionFacts, DossierFacts, VoletStanding
from tests.dates import ASKED

AT = datetime(2027, 9, 30, 9, 0, tzinfo=UTC)
DATE_2 = Deadline(
    "Date 2",
    "Dossier réputé complet",
    datetime(2027, 10, 1, 10, 0, tzinfo=UTC),
    "1er octobre 2027 à 12 h",
    exigences=ASKED["date-2"],
)
INS = ChapitreStanding("INS", "Identité", "approved", was_submitted=True)
READY = DossierFacts(
    is_open=True,
    charte_accepted=True,
    volets=(VoletStanding("eligibilite", "Formulaire d’éligibilité", "admitted", AT),),
    chapitres=(INS, ChapitreStanding("DMP", "Dossier médical", "acquis", was_submitted=False)),
    gates={code: Gate(code, (), "Zoom") for code in GateCode},
    convention=ConventionFacts(ConventionState.SIGNED_BY_EDITEUR, still_holds=True, moved_at=AT),
    echeances={"date-2": DATE_2},
)


def blocages_at(facts: DossierFacts, seuil: Seuil, at: datetime = AT) -> list[tuple[str, str, str]]:
    return [
        (blocage.code.value, blocage.owner.value, blocage.address) for blocage in blocages(facts, seuil=seuil, at=at)
    ]


def with_chapitre(standing: str, *, was_submitted: bool) -> DossierFacts:
    return replace(READY, chapitres=(replace(INS, standing=standing, was_submitted=was_submitted),))


def with_gate(code: GateCode, *reasons: Reason) -> DossierFacts:
    return replace(READY, gates={**READY.gates, code: Gate(code, reasons, "La section du webinaire")})


@pytest.mark.parametrize("seuil", Seuil)
def test_nothing_is_missing(seuil: Seuil) -> None:
    assert blocages_at(READY, seuil) == []


@pytest.mark.parametrize("seuil", Seuil)
def test_administrative_part_is_asked_at_each_threshold(seuil: Seuil) -> None:
    volet = replace(READY.volets[0], state="submitted")
    facts = replace(READY, is_open=False, charte_accepted=False, volets=(volet,))

    assert blocages_at(facts, seuil) == [
        ("closed", "ans", "candidature:"),
        ("charte", "editeur", "charte:"),
        ("volet", "ans", "volet:eligibilite"),
    ]


@pytest.mark.parametrize(
    ("state", "owner"), [("draft", "editeur"), ("submitted", "ans"), ("complement_requested", "editeur")]
)
def test_volet_is_in_the_hands_of(state: str, owner: str) -> None:
    facts = replace(READY, volets=(replace(READY.volets[0], state=state),))

    assert blocages_at(facts, Seuil.CONVENTION) == [("volet", owner, "volet:eligibilite")]


@pytest.mark.parametrize(
    ("standing", "was_submitted", "completude", "convention"),
    [
        ("open", False, "editeur", "editeur"),
        ("submitted", True, "", "ans"),
        ("under_review", True, "", "ans"),
        ("returned", True, "", "editeur"),
        ("approved", True, "", ""),
        ("acquis", False, "", ""),
    ],
)
def test_chapitre_is_handed_over_for_date_2_and_approved_for_the_convention(
    standing: str, was_submitted: bool, completude: str, convention: str
) -> None:
    facts = with_chapitre(standing, was_submitted=was_submitted)

    assert [owner for _, owner, _ in blocages_at(facts, Seuil.COMPLETUDE)] == ([completude] if completude else [])
    assert [owner for _, owner, _ in blocages_at(facts, Seuil.CONVENTION)] == ([convention] if convention else [])
    assert blocages_at(facts, Seuil.COLLEGE) == blocages_at(facts, Seuil.CONVENTION)


def test_without_a_rem_nobody_can_be_complete() -> None:
    facts = replace(READY, chapitres=None)

    assert blocages_at(facts, Seuil.COMPLETUDE) == blocages_at(facts, Seuil.COLLEGE) == [("rem", "ans", "dossier:")]


def test_desks_are_asked_at_date_2_and_before_the_college_never_for_the_convention() -> None:
    late, ungranted = (
        Reason("INSi n’en est pas au pré-examen.", spec_of_guichet("cnda").owner),
        Reason("Refusée.", Owner.EDITEUR),
    )
    before = with_gate(GateCode.REPUTE_COMPLET, late)
    after = with_gate(GateCode.COLLEGE, ungranted, late)

    assert blocages_at(before, Seuil.COMPLETUDE) == [("guichet", "cnda", "guichets:")]
    assert blocages_at(before, Seuil.COLLEGE) == []
    assert blocages_at(after, Seuil.CONVENTION) == []
    assert [(blocage.sentence, blocage.section) for blocage in blocages(after, seuil=Seuil.COLLEGE, at=AT)] == [
        ("Refusée.", "La section du webinaire"),
        ("INSi n’en est pas au pré-examen.", "La section du webinaire"),
    ]


@pytest.mark.parametrize(
    ("state", "still_holds", "owner"),
    [
        ("", True, "ans"),
        (ConventionState.DRAFTED, True, "ans"),
        (ConventionState.SENT, True, "editeur"),
        (ConventionState.SIGNED_BY_EDITEUR, True, ""),
        (ConventionState.COUNTERSIGNED, True, ""),
        (ConventionState.SIGNED_BY_EDITEUR, False, "ans"),
    ],
)
def test_convention_is_signed_and_true_before_the_college(state: str, still_holds: bool, owner: str) -> None:
    convention = ConventionFacts(state, still_holds, AT) if state else None
    facts = replace(READY, convention=convention)

    assert blocages_at(facts, Seuil.COLLEGE) == ([("convention", owner, "convention:")] if owner else [])
    assert blocages_at(facts, Seuil.CONVENTION) == []


@pytest.mark.parametrize(
    ("passed", "late"), [(timedelta(0), False), (timedelta(microseconds=1), True), (timedelta(days=1), True)]
)
def test_blocage_names_the_echeance_that_it_threatens(passed: timedelta, late: bool) -> None:
    facts = with_chapitre("open", was_submitted=False)
    (one,) = blocages(facts, seuil=Seuil.COMPLETUDE, at=DATE_2.at + passed)

    assert (one.echeance, one.is_late) == ("Date 2", late)


def test_every_blocage_says_its_section() -> None:
    facts = replace(
        with_gate(GateCode.COLLEGE, Reason("Non.", spec_of_guichet("cnda").owner)),
        is_open=False,
        charte_accepted=False,
        chapitres=None,
        convention=None,
    )
    every: tuple[Blocage, ...] = blocages(facts, seuil=Seuil.COLLEGE, at=AT)

    assert {blocage.code for blocage in every} == set(BlocageCode) - {BlocageCode.VOLET, BlocageCode.CHAPITRE}
    assert all(blocage.section and blocage.sentence.endswith(".") for blocage in every)
