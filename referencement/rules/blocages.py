"""What is missing, and who must act: one function for every page, the collège and the mails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from candidatures.enums import ExigenceDEcheance, VoletState
from candidatures.rules.deadlines import Deadline, answering
from candidatures.rules.exigences import first_asking
from guichets.enums import GateCode, Owner
from guichets.rules.gates import RefusedCapture
from preuves.enums import ChapitreState
from referencement.enums import BlocageCode, ConventionState, ObjetDAttente, Seuil

from .facts import ChapitreStanding, DossierFacts, VoletStanding
from .fin import SENTENCES

# What is waited for at a desk, by the person who must act; for any other owner, it is the answer of the desk.
_AT_A_DESK = {Owner.EDITEUR: ObjetDAttente.DEMARCHE, Owner.ANS: ObjetDAttente.CAPTURE}
SETTLED = ("approved", "acquis", "sans_objet")
WITH_THE_ANS = (ChapitreState.SUBMITTED, ChapitreState.UNDER_REVIEW)
SIGNED = (ConventionState.SIGNED_BY_EDITEUR, ConventionState.COUNTERSIGNED)
# The section of the webinar of 26 May 2026 that states each condition.
SECTIONS = {
    BlocageCode.CLOSED: "présentation générale",
    BlocageCode.CHARTE: "phase 1 (dossier administratif)",
    BlocageCode.VOLET: "phase 1 (dossier administratif)",
    BlocageCode.REM: "phase 2 (dossier de preuves)",
    BlocageCode.CHAPITRE: "phase 2 (dossier de preuves)",
    BlocageCode.GUICHET: "phase 3 (convention et collège)",
    BlocageCode.CONVENTION: "phase 3 (convention et collège)",
}


@dataclass(frozen=True)
class Blocage:
    """One thing that keeps a candidature from a threshold.

    :param sentence: what is missing, in French
    :param owner: the person or desk who must act
    :param address: what it is about, such as `chapitre:INS`, from which the link is made
    :param section: of the webinar that states the condition
    :param echeance: the name of the échéance that it threatens; empty when there is none
    :param is_late: whether that échéance has passed
    :param since: when it came to its present state (aware); None when nobody has begun
    :param is_complete: nothing is left to write or deposit: only the submission is missing
    :param objet: what is waited for, as a list says it; None when nobody can lift the blocage
    :param deadline: what binds it: the first échéance that asks for it, or the time that a late return gave
    :param due_at: the instant of that deadline (aware), or the day that a demande named
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
    deadline: Deadline | None = None
    due_at: datetime | None = None


def blocages(facts: DossierFacts, *, seuil: Seuil, at: datetime) -> tuple[Blocage, ...]:
    """Return all that is missing to reach a threshold; empty when it is reached."""
    looked_at = {
        Seuil.COMPLETUDE: (_closed, _administrative, _unsubmitted, _repute_complet),
        Seuil.CONVENTION: (_closed, _administrative, _unsettled),
        Seuil.COLLEGE: (_closed, _administrative, _unsettled, _ungranted, _unsigned),
    }
    return tuple(blocage for look in looked_at[seuil] for blocage in look(facts, at))


def _closed(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    if not facts.is_open:
        sentence = SENTENCES[facts.fin.kind] if facts.fin else "La candidature est close."
        yield _blocage(BlocageCode.CLOSED, sentence, Owner.ANS, "candidature:")


def _administrative(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    if not facts.charte_accepted:
        firsts = [_first_for(facts, ExigenceDEcheance.VOLETS_SOUMIS, volet.kind) for volet in facts.volets]
        yield of_charte(min(filter(None, firsts), key=attrgetter("at"), default=None), at)
    for volet in facts.volets:
        if volet.state != VoletState.ADMITTED:
            yield of_volet(volet, _first_for(facts, ExigenceDEcheance.VOLETS_SOUMIS, volet.kind), at)


def _first_for(facts: DossierFacts, kind: ExigenceDEcheance, of: str) -> Deadline | None:
    """Return the first échéance that asks for this thing: it is the one that binds it."""
    return facts.echeances.get(first_asking(facts.echeances, kind, of))


def of_charte(deadline: Deadline | None, at: datetime) -> Blocage:
    """Say that the charte is not accepted: no volet can be handed over before it is."""
    sentence = "La charte de référencement n’est pas acceptée."
    blocage = _blocage(BlocageCode.CHARTE, sentence, Owner.EDITEUR, "charte:", deadline, at)
    return replace(blocage, objet=ObjetDAttente.CHARTE)


def of_volet(volet: VoletStanding, deadline: Deadline | None, at: datetime) -> Blocage:
    """Say what a volet that is not recevable waits for; an échéance binds its first submission alone."""
    by_state = {
        VoletState.DRAFT: ("n’est pas soumis", Owner.EDITEUR, ObjetDAttente.VOLET_TO_SUBMIT),
        VoletState.SUBMITTED: ("est soumis, l’ANS doit l’examiner", Owner.ANS, ObjetDAttente.VOLET_TO_READ),
        VoletState.COMPLEMENT_REQUESTED: (
            "est à compléter, à la demande de l’ANS",
            Owner.EDITEUR,
            ObjetDAttente.COMPLEMENT,
        ),
    }
    predicate, owner, objet = by_state[VoletState(volet.state)]
    binding = deadline if volet.state == VoletState.DRAFT else None
    sentence = f"{volet.label}\u00a0: ce volet {predicate}."
    blocage = _blocage(BlocageCode.VOLET, sentence, owner, f"volet:{volet.kind}", binding, at, since=volet.moved_at)
    return replace(blocage, is_complete=volet.is_complete, objet=objet, due_at=volet.answer_due_at or blocage.due_at)


def _unsubmitted(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    """Yield the chapitres that were never handed over; those that were need not be approved."""
    yield from _without_rem(facts)
    for chapitre in facts.chapitres or ():
        if never_submitted(chapitre):
            yield of_chapitre(chapitre, _binding(chapitre, facts), at)


def _unsettled(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    yield from _without_rem(facts)
    for chapitre in facts.chapitres or ():
        if chapitre.standing not in SETTLED:
            yield of_chapitre(chapitre, _binding(chapitre, facts), at)


def never_submitted(chapitre: ChapitreStanding) -> bool:
    """Say whether a chapitre asks for something, and was never handed over."""
    return chapitre.standing not in SETTLED and not chapitre.was_submitted


def _binding(chapitre: ChapitreStanding, facts: DossierFacts) -> Deadline | None:
    """Return what binds the next submission of a chapitre; None while the ANS reads it."""
    if chapitre.standing in WITH_THE_ANS:
        return None
    is_returned = chapitre.standing == ChapitreState.RETURNED
    kind = ExigenceDEcheance.RETOURS_REPONDUS if is_returned else ExigenceDEcheance.CHAPITRES_SOUMIS
    return chapitre.deadline or _first_for(facts, kind, chapitre.code)


def of_chapitre(chapitre: ChapitreStanding, deadline: Deadline | None, at: datetime) -> Blocage:
    """Say what a chapitre that is not settled waits for.

    :param deadline: what binds its submission; what the ANS asked late has more time than the échéance
    """
    if chapitre.standing in WITH_THE_ANS:
        predicate, owner, objet = "l’ANS doit examiner ce chapitre", Owner.ANS, ObjetDAttente.CHAPITRE_TO_READ
    elif chapitre.standing == ChapitreState.RETURNED:
        predicate, owner, objet = "ce chapitre est à corriger", Owner.EDITEUR, ObjetDAttente.CHAPITRE_TO_CORRECT
    else:
        predicate, owner, objet = "ce chapitre n’est pas soumis", Owner.EDITEUR, ObjetDAttente.CHAPITRE_TO_SUBMIT
    sentence, address = f"{chapitre.label}\u00a0: {predicate}.", f"chapitre:{chapitre.code}"
    blocage = _blocage(BlocageCode.CHAPITRE, sentence, owner, address, deadline, at, since=chapitre.moved_at)
    return replace(blocage, is_complete=chapitre.is_complete, objet=objet)


def _without_rem(facts: DossierFacts) -> Iterator[Blocage]:
    if facts.chapitres is None:
        sentence = "Le référentiel d’exigences et de preuves (REM) n’est pas encore publié."
        yield replace(_blocage(BlocageCode.REM, sentence, Owner.ANS, "dossier:"), objet=ObjetDAttente.REM)


def _repute_complet(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    deadline = facts.echeances.get(first_asking(facts.echeances, ExigenceDEcheance.DEMANDES_AVANCEES))
    yield from of_gate(facts, GateCode.REPUTE_COMPLET, deadline, at)


def _ungranted(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    yield from of_gate(facts, GateCode.COLLEGE)


def of_gate(
    facts: DossierFacts, code: GateCode, deadline: Deadline | None = None, at: datetime | None = None
) -> Iterator[Blocage]:
    """Yield what keeps a gate shut; a demande that the ANS refused late has more time than the échéance."""
    gate = facts.gates[code]
    for reason in gate.reasons:
        binding = after_a_refusal(reason.refused, deadline, facts.to_answer)
        blocage = _blocage(
            BlocageCode.GUICHET, reason.sentence, reason.owner, "guichets:", binding, at, since=reason.since
        )
        yield replace(blocage, section=gate.section, objet=_AT_A_DESK.get(reason.owner, ObjetDAttente.GUICHET))


def after_a_refusal(refused: RefusedCapture | None, deadline: Deadline | None, to_answer: timedelta) -> Deadline | None:
    """Return what binds a capture; one that was recorded in time and refused late has `to_answer` more to be redone."""
    if deadline is None or refused is None or not deadline.is_met(refused.recorded_at) or deadline.is_met(refused.at):
        return deadline
    return answering(refused.at, to_answer)


def _unsigned(facts: DossierFacts, at: datetime) -> Iterator[Blocage]:
    convention = facts.convention
    if convention is None:
        moves = [volet.moved_at for volet in facts.volets] + [chapitre.moved_at for chapitre in facts.chapitres or ()]
        yield _of_convention(
            "La convention n’est pas préparée.",
            ObjetDAttente.CONVENTION_TO_PREPARE,
            max((moment for moment in moves if moment), default=None),
        )
    elif not convention.still_holds:
        sentence = "Des informations citées par la convention ont changé : la convention est à préparer de nouveau."
        yield _of_convention(sentence, ObjetDAttente.CONVENTION_TO_PREPARE, convention.moved_at)
    elif convention.state == ConventionState.DRAFTED:
        sentence = "La convention n’est pas envoyée à la signature."
        yield _of_convention(sentence, ObjetDAttente.CONVENTION_TO_SEND, convention.moved_at)
    elif convention.state not in SIGNED:
        sentence = "La convention est à signer par l’éditeur."
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
