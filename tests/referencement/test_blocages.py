"""What is missing against each threshold, and whose move it is; without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from candidatures.catalogue.specs import Exigences
from candidatures.enums import ExigenceDEcheance
from candidatures.rules.deadlines import Deadline
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import GateCode, Owner
from guichets.rules.gates import Gate, Reason, RefusedCapture
from referencement.enums import BlocageCode, ConventionState, FinKind, ObjetDAttente, Seuil
from referencement.rules.blocages import Blocage, blocages
from referencement.rules.facts import ChapitreStanding, ConventionFacts, DossierFacts, VoletStanding
from referencement.rules.fin import Fin
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
    (blocage,) = blocages(facts, seuil=Seuil.COMPLETUDE, at=DATE_2.at + passed)

    assert (blocage.echeance, blocage.is_late) == ("Date 2", late)


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


# -- the sentence of each blocage, since when it waits, and what for --------------------------------------------------

BEFORE = AT - timedelta(days=30)
Told = tuple[str, str, ObjetDAttente | None, datetime | None]


def told(facts: DossierFacts, seuil: Seuil) -> list[Told]:
    return [
        (blocage.sentence.replace("\u00a0", " "), blocage.owner.value, blocage.objet, blocage.since)
        for blocage in blocages(facts, seuil=seuil, at=AT)
    ]


@pytest.mark.parametrize(
    ("fin", "sentence"),
    [
        (None, "La candidature est close."),
        (Fin(FinKind.WITHDRAWN, BEFORE, "Paul"), "La candidature est close : l’éditeur l’a retirée."),
        (Fin(FinKind.FORECLOSED, BEFORE, "Paul"), "La candidature est close pour dépôt hors délai (forclusion)."),
    ],
)
def test_closed_candidature_says_how_it_ended(fin: Fin | None, sentence: str) -> None:
    facts = replace(READY, is_open=False, fin=fin)

    assert told(facts, Seuil.CONVENTION) == [(sentence, "ans", None, None)]


@pytest.mark.parametrize(
    ("changes", "seuil", "wanted"),
    [
        (
            {"charte_accepted": False},
            Seuil.CONVENTION,
            ("La charte de référencement n’est pas acceptée.", "editeur", ObjetDAttente.CHARTE, None),
        ),
        (
            {"chapitres": None},
            Seuil.COMPLETUDE,
            ("Le référentiel d’exigences et de preuves (REM) n’est pas encore publié.", "ans", ObjetDAttente.REM, None),
        ),
    ],
)
def test_what_the_dossier_itself_lacks(changes: dict[str, object], seuil: Seuil, wanted: Told) -> None:
    assert told(replace(READY, **changes), seuil) == [wanted]


@pytest.mark.parametrize(
    ("state", "predicate", "owner", "objet"),
    [
        ("draft", "n’est pas soumis", "editeur", ObjetDAttente.VOLET_TO_SUBMIT),
        ("submitted", "est soumis, l’ANS doit l’examiner", "ans", ObjetDAttente.VOLET_TO_READ),
        ("complement_requested", "est à compléter, à la demande de l’ANS", "editeur", ObjetDAttente.COMPLEMENT),
    ],
)
def test_volet_says_what_it_waits_for(state: str, predicate: str, owner: str, objet: ObjetDAttente) -> None:
    facts = replace(READY, volets=(VoletStanding("eligibilite", "Formulaire", state, BEFORE),))

    assert told(facts, Seuil.CONVENTION) == [(f"Formulaire : ce volet {predicate}.", owner, objet, BEFORE)]


@pytest.mark.parametrize(
    ("standing", "predicate", "owner", "objet"),
    [
        ("open", "ce chapitre n’est pas soumis", "editeur", ObjetDAttente.CHAPITRE_TO_SUBMIT),
        ("submitted", "l’ANS doit examiner ce chapitre", "ans", ObjetDAttente.CHAPITRE_TO_READ),
        ("under_review", "l’ANS doit examiner ce chapitre", "ans", ObjetDAttente.CHAPITRE_TO_READ),
        ("returned", "ce chapitre est à corriger", "editeur", ObjetDAttente.CHAPITRE_TO_CORRECT),
    ],
)
def test_chapitre_says_what_it_waits_for(standing: str, predicate: str, owner: str, objet: ObjetDAttente) -> None:
    facts = replace(READY, chapitres=(replace(INS, standing=standing, moved_at=BEFORE),))

    assert told(facts, Seuil.CONVENTION) == [(f"Identité : {predicate}.", owner, objet, BEFORE)]


CHANGED = "Des informations citées par la convention ont changé : la convention est à préparer de nouveau."


@pytest.mark.parametrize(
    ("convention", "wanted"),
    [
        (
            ConventionFacts(ConventionState.SENT, still_holds=False, moved_at=BEFORE),
            (CHANGED, ObjetDAttente.CONVENTION_TO_PREPARE),
        ),
        (
            ConventionFacts(ConventionState.DRAFTED, still_holds=True, moved_at=BEFORE),
            ("La convention n’est pas envoyée à la signature.", ObjetDAttente.CONVENTION_TO_SEND),
        ),
        (
            ConventionFacts(ConventionState.SENT, still_holds=True, moved_at=BEFORE),
            ("La convention est à signer par l’éditeur.", ObjetDAttente.CONVENTION_TO_SIGN),
        ),
    ],
)
def test_convention_says_what_it_waits_for(convention: ConventionFacts, wanted: tuple[str, ObjetDAttente]) -> None:
    sentence, objet = wanted
    owner = "editeur" if objet is ObjetDAttente.CONVENTION_TO_SIGN else "ans"

    assert told(replace(READY, convention=convention), Seuil.COLLEGE) == [(sentence, owner, objet, BEFORE)]


@pytest.mark.parametrize(
    ("volet_moved", "chapitre_moved", "since"),
    [(AT, BEFORE, AT), (BEFORE, AT, AT), (BEFORE, None, BEFORE), (None, None, None)],
)
def test_convention_is_to_prepare_since_the_last_thing_that_was_settled(
    volet_moved: datetime | None, chapitre_moved: datetime | None, since: datetime | None
) -> None:
    facts = replace(
        READY,
        convention=None,
        volets=(replace(READY.volets[0], moved_at=volet_moved),),
        chapitres=(replace(INS, moved_at=chapitre_moved),),
    )

    wanted = ("La convention n’est pas préparée.", "ans", ObjetDAttente.CONVENTION_TO_PREPARE, since)
    assert told(facts, Seuil.COLLEGE) == [wanted]


# -- what binds each blocage ------------------------------------------------------------------------------------------

SECOND = timedelta(seconds=1)
X = ExigenceDEcheance


def at_noon(
    day: int, *kinds: ExigenceDEcheance, chapitres: tuple[str, ...] = (), volets: tuple[str, ...] = ()
) -> Deadline:
    noon = datetime(2027, 6, day, 10, 0, tzinfo=UTC)
    return Deadline(f"Échéance {day}", "Objet", noon, "ce jour-là", exigences=Exigences(kinds, chapitres, volets))


# Each thing is asked of one of its kind first, and of all of them later.
FIRST_VOLET, EVERY_VOLET = at_noon(1, X.VOLETS_SOUMIS, volets=("eligibilite",)), at_noon(2, X.VOLETS_SOUMIS)
FIRST_CHAPITRE, EVERY_CHAPITRE = at_noon(3, X.CHAPITRES_SOUMIS, chapitres=("INS",)), at_noon(4, X.CHAPITRES_SOUMIS)
FIRST_RETURN, EVERY_RETURN = at_noon(6, X.RETOURS_REPONDUS, chapitres=("INS",)), at_noon(7, X.RETOURS_REPONDUS)
DEMANDES = at_noon(5, X.DEMANDES_AVANCEES)
ECHEANCES = (FIRST_VOLET, EVERY_VOLET, FIRST_CHAPITRE, EVERY_CHAPITRE, DEMANDES, FIRST_RETURN, EVERY_RETURN)
BOUND = replace(
    READY, echeances={f"e-{place}": deadline for place, deadline in enumerate(ECHEANCES)}, to_answer=timedelta(days=15)
)
ELIGIBILITE, ADMINISTRATIF = (
    VoletStanding("eligibilite", "Formulaire", "draft", None),
    VoletStanding("administratif", "Administratif", "draft", None),
)


def chapitres_that_are(standing: str) -> DossierFacts:
    first = ChapitreStanding("INS", "Identité", standing, was_submitted=standing != "open")
    return replace(BOUND, chapitres=(first, replace(first, code="DMP")))


def waiting_at(code: GateCode, *reasons: Reason) -> DossierFacts:
    return replace(BOUND, gates={**READY.gates, code: Gate(code, reasons, "La section")})


NOT_SENT = Reason("Pas encore.", Owner.EDITEUR)


@pytest.mark.parametrize(
    ("facts", "seuil", "wanted"),
    [
        (
            replace(BOUND, charte_accepted=False, volets=(ADMINISTRATIF, ELIGIBILITE)),
            Seuil.CONVENTION,
            [
                ("charte:", FIRST_VOLET),
                ("volet:administratif", EVERY_VOLET),
                ("volet:eligibilite", FIRST_VOLET),
            ],
        ),
        (
            replace(BOUND, charte_accepted=False, volets=(replace(ADMINISTRATIF, state="admitted"),)),
            Seuil.CONVENTION,
            [("charte:", EVERY_VOLET)],
        ),
        (
            replace(BOUND, volets=(replace(ELIGIBILITE, state="submitted"),)),
            Seuil.CONVENTION,
            [("volet:eligibilite", None)],
        ),
        (
            replace(BOUND, volets=(replace(ELIGIBILITE, state="complement_requested"),)),
            Seuil.CONVENTION,
            [("volet:eligibilite", None)],
        ),
        (
            chapitres_that_are("open"),
            Seuil.COMPLETUDE,
            [("chapitre:INS", FIRST_CHAPITRE), ("chapitre:DMP", EVERY_CHAPITRE)],
        ),
        (
            chapitres_that_are("open"),
            Seuil.CONVENTION,
            [("chapitre:INS", FIRST_CHAPITRE), ("chapitre:DMP", EVERY_CHAPITRE)],
        ),
        (
            chapitres_that_are("returned"),
            Seuil.CONVENTION,
            [("chapitre:INS", FIRST_RETURN), ("chapitre:DMP", EVERY_RETURN)],
        ),
        (chapitres_that_are("submitted"), Seuil.CONVENTION, [("chapitre:INS", None), ("chapitre:DMP", None)]),
        (waiting_at(GateCode.REPUTE_COMPLET, NOT_SENT), Seuil.COMPLETUDE, [("guichets:", DEMANDES)]),
        (waiting_at(GateCode.COLLEGE, NOT_SENT), Seuil.COLLEGE, [("guichets:", None)]),
    ],
)
def test_first_echeance_that_asks_it_binds_until_noon_sharp(
    facts: DossierFacts, seuil: Seuil, wanted: list[tuple[str, Deadline | None]]
) -> None:
    instants = [deadline.at + after for deadline in ECHEANCES for after in (timedelta(0), SECOND)]
    for at in instants:
        assert [
            (blocage.address, blocage.deadline, blocage.due_at, blocage.echeance, blocage.is_late)
            for blocage in blocages(facts, seuil=seuil, at=at)
        ] == [
            (address, deadline, deadline.at, deadline.nom, at > deadline.at)
            if deadline
            else (address, None, None, "", False)
            for address, deadline in wanted
        ]


def test_time_that_a_late_return_gave_binds_in_place_of_the_echeance() -> None:
    until = Deadline("Date de réponse", "Réponse", EVERY_RETURN.at + timedelta(days=9), "plus tard")
    facts = chapitres_that_are("returned")
    facts = replace(facts, chapitres=tuple(replace(chapitre, deadline=until) for chapitre in facts.chapitres or ()))

    for after, is_late in ((timedelta(0), False), (SECOND, True)):
        bound = blocages(facts, seuil=Seuil.CONVENTION, at=until.at + after)
        assert [(blocage.deadline, blocage.is_late) for blocage in bound] == [(until, is_late)] * 2


def test_capture_refused_after_the_echeance_is_late_once_the_time_to_answer_is_over() -> None:
    refused = RefusedCapture(DEMANDES.at, DEMANDES.at + SECOND)
    facts = waiting_at(GateCode.REPUTE_COMPLET, replace(NOT_SENT, refused=refused))
    until = refused.at + BOUND.to_answer

    for after, is_late in ((timedelta(0), False), (SECOND, True)):
        (bound,) = blocages(facts, seuil=Seuil.COMPLETUDE, at=until + after)
        assert (bound.due_at, bound.is_late) == (until, is_late)


def test_demande_of_the_ans_on_a_volet_names_its_own_day() -> None:
    day = AT + timedelta(days=4)
    volet = replace(ELIGIBILITE, state="complement_requested", answer_due_at=day)
    (asked,) = blocages(replace(BOUND, volets=(volet,)), seuil=Seuil.CONVENTION, at=AT)

    assert (asked.due_at, asked.deadline, asked.is_late) == (day, None, False)


@pytest.mark.parametrize("is_complete", [False, True])
def test_what_only_waits_for_its_submission_is_marked_complete(*, is_complete: bool) -> None:
    chapitre = ChapitreStanding("INS", "Identité", "open", was_submitted=False, is_complete=is_complete)
    facts = replace(BOUND, volets=(replace(ELIGIBILITE, is_complete=is_complete),), chapitres=(chapitre,))

    assert [blocage.is_complete for blocage in blocages(facts, seuil=Seuil.CONVENTION, at=AT)] == [is_complete] * 2
