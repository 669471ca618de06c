"""Whose turn it is, without a database: one rule for the banner, the card, the lists, the mails and the queues."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from candidatures.enums import Camp, VoletState
from candidatures.rules.deadlines import Deadline
from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import GateCode, Owner
from guichets.rules.gates import Gate, Reason
from referencement.enums import ConventionState, Cote, ExamenState, FinKind, ObjetDAttente
from referencement.rules.attribution import LatestExamen
from referencement.rules.facts import ChapitreStanding, ConventionFacts, DossierFacts, VoletStanding
from referencement.rules.fin import Fin
from referencement.rules.phrases import sentence_of
from referencement.rules.tour import MesureWaiting, TourFacts, tour
from tests.dates import ASKED

CNDA, EDC_PSC = spec_of_guichet("cnda").owner, spec_of_guichet("edc_psc").owner
AT = datetime(2027, 9, 1, 8, 0, tzinfo=UTC)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
ADMINISTRATIF = VoletStanding("administratif", "Candidature administrative", VoletState.ADMITTED, AT - 9 * DAY)
ELIGIBILITE = VoletStanding("eligibilite", "Formulaire d’éligibilité", VoletState.ADMITTED, AT - 8 * DAY)
APPROVED = ChapitreStanding("INS", "Identité", "approved", was_submitted=True, moved_at=AT - 5 * DAY)
SIGNED = ConventionFacts(ConventionState.SIGNED_BY_EDITEUR, still_holds=True, moved_at=AT - DAY)
DATES = {
    "date-1": Deadline("Date 1", "Objet", AT + 30 * DAY, "bientôt", exigences=ASKED["date-1"]),
    "date-2": Deadline("Date 2", "Objet", AT + 60 * DAY, "bientôt", exigences=ASKED["date-2"]),
    "date-3": Deadline("Date 3", "Objet", AT + 90 * DAY, "bientôt", exigences=ASKED["date-3"]),
}
READY = DossierFacts(
    is_open=True,
    charte_accepted=True,
    volets=(ADMINISTRATIF, ELIGIBILITE),
    chapitres=(APPROVED,),
    gates={code: Gate(code, (), "Zoom") for code in GateCode},
    convention=SIGNED,
    echeances=DATES,
)
WHOLE = TourFacts(READY)
REFUSED = Fin(FinKind.NOT_ATTRIBUTED, AT, "le collège")
REFERENCED = Fin(FinKind.REFERENCED, AT, "le collège")


def waited_for(dossier: DossierFacts = READY, **kwargs: object) -> dict[Cote, list[ObjetDAttente]]:
    whose = tour(replace(WHOLE, dossier=dossier, **kwargs), at=AT)  # type: ignore[arg-type]
    return {cote: [part.objet for part in whose.of(cote)] for cote in Cote if whose.of(cote)}


def volet(state: VoletState, **kwargs: object) -> DossierFacts:
    moved_at = None if state == VoletState.DRAFT else AT - DAY
    volet = replace(ELIGIBILITE, state=state, moved_at=moved_at, **kwargs)  # type: ignore[arg-type]
    return replace(READY, volets=(ADMINISTRATIF, volet))


def chapitre(standing: str, *, was_submitted: bool = True) -> DossierFacts:
    return replace(READY, chapitres=(replace(APPROVED, standing=standing, was_submitted=was_submitted),))


def at_the_desks(*owners: Owner) -> DossierFacts:
    gate = Gate(GateCode.COLLEGE, tuple(Reason(f"Il manque ceci ({owner}).", owner) for owner in owners), "Zoom")
    return replace(READY, gates={**READY.gates, GateCode.COLLEGE: gate})


def convention(state: ConventionState, *, still_holds: bool = True) -> DossierFacts:
    return replace(READY, convention=ConventionFacts(state, still_holds, AT - DAY))


OBJET = ObjetDAttente


@pytest.mark.parametrize(
    ("dossier", "wanted"),
    [
        (replace(READY, charte_accepted=False), {Cote.EDITEUR: [OBJET.CHARTE]}),
        (volet(VoletState.DRAFT), {Cote.EDITEUR: [OBJET.VOLET_TO_SUBMIT]}),
        (replace(volet(VoletState.DRAFT), charte_accepted=False), {Cote.EDITEUR: [OBJET.CHARTE]}),
        (volet(VoletState.SUBMITTED), {Cote.ANS: [OBJET.VOLET_TO_READ]}),
        (volet(VoletState.SUBMITTED, unjudged=2), {Cote.ANS: [OBJET.VOLET_TO_READ, OBJET.REFERENCES]}),
        (volet(VoletState.COMPLEMENT_REQUESTED), {Cote.EDITEUR: [OBJET.COMPLEMENT]}),
        (replace(READY, chapitres=None), {Cote.ANS: [OBJET.REM]}),
        (chapitre("open", was_submitted=False), {Cote.EDITEUR: [OBJET.CHAPITRE_TO_SUBMIT]}),
        (chapitre("submitted"), {Cote.ANS: [OBJET.CHAPITRE_TO_READ]}),
        (chapitre("under_review"), {Cote.ANS: [OBJET.CHAPITRE_TO_READ]}),
        (chapitre("returned"), {Cote.EDITEUR: [OBJET.CHAPITRE_TO_CORRECT]}),
        (at_the_desks(Owner.EDITEUR), {Cote.EDITEUR: [OBJET.DEMARCHE]}),
        (at_the_desks(Owner.ANS), {Cote.ANS: [OBJET.CAPTURE]}),
        (at_the_desks(CNDA), {Cote.GUICHET: [OBJET.GUICHET]}),
        (at_the_desks(EDC_PSC, CNDA), {Cote.GUICHET: [OBJET.GUICHET, OBJET.GUICHET]}),
        (replace(READY, convention=None), {Cote.ANS: [OBJET.CONVENTION_TO_PREPARE]}),
        (convention(ConventionState.DRAFTED), {Cote.ANS: [OBJET.CONVENTION_TO_SEND]}),
        (convention(ConventionState.SENT), {Cote.EDITEUR: [OBJET.CONVENTION_TO_SIGN]}),
        (convention(ConventionState.SENT, still_holds=False), {Cote.ANS: [OBJET.CONVENTION_TO_PREPARE]}),
        (READY, {Cote.ANS: [OBJET.AGENDA]}),
    ],
)
def test_each_thing_is_waited_for_from_one_side(dossier: DossierFacts, wanted: dict[Cote, list[ObjetDAttente]]) -> None:
    assert waited_for(dossier) == wanted


def test_nobody_prepares_a_convention_before_every_chapitre_is_approved() -> None:
    dossier = replace(chapitre("submitted"), convention=None)

    assert waited_for(dossier) == {Cote.ANS: [OBJET.CHAPITRE_TO_READ]}


def test_convention_is_prepared_while_a_desk_decides() -> None:
    dossier = replace(at_the_desks(CNDA), convention=None)

    assert waited_for(dossier) == {Cote.ANS: [OBJET.CONVENTION_TO_PREPARE], Cote.GUICHET: [OBJET.GUICHET]}


def test_nothing_of_the_preuves_nor_of_the_desks_before_the_eligibilite_is_handed_over() -> None:
    dossier = replace(at_the_desks(Owner.EDITEUR), volets=volet(VoletState.DRAFT).volets, chapitres=None)

    assert waited_for(dossier) == {Cote.EDITEUR: [OBJET.VOLET_TO_SUBMIT]}


@pytest.mark.parametrize(("after", "is_overdue"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_demande_that_is_overdue_is_the_ans_s_to_follow_too(after: timedelta, is_overdue: bool) -> None:
    dossier = volet(VoletState.COMPLEMENT_REQUESTED, answer_due_at=AT - after)
    theirs = {Cote.ANS: [OBJET.DEMANDE_OVERDUE]} if is_overdue else {}

    assert waited_for(dossier) == {Cote.EDITEUR: [OBJET.COMPLEMENT], **theirs}


@pytest.mark.parametrize("state", [ExamenState.LISTED, ExamenState.DECIDED])
def test_candidature_on_the_agenda_waits_for_the_seance(state: ExamenState) -> None:
    examen = LatestExamen(state, AT + DAY, None)

    assert waited_for(examen=examen) == {Cote.ANS: [OBJET.SEANCE]}
    assert waited_for(at_the_desks(CNDA), examen=examen) == {
        Cote.ANS: [OBJET.SEANCE],
        Cote.GUICHET: [OBJET.GUICHET],
    }


def test_postponed_examen_is_to_be_listed_again() -> None:
    assert waited_for(examen=LatestExamen(ExamenState.POSTPONED, AT - DAY, AT - DAY)) == {Cote.ANS: [OBJET.AGENDA]}


def test_message_and_derogation_wait_for_the_ans_beside_the_rest() -> None:
    assert waited_for(chapitre("returned"), message_at=AT - DAY, derogation_at=AT - 2 * DAY) == {
        Cote.EDITEUR: [OBJET.CHAPITRE_TO_CORRECT],
        Cote.ANS: [OBJET.DEROGATION, OBJET.MESSAGE],
    }


def test_nobody_is_waited_for_in_what_is_over() -> None:
    dossier = replace(chapitre("returned"), fin=REFUSED)

    assert waited_for(dossier, message_at=AT) == {}
    assert tour(TourFacts(dossier), at=AT).is_over


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (FinKind.FORECLOSED, {Cote.ANS: [OBJET.DEROGATION, OBJET.REEXAMEN]}),
        (FinKind.NOT_ATTRIBUTED, {Cote.ANS: [OBJET.DEROGATION, OBJET.REEXAMEN]}),
        (FinKind.WITHDRAWN, {}),
    ],
)
def test_ans_alone_is_waited_for_to_open_again_what_is_over(
    kind: FinKind, wanted: dict[Cote, list[ObjetDAttente]]
) -> None:
    facts = TourFacts(replace(READY, fin=Fin(kind, AT, "quelqu’un")), derogation_at=AT, reexamen_at=AT)
    whose = tour(facts, at=AT)

    assert whose.is_over
    assert {cote: [part.objet for part in whose.of(cote)] for cote in Cote if whose.of(cote)} == wanted


@pytest.mark.parametrize(
    ("mesure", "after", "cote"),
    [
        (MesureWaiting(AT, AT + DAY), DAY - SECOND, Cote.EDITEUR),
        (MesureWaiting(AT, AT + DAY), DAY, Cote.EDITEUR),
        (MesureWaiting(AT, AT + DAY), DAY + SECOND, Cote.ANS),
        (MesureWaiting(AT, AT + DAY, answered_at=AT + HOUR), HOUR, Cote.ANS),
        (MesureWaiting(AT), HOUR, Cote.ANS),
    ],
)
def test_mesure_is_answered_then_decided(mesure: MesureWaiting, after: timedelta, cote: Cote) -> None:
    dossier = replace(READY, fin=REFERENCED, convention=convention(ConventionState.COUNTERSIGNED).convention)
    (attente,) = tour(TourFacts(dossier, mesure=mesure), at=AT + after).attentes

    assert attente.cote is cote
    assert attente.due_at == (mesure.answer_until_at if cote is Cote.EDITEUR else None)
    assert not tour(TourFacts(replace(dossier, fin=REFERENCED)), at=AT).is_over


@pytest.mark.parametrize(("left", "over"), [(-1, True), (0, True), (1, False)])
def test_nothing_is_due_of_a_referencement_that_ended(left: int, over: bool) -> None:
    fin = replace(REFERENCED, ends_at=AT + timedelta(seconds=left))
    ended = TourFacts(replace(READY, fin=fin), message_at=AT - DAY)

    assert (tour(ended, at=AT).is_over, not tour(ended, at=AT).attentes) == (over, over)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (ConventionState.SIGNED_BY_EDITEUR, {Cote.ANS: [OBJET.CONVENTION_TO_COUNTERSIGN]}),
        (ConventionState.COUNTERSIGNED, {}),
    ],
)
def test_what_is_attributed_waits_for_a_countersignature_alone(
    state: ConventionState, wanted: dict[Cote, list[ObjetDAttente]]
) -> None:
    signed = ConventionFacts(state, still_holds=False, moved_at=AT)

    assert waited_for(replace(chapitre("returned"), convention=signed, fin=REFERENCED)) == wanted


def test_each_side_looks_first_at_what_is_missed_then_at_the_oldest() -> None:
    late = replace(APPROVED, code="LATE", standing="open", was_submitted=False, moved_at=None)
    old = replace(APPROVED, code="OLD", standing="returned", moved_at=AT - 3 * DAY)
    new = replace(APPROVED, code="NEW", standing="returned", moved_at=AT - 2 * DAY)
    dates = {**DATES, "date-2": replace(DATES["date-2"], at=AT - SECOND)}
    facts = replace(WHOLE, dossier=replace(READY, chapitres=(new, old, late), echeances=dates))

    assert [attente.address for attente in tour(facts, at=AT).attentes] == [
        "chapitre:LATE",
        "chapitre:OLD",
        "chapitre:NEW",
    ]
    assert tour(facts, at=AT).due_at == AT - SECOND


@pytest.mark.parametrize(("after", "is_missed"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_what_is_refused_after_its_echeance_is_missed_a_second_after_it(after: timedelta, is_missed: bool) -> None:
    dates = {**DATES, "date-2": replace(DATES["date-2"], at=AT - after)}
    dossier = replace(chapitre("open", was_submitted=False), echeances=dates)
    (attente,) = tour(replace(WHOLE, dossier=dossier), at=AT).attentes

    assert attente.is_missed(AT) is is_missed


def test_no_date_is_named_to_whom_it_does_not_bind() -> None:
    unbound = {code: replace(date, binds=False) for code, date in DATES.items()}
    (part,) = tour(
        replace(WHOLE, dossier=replace(chapitre("open", was_submitted=False), echeances=unbound)), at=AT
    ).attentes

    assert (part.echeance, part.due_at) == ("", None)


def test_each_reader_is_told_what_is_theirs_first() -> None:
    returned = replace(APPROVED, standing="returned", moved_at=AT - DAY)
    dossier = replace(
        READY, volets=volet(VoletState.SUBMITTED).volets, chapitres=(returned, replace(returned, code="B"))
    )
    whose = tour(replace(WHOLE, dossier=dossier), at=AT)

    assert [whose.first_for(reader).objet for reader in Camp] == [  # type: ignore[union-attr]
        OBJET.CHAPITRE_TO_CORRECT,
        OBJET.VOLET_TO_READ,
    ]
    assert [sentence_of(part, at=AT, reader=Camp.EDITEUR) for part in whose.parts()] == [
        "C’est à vous depuis 1 jour\u00a0: 2 chapitres sont à corriger",
        "C’est au tour de l’ANS depuis 1 jour\u00a0: un volet soumis est à lire",
    ]
    assert [sentence_of(part, at=AT, reader=Camp.ANS).partition(" depuis")[0] for part in whose.parts()] == [
        "C’est au tour de l’éditeur",
        "C’est à vous",
    ]


def test_things_of_several_kinds_are_counted_to_whoever_does_them_and_named_to_the_others() -> None:
    """What an éditeur does first is told by the next acts of its path alone."""
    returned = replace(APPROVED, standing="returned", moved_at=AT - DAY)
    chapitres = (returned, replace(APPROVED, code="B", standing="draft", moved_at=None))
    turn = tour(replace(WHOLE, dossier=replace(READY, chapitres=chapitres)), at=AT)

    (part,) = (part for part in turn.parts() if part.cote.value == Camp.EDITEUR.value)
    assert sentence_of(part, at=AT, reader=Camp.EDITEUR).endswith("\u00a0: 2 actions")
    assert sentence_of(part, at=AT, reader=Camp.ANS).endswith("un chapitre est à corriger, et 1 autre action")


def test_desk_is_waited_for_and_is_nobody_s_turn() -> None:
    (part,) = tour(replace(WHOLE, dossier=at_the_desks(CNDA, EDC_PSC, CNDA)), at=AT).parts()

    for reader in Camp:
        assert (
            sentence_of(part, at=AT, reader=reader)
            == "On attend le CNDA\u00a0: la réponse à une demande, et 2 autres demandes"
        )


def test_what_is_missed_says_its_date() -> None:
    dates = {**DATES, "date-1": replace(DATES["date-1"], at=AT - SECOND)}
    (part,) = tour(replace(WHOLE, dossier=replace(volet(VoletState.DRAFT), echeances=dates)), at=AT).parts()

    assert sentence_of(part, at=AT, reader=Camp.EDITEUR) == "Date 1 dépassée\u00a0: un volet est à soumettre"


def test_request_that_arrived_before_what_it_reads_counts_no_time() -> None:
    (part,) = tour(replace(WHOLE, dossier=volet(VoletState.SUBMITTED)), at=AT - 2 * DAY).parts()

    assert "depuis moins d’une minute" in sentence_of(part, at=AT - 2 * DAY, reader=Camp.ANS)
