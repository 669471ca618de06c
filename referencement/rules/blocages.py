"""What is missing, and whose move it is: one function for the pages of everybody, the collège and the mails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from candidatures.enums import VoletState
from candidatures.rules.deadlines import Deadline, answering
from guichets.enums import GateCode, Owner
from guichets.rules.gates import Gate, Refused
from preuves.enums import ChapitreState
from referencement.enums import BlocageCode, ConventionState, ObjetDAttente, Seuil

from .fin import SENTENCES, Fin

# What is waited for at a desk, by who must act; of anybody else, their answer.
_AT_A_DESK = {Owner.EDITEUR: ObjetDAttente.DEMARCHE, Owner.ANS: ObjetDAttente.CAPTURE}
SETTLED = ("approved", "acquis", "sans_objet")
WITH_THE_ANS = (ChapitreState.SUBMITTED, ChapitreState.UNDER_REVIEW)
SIGNED = (ConventionState.SIGNED_BY_EDITEUR, ConventionState.COUNTERSIGNED)
DATE_1, DATE_2, DATE_3 = "date-1", "date-2", "date-3"
# The sections of the webinar of 26 May 2026 in which each condition is said.
SECTIONS = {
    BlocageCode.CLOSED: "Présentation du parcours de référencement Ségur",
    BlocageCode.CHARTE: "Zoom sur la phase 1 du parcours de référencement",
    BlocageCode.VOLET: "Zoom sur la phase 1 du parcours de référencement",
    BlocageCode.REM: "Zoom sur la phase 2 du parcours de référencement",
    BlocageCode.CHAPITRE: "Zoom sur la phase 2 du parcours de référencement",
    BlocageCode.GUICHET: "Zoom sur la phase 3 du parcours de référencement",
    BlocageCode.CONVENTION: "Zoom sur la phase 3 du parcours de référencement",
}


@dataclass(frozen=True)
class VoletFacts:
    """One volet.

    :param moved_at: when it was brought where it is; None for a draft
    :param is_complete: all is answered, and it was never submitted
    :param answer_due_at: the day that the demande which waits for an answer named
    :param first_submitted_at: when it was handed over first
    :param unjudged: how many earlier references the ANS said nothing of, once it was submitted
    """

    kind: str
    label: str
    state: str
    moved_at: datetime | None
    is_complete: bool = False
    answer_due_at: datetime | None = None
    unjudged: int = 0
    first_submitted_at: datetime | None = None


@dataclass(frozen=True)
class ChapitreFacts:
    """One chapitre that concerns the solution.

    :param standing: `acquis`, or the state of its machine
    :param was_submitted: whether it was handed over at least once, and not taken back
    :param is_complete: all is deposited, and what is deposited is not handed over
    :param first_submitted_at: when it was handed over first, and `submitted_at` last
    :param deadline: what binds its next submission, when it is not the Date that does
    """

    code: str
    label: str
    standing: str
    was_submitted: bool
    moved_at: datetime | None = None
    is_complete: bool = False
    first_submitted_at: datetime | None = None
    submitted_at: datetime | None = None
    deadline: Deadline | None = None


@dataclass(frozen=True)
class ConventionFacts:
    """The living convention. `still_holds`: what it quotes is still true. `moved_at`: when it came to its state."""

    state: str
    still_holds: bool
    moved_at: datetime


@dataclass(frozen=True)
class DossierFacts:
    """All that the blocages of one candidature follow from.

    :param chapitres: None while the dispositif has no REM
    :param convention: the living one; None while nobody prepared it
    :param fin: how it ended; None while it goes on
    :param to_answer: how long there is to answer what the ANS asks once an échéance is over
    """

    is_open: bool
    charte_accepted: bool
    volets: tuple[VoletFacts, ...]
    chapitres: tuple[ChapitreFacts, ...] | None
    gates: Mapping[GateCode, Gate]
    convention: ConventionFacts | None
    echeances: Mapping[str, Deadline]
    fin: Fin | None = None
    to_answer: timedelta = timedelta(0)


@dataclass(frozen=True)
class Blocage:
    """One thing that keeps a candidature from a threshold.

    :param sentence: in French
    :param owner: who must act
    :param address: of what it is about, `chapitre:INS`: the link to follow
    :param echeance: the one that it threatens, with what is left of it at `at`; empty when none does
    :param is_late: whether that échéance is over
    :param since: when it came to stand so; None when nobody moved anything yet
    :param section: of the webinar
    :param is_complete: nothing is left to write or deposit: only the submission is missing
    :param objet: what is waited for, as a list says it; None when nobody can lift it
    :param date: the code of the Date that asks for it, `date-2`; empty when none does
    :param deadline: the instant that binds it: that Date, or what was given after a late return
    :param due_at: when that is over; or the day that a demande named
    """

    code: BlocageCode
    sentence: str
    owner: Owner
    address: str
    section: str
    echeance: str = ""
    is_late: bool = False
    since: datetime | None = None
    is_complete: bool = False
    objet: ObjetDAttente | None = None
    date: str = ""
    deadline: Deadline | None = None
    due_at: datetime | None = None


def blocages(facts: DossierFacts, *, seuil: Seuil, at: datetime) -> tuple[Blocage, ...]:
    """Say all that is missing to reach a threshold; nothing when it is reached."""
    looked_at = {
        Seuil.COMPLETUDE: (_closed, _administrative, _unsubmitted, _repute_complet),
        Seuil.CONVENTION: (_closed, _administrative, _unsettled),
        Seuil.COLLEGE: (_closed, _administrative, _unsettled, _ungranted, _unsigned),
    }
    return tuple(one for look in looked_at[seuil] for one in look(facts, at))


def _closed(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    if not facts.is_open:
        sentence = SENTENCES[facts.fin.kind] if facts.fin else "La candidature est close."
        yield _blocage(BlocageCode.CLOSED, sentence, Owner.ANS, "candidature:")


def _administrative(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    if not facts.charte_accepted:
        sentence = "La charte de référencement n’est pas acceptée."
        deadline = facts.echeances.get(DATE_1)
        one = _blocage(BlocageCode.CHARTE, sentence, Owner.EDITEUR, "charte:", deadline, at)
        yield replace(one, objet=ObjetDAttente.CHARTE, date=DATE_1)
    for volet in facts.volets:
        if volet.state != VoletState.ADMITTED:
            yield _of_volet(volet, facts.echeances.get(DATE_1), at)


def _of_volet(volet: VoletFacts, deadline: Deadline | None, at: datetime) -> Blocage:
    said = {
        VoletState.DRAFT: ("n’est pas soumis", Owner.EDITEUR, ObjetDAttente.VOLET_TO_SUBMIT),
        VoletState.SUBMITTED: ("attend que l’ANS se prononce", Owner.ANS, ObjetDAttente.VOLET_TO_READ),
        VoletState.COMPLEMENT_REQUESTED: ("attend un complément", Owner.EDITEUR, ObjetDAttente.COMPLEMENT),
    }
    words, owner, objet = said[VoletState(volet.state)]
    binding = deadline if volet.state == VoletState.DRAFT else None
    sentence = f"{volet.label}\u00a0: ce volet {words}."
    one = _blocage(BlocageCode.VOLET, sentence, owner, f"volet:{volet.kind}", binding, at, since=volet.moved_at)
    date = DATE_1 if volet.state == VoletState.DRAFT else ""
    due_at = volet.answer_due_at or one.due_at
    return replace(one, is_complete=volet.is_complete, objet=objet, date=date, due_at=due_at)


def _unsubmitted(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    """Date 2 asks that every chapitre was handed over, not that it was approved."""
    yield from _without_rem(facts)
    for one in facts.chapitres or ():
        if one.standing not in SETTLED and not one.was_submitted:
            yield _never_submitted(one, facts, at)


def _never_submitted(one: ChapitreFacts, facts: DossierFacts, at: datetime) -> Blocage:
    sentence = f"{one.label}\u00a0: ce chapitre n’est pas soumis."
    return _of_chapitre(one, sentence, ObjetDAttente.CHAPITRE_TO_SUBMIT, facts.echeances, at, date=DATE_2)


def _unsettled(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    yield from _without_rem(facts)
    for one in facts.chapitres or ():
        if one.standing in WITH_THE_ANS:
            sentence = f"{one.label}\u00a0: l’ANS examine ce chapitre."
            yield _of_chapitre(one, sentence, ObjetDAttente.CHAPITRE_TO_READ, facts.echeances, at)
        elif one.standing == ChapitreState.RETURNED:
            sentence = f"{one.label}\u00a0: ce chapitre est à corriger."
            yield _of_chapitre(one, sentence, ObjetDAttente.CHAPITRE_TO_CORRECT, facts.echeances, at, date=DATE_3)
        elif one.standing not in SETTLED:
            yield _never_submitted(one, facts, at)


def _of_chapitre(
    one: ChapitreFacts,
    sentence: str,
    objet: ObjetDAttente,
    echeances: Mapping[str, Deadline],
    at: datetime,
    *,
    date: str = "",
) -> Blocage:
    """`date`: the code of the Date that asks for it; what the ANS asked late has more time than that."""
    owner = Owner.EDITEUR if date else Owner.ANS
    deadline = (one.deadline or echeances.get(date)) if date else None
    found = _blocage(BlocageCode.CHAPITRE, sentence, owner, f"chapitre:{one.code}", deadline, at, since=one.moved_at)
    return replace(found, is_complete=one.is_complete, objet=objet, date=date)


def _without_rem(facts: DossierFacts) -> Iterator[Blocage]:
    if facts.chapitres is None:
        sentence = "Le référentiel d’exigences n’est pas encore publié."
        yield replace(_blocage(BlocageCode.REM, sentence, Owner.ANS, "dossier:"), objet=ObjetDAttente.REM)


def _repute_complet(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    for one in _of_gate(facts, GateCode.REPUTE_COMPLET, facts.echeances.get(DATE_2), at):
        yield replace(one, date=DATE_2)


def _ungranted(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    yield from _of_gate(facts, GateCode.COLLEGE, None, at)


def _of_gate(facts: DossierFacts, code: GateCode, deadline: Deadline | None, at: datetime) -> Iterator[Blocage]:
    gate = facts.gates[code]
    for reason in gate.reasons:
        binding = after_a_refusal(reason.refused, deadline, facts.to_answer)
        one = _blocage(BlocageCode.GUICHET, reason.sentence, reason.owner, "guichets:", binding, at, since=reason.since)
        yield replace(one, section=gate.section, objet=_AT_A_DESK.get(reason.owner, ObjetDAttente.GUICHET))


def after_a_refusal(refused: Refused | None, deadline: Deadline | None, to_answer: timedelta) -> Deadline | None:
    """What was recorded in time, and refused once the échéance was over, may be recorded again for some days."""
    if deadline is None or refused is None or not deadline.is_met(refused.recorded_at) or deadline.is_met(refused.at):
        return deadline
    return answering(refused.at, to_answer)


def _unsigned(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    convention = facts.convention
    if convention is None:
        moves = [one.moved_at for one in facts.volets] + [one.moved_at for one in facts.chapitres or ()]
        yield _of_convention(
            "La convention n’est pas préparée.",
            ObjetDAttente.CONVENTION_TO_PREPARE,
            max((one for one in moves if one), default=None),
        )
    elif not convention.still_holds:
        sentence = "Ce que cite la convention a changé depuis sa préparation\u00a0: elle est à préparer de nouveau."
        yield _of_convention(sentence, ObjetDAttente.CONVENTION_TO_PREPARE, convention.moved_at)
    elif convention.state == ConventionState.DRAFTED:
        sentence = "La convention n’est pas envoyée à la signature."
        yield _of_convention(sentence, ObjetDAttente.CONVENTION_TO_SEND, convention.moved_at)
    elif convention.state not in SIGNED:
        sentence = "La convention attend la signature de l’éditeur."
        yield _of_convention(sentence, ObjetDAttente.CONVENTION_TO_SIGN, convention.moved_at)


def _of_convention(sentence: str, objet: ObjetDAttente, since: datetime | None) -> Blocage:
    owner = Owner.EDITEUR if objet is ObjetDAttente.CONVENTION_TO_SIGN else Owner.ANS
    return replace(_blocage(BlocageCode.CONVENTION, sentence, owner, "convention:", since=since), objet=objet)


def _blocage(
    code: BlocageCode,
    sentence: str,
    owner: Owner,
    address: str,
    deadline: Deadline | None = None,
    at: datetime | None = None,
    *,
    since: datetime | None = None,
) -> Blocage:
    late = deadline is not None and at is not None and not deadline.is_met(at)
    echeance = deadline.nom if deadline and deadline.binds else ""
    binding = deadline if deadline and deadline.binds else None
    due_at = binding.at if binding else None
    return Blocage(
        code, sentence, owner, address, SECTIONS[code], echeance, late, since, deadline=binding, due_at=due_at
    )
