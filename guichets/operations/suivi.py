"""Follows an answer of a desk or a confirmed capture: moves the demande, keeps its anomalies, tells people."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from candidatures.enums import CandidatureState
from candidatures.operations.telling import tell_the_agents, tell_the_team
from comptes import journal
from comptes.dates import day_in_words
from comptes.models import Compte
from guichets.enums import Act, AnomalieKind
from guichets.models import DemandeAuGuichet, Passage, Releve
from guichets.queries.demandes import believed, lost_grant_of
from guichets.rules.reconciliation import GOING_BACK, AnomalieFound, DeskAnswer, DeskReturn, Path, reconcile

from .anomalies import keep_anomalies
from .reponses import answer_preuves

# An answer that cannot be followed does not tell whether the desk grants again, so GRANT_LOST stays.
OF_AN_ANSWER = tuple(kind for kind in AnomalieKind if kind is not AnomalieKind.GRANT_LOST)


MOVED = ["state", "moved_at", "decided_date", "returned_at", "returned_from", "returned_reason"]


class Observation(Protocol):
    """What a desk was seen to say about a demande; the portal may not know its words."""

    @property
    def etape(self) -> str: ...
    @property
    def date_etape(self) -> date: ...
    @property
    def retour_prevu(self) -> date | None: ...
    @property
    def objet(self) -> str: ...
    @property
    def nil(self) -> str: ...
    @property
    def logiciel(self) -> str: ...
    @property
    def documents(self) -> Iterable[tuple[str, str]]: ...
    @property
    def pieces(self) -> Iterable[tuple[str, str]]: ...


def follow_observation(
    *, demande: DemandeAuGuichet, releve: Releve, answer: Observation, by: Compte | None, at: datetime
) -> Path | DeskReturn | AnomalieFound:
    """Follow what a desk was seen to say about a locked demande, or say why not; then answer its preuves.

    The source makes no difference: pulled over HTTP, or read by a person on the desk's pages. A return is followed once
    the desk says it twice in a row, or as soon as a person confirms it.

    :param by: the person who confirmed what was seen; None for a pull
    """
    read = DeskAnswer(demande.spec, answer.etape, answer.date_etape, answer.objet, answer.nil, answer.logiciel)
    outcome = reconcile(believed(demande), read, at=at)
    if isinstance(outcome, DeskReturn):
        if by is not None or _went_back_just_before(demande, releve):
            _go_back(demande, outcome, releve, answer, by=by, at=at)
            return outcome
        outcome = outcome.anomalie
    if isinstance(outcome, AnomalieFound):
        keep_anomalies(demande=demande, anomalies=[outcome], releve=releve, at=at, judged=OF_AN_ANSWER)
        return outcome
    _follow(demande, outcome, releve, answer, at)
    keep_anomalies(demande=demande, anomalies=_lost(demande), releve=releve, at=at)
    demande.save()
    answer_preuves(demande=demande, releve=releve, at=at)
    return outcome


def _hold(demande: DemandeAuGuichet, releve: Releve, answer: Observation) -> None:
    """Copy the details of a consistent answer to the demande, dated from its reading or its confirmation."""
    demande.etape_date, demande.retour_prevu = answer.date_etape, answer.retour_prevu
    demande.documents, demande.pieces = dict(answer.documents), dict(answer.pieces)
    demande.logiciel = answer.logiciel[:200] or demande.logiciel
    demande.confirmed_at, demande.source = releve.confirmed_at or releve.seen_at, releve.source
    demande.first_confirmed_at = demande.first_confirmed_at or demande.confirmed_at


def _went_back_just_before(demande: DemandeAuGuichet, releve: Releve) -> bool:
    """Whether the answer before this one already went back: any consistent one would have closed that anomaly."""
    return demande.anomalies.living().filter(kind__in=GOING_BACK).exclude(releve=releve).exists()


def _go_back(
    demande: DemandeAuGuichet,
    retour: DeskReturn,
    releve: Releve,
    answer: Observation,
    *,
    by: Compte | None,
    at: datetime,
) -> None:
    """Move a demande back to the stage that its desk says, and tell both sides."""
    former = demande.etape
    _hold(demande, releve, answer)
    demande.go_back(to=retour.etape, at=at, on=answer.date_etape, reason=retour.reason)
    demande.version += 1
    demande.save()
    number = demande.passages.count() + 1
    Passage.objects.create(
        demande=demande,
        number=number,
        etape=retour.etape,
        seen=True,
        etape_date=answer.date_etape,
        reason=retour.reason,
        releve=releve,
        passed_at=at,
    )
    keep_anomalies(demande=demande, anomalies=_lost(demande), releve=releve, at=at)
    journal.record(
        demande.candidature.chain,
        Act.ETAPE_RETURNED,
        on=demande.address,
        by=by,
        at=at,
        demande=demande.label,
        etape=demande.etape.label,
        avant=former.label,
        motif=retour.reason.rstrip("."),
        sha256=releve.sha256,
    )
    _tell_of_the_return(demande, str(number), at)


def _tell_of_the_return(demande: DemandeAuGuichet, occurrence: str, at: datetime) -> None:
    """Tell the éditeur's team, and the people of the ANS who follow the candidature."""
    kind, candidature = "guichets.etape_returned", demande.candidature
    tell_the_team(candidature=candidature, kind=kind, on=demande.address, occurrence=occurrence, at=at)
    tell_the_agents(candidature=candidature, kind=kind, on=demande.address, occurrence=occurrence, at=at)


def _lost(demande: DemandeAuGuichet) -> list[AnomalieFound]:
    """The lost grant, an anomaly until it is granted again: the solution may be référencée thanks to that grant."""
    lost = None if demande.is_granted else lost_grant_of(demande)
    if lost is None:
        return []
    sentence = f"{lost.reason} L’accord est perdu depuis le {day_in_words(lost.passed_at)}."
    return [AnomalieFound(AnomalieKind.GRANT_LOST, sentence)]


def _follow(demande: DemandeAuGuichet, path: Path, releve: Releve, answer: Observation, at: datetime) -> None:
    """Move a demande stage by stage to where the desk says, and announce the last stage."""
    _hold(demande, releve, answer)
    if not path.moves:
        return
    former = demande.passages.count()
    for rank, step in enumerate(path.steps, start=1):
        demande.move(to=step.etape, at=at, on=answer.date_etape)
        demande.save(update_fields=MOVED)
        Passage.objects.create(
            demande=demande,
            number=former + rank,
            etape=step.etape,
            seen=step.seen,
            etape_date=answer.date_etape if step.seen else None,
            releve=releve,
            passed_at=at,
        )
    demande.version += 1
    _announce(demande, releve, former + len(path.steps), at)


def _announce(demande: DemandeAuGuichet, releve: Releve, number: int, at: datetime) -> None:
    candidature = demande.candidature
    journal.record(
        candidature.chain,
        Act.ETAPE_REACHED,
        on=demande.address,
        by=None,
        at=at,
        demande=demande.label,
        etape=demande.etape.label,
        date=day_in_words(releve.date_etape),
        sha256=releve.sha256,
    )
    if candidature.state == CandidatureState.OPEN:
        tell_the_team(
            candidature=candidature,
            kind="guichets.etape_reached",
            on=demande.address,
            occurrence=str(number),
            at=at,
        )
