"""Whose turn it is: what each side owes the other, and what is expected from another desk. One rule for every reader.

It is derived from the blocages before the collège. Only what can be done today is kept: nobody prepares a convention
before every chapitre is approved, nor deposits a preuve before the éligibilité is submitted. Messages, dérogations to
decide and the séance itself are added, since they are no blocages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from candidatures.enums import Camp, VoletKind, VoletState
from guichets.enums import Owner
from referencement.enums import BlocageCode, ConventionState, Cote, FinKind, ObjetDAttente, Seuil

from .attribution import ON_THE_AGENDA, LatestExamen
from .blocages import Blocage, blocages
from .facts import DossierFacts, VoletStanding
from .referencement import still_to_be_heard

COTES = {Owner.EDITEUR: Cote.EDITEUR, Owner.ANS: Cote.ANS}
# The blocages that must be lifted before a convention is prepared.
BEFORE_THE_CONVENTION = (BlocageCode.CHARTE, BlocageCode.VOLET, BlocageCode.REM, BlocageCode.CHAPITRE)
# The blocages that nobody can lift before the formulaire d’éligibilité is submitted.
AFTER_THE_ELIGIBILITE = (BlocageCode.REM, BlocageCode.CHAPITRE, BlocageCode.GUICHET)
# What can no longer be done once its échéance has passed.
REFUSED_LATE = (
    ObjetDAttente.CHARTE,
    ObjetDAttente.VOLET_TO_SUBMIT,
    ObjetDAttente.CHAPITRE_TO_SUBMIT,
    ObjetDAttente.CHAPITRE_TO_CORRECT,
)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MesureWaiting:
    """A mesure that is not decided; `answer_until_at` is None when it is not announced to the éditeur."""

    proposed_at: datetime
    answer_until_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True)
class TourFacts:
    """All that the turn of one candidature is derived from. All instants are aware.

    :param dossier: its facts. A candidature that is over waits for nobody, but for the ANS when it was asked to open
        it again
    :param message_at: when the éditeur first wrote since the last message of the ANS. What the ANS writes waits for
        nobody: when it expects something, it makes a demande, with its champs and its day
    :param derogation_at: when the oldest undecided dérogation was asked, whoever asked for it
    :param reexamen_at: when the new examen that is neither granted nor refused was proposed
    :param mesure: the mesure that is proposed on its référencement, and not decided
    """

    dossier: DossierFacts
    examen: LatestExamen | None = None
    message_at: datetime | None = None
    derogation_at: datetime | None = None
    reexamen_at: datetime | None = None
    mesure: MesureWaiting | None = None

    def is_over(self, at: datetime) -> bool:
        return self.dossier.fin is not None and self.dossier.fin.is_left(at)


@dataclass(frozen=True, slots=True)
class Attente:
    """One thing that is waited for.

    :param owner: the side or the desk that must act
    :param since: since when it is waited for (aware); None when nobody asked for it, and the éditeur sets the pace
    :param due_at: the instant of the échéance that it threatens (aware), or the day that a demande named
    :param echeance: the name of that échéance; empty for a demande
    :param address: what it is about, from which the link is made
    :param sentence: what it is, in French, when the page says more than the objet
    """

    cote: Cote
    objet: ObjetDAttente
    owner: Owner
    since: datetime | None = None
    due_at: datetime | None = None
    echeance: str = ""
    address: str = ""
    sentence: str = ""

    def is_missed(self, at: datetime) -> bool:
        """Say whether it can no longer be done, since its échéance has passed."""
        return self.objet in REFUSED_LATE and self.due_at is not None and self.due_at < at


@dataclass(frozen=True, slots=True)
class TurnPart:
    """What is waited for on one side, as a list says it: the first thing, the number of things, and their objets."""

    cote: Cote
    objet: ObjetDAttente
    owner: Owner
    since: datetime | None
    due_at: datetime | None
    echeance: str
    count: int
    objets: tuple[ObjetDAttente, ...]


@dataclass(frozen=True, slots=True)
class Tour:
    """Whose turn it is, and for what.

    :param attentes: in the order in which each side should look at them
    :param is_over: the candidature ended; only the ANS may still be waited for, to decide whether to open it again
    """

    attentes: tuple[Attente, ...]
    is_over: bool = False

    def of(self, cote: Cote) -> tuple[Attente, ...]:
        return tuple(attente for attente in self.attentes if attente.cote is cote)

    def first_for(self, reader: Camp) -> Attente | None:
        """Return what a reader is told first: what they must do, else what the other side, else a desk, must do."""
        return next((attentes[0] for attentes in map(self.of, order_for(reader)) if attentes), None)

    def parts(self) -> tuple[TurnPart, ...]:
        """Return one part for each side that owes something."""
        return tuple(_part(attentes) for attentes in map(self.of, Cote) if attentes)

    @property
    def due_at(self) -> datetime | None:
        """The nearest date among those of the attentes; None when none has a date."""
        return min((attente.due_at for attente in self.attentes if attente.due_at), default=None)


def order_for(reader: Camp) -> tuple[Cote, ...]:
    """Return the sides in the order in which they are shown to a reader: their own first."""
    own = Cote(reader.value)
    return (own, *(cote for cote in Cote if cote is not own))


def _part(attentes: tuple[Attente, ...]) -> TurnPart:
    first = attentes[0]
    objets = tuple(sorted({attente.objet for attente in attentes}))
    return TurnPart(
        first.cote, first.objet, first.owner, first.since, first.due_at, first.echeance, len(attentes), objets
    )


def tour(facts: TourFacts, *, at: datetime) -> Tour:
    """Say whose turn it is: what was missed first, then what was asked, the oldest first, then the rest."""
    return Tour(tuple(sorted(_attentes(facts, at), key=lambda attente: _rank(attente, at))), facts.is_over(at))


def _rank(attente: Attente, at: datetime) -> tuple[bool, bool, datetime]:
    return not attente.is_missed(at), attente.since is None, attente.since or LONG_AGO


def _attentes(facts: TourFacts, at: datetime) -> Iterator[Attente]:
    if facts.is_over(at):
        yield from _to_open_again(facts)
        return
    yield from _of_exchanges(facts)
    if facts.dossier.fin:
        yield from _after_the_attribution(facts, at)
        return
    missing = blocages(facts.dossier, seuil=Seuil.COLLEGE, at=at)
    yield from _of_blocages(missing, facts.dossier)
    for volet in facts.dossier.volets:
        yield from _of_volet(volet, at)
    yield from _of_the_college(facts, is_ready=not missing)


def _of_exchanges(facts: TourFacts) -> Iterator[Attente]:
    if facts.message_at:
        yield _by_ans(ObjetDAttente.MESSAGE, facts.message_at, "messages:")
    yield from _of_derogation(facts)


def _of_derogation(facts: TourFacts) -> Iterator[Attente]:
    if facts.derogation_at:
        yield _by_ans(ObjetDAttente.DEROGATION, facts.derogation_at, "derogations:")


def _to_open_again(facts: TourFacts) -> Iterator[Attente]:
    """Yield what the ANS was asked to open again; a candidature that its éditeur withdrew never is."""
    if facts.dossier.fin and facts.dossier.fin.kind != FinKind.WITHDRAWN:
        yield from _of_derogation(facts)
        if facts.reexamen_at:
            yield _by_ans(ObjetDAttente.REEXAMEN, facts.reexamen_at, "reexamen:")


def _of_mesure(mesure: MesureWaiting, at: datetime) -> Attente:
    """Say whose turn it is in a mesure: the éditeur's until it answered or its time is over, then the ANS's."""
    if still_to_be_heard(mesure, at=at):
        return Attente(
            Cote.EDITEUR,
            ObjetDAttente.MESURE_TO_ANSWER,
            Owner.EDITEUR,
            mesure.proposed_at,
            mesure.answer_until_at,
            address="mesure:",
        )
    since = mesure.answered_at or mesure.answer_until_at or mesure.proposed_at
    return _by_ans(ObjetDAttente.MESURE_TO_DECIDE, since, "mesure:")


def _after_the_attribution(facts: TourFacts, at: datetime) -> Iterator[Attente]:
    if facts.mesure:
        yield _of_mesure(facts.mesure, at)
    convention = facts.dossier.convention
    if convention and convention.state == ConventionState.SIGNED_BY_EDITEUR:
        yield _by_ans(ObjetDAttente.CONVENTION_TO_COUNTERSIGN, convention.moved_at, "convention:")


def _of_blocages(missing: tuple[Blocage, ...], dossier: DossierFacts) -> Iterator[Attente]:
    is_deposit_open = any(
        volet.kind == VoletKind.ELIGIBILITE and volet.state != VoletState.DRAFT for volet in dossier.volets
    )
    waits_for_convention = any(blocage.code in BEFORE_THE_CONVENTION for blocage in missing)
    for blocage in missing:
        if blocage.code in AFTER_THE_ELIGIBILITE and not is_deposit_open:
            continue
        if blocage.code == BlocageCode.CONVENTION and waits_for_convention:
            continue
        if blocage.objet is ObjetDAttente.VOLET_TO_SUBMIT and not dossier.charte_accepted:
            continue
        if blocage.objet is not None:
            yield _of_blocage(blocage, blocage.objet)


def _of_blocage(blocage: Blocage, objet: ObjetDAttente) -> Attente:
    return Attente(
        cote=COTES.get(blocage.owner, Cote.GUICHET),
        objet=objet,
        owner=blocage.owner,
        since=blocage.since,
        due_at=blocage.due_at,
        echeance=blocage.echeance,
        address=blocage.address,
        sentence=blocage.sentence,
    )


def _of_volet(volet: VoletStanding, at: datetime) -> Iterator[Attente]:
    """Yield what the ANS owes on a volet beside reading it."""
    address = f"volet:{volet.kind}"
    if volet.state == VoletState.SUBMITTED and volet.unjudged:
        yield _by_ans(ObjetDAttente.REFERENCES, volet.moved_at, address)
    due_at = volet.answer_due_at if volet.state == VoletState.COMPLEMENT_REQUESTED else None
    if due_at is not None and due_at < at:
        yield _by_ans(ObjetDAttente.DEMANDE_OVERDUE, due_at, address)


def _of_the_college(facts: TourFacts, *, is_ready: bool) -> Iterator[Attente]:
    examen, convention = facts.examen, facts.dossier.convention
    if examen and examen.state in ON_THE_AGENDA:
        yield replace(_by_ans(ObjetDAttente.SEANCE, None, "college:"), due_at=examen.held_at)
    elif is_ready:
        yield _by_ans(ObjetDAttente.AGENDA, convention.moved_at if convention else None, "college:")


def _by_ans(objet: ObjetDAttente, since: datetime | None, address: str) -> Attente:
    return Attente(Cote.ANS, objet, Owner.ANS, since, address=address)
