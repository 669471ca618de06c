"""What follows from what a desk was seen to say of a demande: its moves, forwards or back, and what is said of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from candidatures import permissions
from candidatures.enums import CandidatureState
from candidatures.operations.telling import tell_the_team
from comptes import journal, outbox
from comptes.dates import day_in_figures
from comptes.models import Compte
from guichets.enums import Act, AnomalieKind
from guichets.models import DemandeAuGuichet, Passage, Releve
from guichets.queries.demandes import believed, lost_grant_of
from guichets.rules.reconciliation import GOING_BACK, AnomalieFound, DeskAnswer, DeskReturn, Path, reconcile

from .anomalies import keep_anomalies
from .reponses import answer_preuves

# What an answer that cannot be followed tells nothing of: whether the desk grants again.
OF_AN_ANSWER = tuple(kind for kind in AnomalieKind if kind is not AnomalieKind.GRANT_LOST)


MOVED = ["state", "moved_at", "decided_date", "returned_at", "returned_from", "returned_reason"]


class Observation(Protocol):
    """What a desk was seen to say of a demande; its words may be unknown here."""

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
    """Follow what a desk was seen to say of a locked demande, or say why it cannot be; then answer its preuves.

    It is the same whatever its source: pulled over HTTP, or read by a person on the desk's pages. A desk that goes back
    is followed once it says so twice in a row, or as soon as a person answers for it.

    :param by: who confirmed what was seen; None of a pull, which the desk itself answers for
    """
    said = DeskAnswer(demande.spec, answer.etape, answer.date_etape, answer.objet, answer.nil, answer.logiciel)
    found = reconcile(believed(demande), said, at=at)
    if isinstance(found, DeskReturn):
        if by is not None or _went_back_just_before(demande, releve):
            _go_back(demande, found, releve, answer, by=by, at=at)
            return found
        found = found.found
    if isinstance(found, AnomalieFound):
        keep_anomalies(demande=demande, found=[found], releve=releve, at=at, judged=OF_AN_ANSWER)
        return found
    _follow(demande, found, releve, answer, at)
    keep_anomalies(demande=demande, found=_lost(demande), releve=releve, at=at)
    demande.save()
    answer_preuves(demande=demande, releve=releve, at=at)
    return found


def _hold(demande: DemandeAuGuichet, releve: Releve, answer: Observation) -> None:
    """Hold what the desk says of the stage that it says, as of when it was read there, or counted as such."""
    demande.etape_date, demande.retour_prevu = answer.date_etape, answer.retour_prevu
    demande.documents, demande.pieces = dict(answer.documents), dict(answer.pieces)
    demande.logiciel = answer.logiciel[:200] or demande.logiciel
    demande.confirmed_at, demande.source = releve.confirmed_at or releve.seen_at, releve.source
    demande.first_confirmed_at = demande.first_confirmed_at or demande.confirmed_at


def _went_back_just_before(demande: DemandeAuGuichet, releve: Releve) -> bool:
    """Whether the answer before this one already went back: any other would have closed that anomaly."""
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
    """Take a demande back where its desk says, shut what it opened, and tell both sides."""
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
    keep_anomalies(demande=demande, found=_lost(demande), releve=releve, at=at)
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
    """Tell the éditeur's team, and who follows the candidature at the ANS."""
    kind, candidature = "guichets.etape_returned", demande.candidature
    tell_the_team(candidature=candidature, kind=kind, on=demande.address, occurrence=occurrence, at=at)
    for compte in permissions.people_of_the_ans(candidature):
        outbox.post(kind, on=demande.address, to=compte, occurrence=occurrence, at=at)


def _lost(demande: DemandeAuGuichet) -> list[AnomalieFound]:
    """What stays on the board until it is granted again; a solution may be référencée on what it lost."""
    lost = None if demande.is_granted else lost_grant_of(demande)
    if lost is None:
        return []
    sentence = f"{lost.reason} L’accord est perdu depuis le {day_in_figures(lost.passed_at)}."
    return [AnomalieFound(AnomalieKind.GRANT_LOST, sentence)]


def _follow(demande: DemandeAuGuichet, path: Path, releve: Releve, answer: Observation, at: datetime) -> None:
    """Walk a path stage by stage, and hold what the desk says of the last."""
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
        date=f"{day_in_figures(releve.date_etape)}",
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
