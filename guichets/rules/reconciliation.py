"""Compares what the portal holds with what a desk says: legal moves, a return, or an anomaly. Days are in Paris."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from comptes.dates import PARIS, day_in_words
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import AnomalieKind, Owner

OWNERS: Mapping[AnomalieKind, Owner] = {
    AnomalieKind.OTHER_SOFTWARE: Owner.EDITEUR,
    AnomalieKind.OTHER_OBJECT: Owner.EDITEUR,
    AnomalieKind.UNKNOWN_NUMBER: Owner.EDITEUR,
}

BACK = "elle reviendra à cette étape, et les suivantes seront de nouveau en attente"


@dataclass(frozen=True)
class Believed:
    """What the portal holds of one demande.

    :param etape_date: the desk's day for that stage; None before any answer
    :param objet: the téléservice, or the role
    :param nil: the declared NIL of the component; empty when unknown, as is `logiciel`
    :param captured_at: when the ANS confirmed the capture that gave this stage; None when the desk itself gave it
    """

    guichet: GuichetSpec
    etape: str
    etape_date: date | None = None
    objet: str = ""
    nil: str = ""
    logiciel: str = ""
    captured_at: datetime | None = None


@dataclass(frozen=True)
class DeskAnswer:
    """What the desk answered, in its own words."""

    guichet: GuichetSpec
    etape: str
    date_etape: date
    objet: str = ""
    nil: str = ""
    logiciel: str = ""


@dataclass(frozen=True)
class LegalMove:
    """One legal move; `seen` is false for a stage that the desk had already left when it was asked."""

    etape: str
    seen: bool


@dataclass(frozen=True)
class Path:
    """The moves that bring the demande to the stage that the desk says; without a step, it stays."""

    steps: tuple[LegalMove, ...] = ()

    @property
    def moves(self) -> bool:
        return bool(self.steps)


@dataclass(frozen=True)
class AnomalieFound:
    """Why the answer is not followed, in a French sentence."""

    kind: AnomalieKind
    sentence: str

    @property
    def owner(self) -> Owner:
        return OWNERS.get(self.kind, Owner.ANS)


@dataclass(frozen=True)
class DeskReturn:
    """The desk goes back. It is followed once the desk says it twice in a row, or a person confirms it.

    :param anomalie: the anomaly that is opened the first time
    :param reason: the French sentence kept with the demande once the return is followed
    """

    etape: str
    anomalie: AnomalieFound
    reason: str


GOING_BACK = (AnomalieKind.BACKWARDS, AnomalieKind.OUT_OF_REFUSED, AnomalieKind.CONTRADICTS_CAPTURE)


def reconcile(believed: Believed, answer: DeskAnswer, *, at: datetime) -> Path | DeskReturn | AnomalieFound:
    """Say which moves lead from what we hold to what the desk says, or why it cannot be followed.

    :param at: when the answer was received, aware
    """
    today = at.astimezone(PARIS).date()
    anomalie = next(_anomalies(believed, answer, today), None)
    if anomalie is not None:
        return anomalie
    steps = steps_between(believed.guichet, believed.etape, answer.etape)
    if steps is None:
        return _retour(believed, answer)
    return next(_of_an_older_day(believed, answer), None) or Path(steps)


def steps_between(guichet: GuichetSpec, start: str, end: str) -> tuple[LegalMove, ...] | None:
    """Return the shortest way forwards; only its last stage was seen. None when there is no way."""
    way = guichet.way(start, end)
    return None if way is None else tuple(LegalMove(etape, seen=etape == end) for etape in way)


def _anomalies(believed: Believed, answer: DeskAnswer, today: date) -> Iterator[AnomalieFound]:
    yield from _of_the_object(believed, answer)
    yield from _of_the_stage(answer)
    if answer.date_etape > today:
        sentence = (
            f"{answer.guichet.article} date l’étape « {_label(answer.guichet, answer.etape)} » du "
            f"{day_in_words(answer.date_etape)}, une date à venir."
        )
        yield AnomalieFound(AnomalieKind.FUTURE_DATE, sentence)


def _of_an_older_day(believed: Believed, answer: DeskAnswer) -> Iterator[AnomalieFound]:
    """A stage cannot be older than the one before it; this is not checked of a return."""
    if believed.etape_date and answer.date_etape < believed.etape_date:
        sentence = (
            f"{answer.guichet.article} date son étape du {day_in_words(answer.date_etape)}, avant la date déjà "
            f"connue du {day_in_words(believed.etape_date)}."
        )
        yield AnomalieFound(AnomalieKind.OLDER_DATE, sentence)


def _of_the_object(believed: Believed, answer: DeskAnswer) -> Iterator[AnomalieFound]:
    if believed.objet and answer.objet and _folded(believed.objet) != _folded(answer.objet):
        sentence = (
            f"Ce {answer.guichet.identifiant} est, pour {answer.guichet.article_inside}, celui de « {answer.objet} » "
            f"et non de « {believed.objet} »."
        )
        yield AnomalieFound(AnomalieKind.OTHER_OBJECT, sentence)
    if believed.nil and answer.nil:
        if _folded(believed.nil) != _folded(answer.nil):
            sentence = f"{answer.guichet.article} répond pour le NIL {answer.nil}, et non pour {believed.nil}."
            yield AnomalieFound(AnomalieKind.OTHER_SOFTWARE, sentence)
    elif believed.logiciel and answer.logiciel and _folded(believed.logiciel) != _folded(answer.logiciel):
        sentence = (
            f"{answer.guichet.article} répond pour le logiciel « {answer.logiciel} », "
            f"et non pour « {believed.logiciel} »."
        )
        yield AnomalieFound(AnomalieKind.OTHER_SOFTWARE, sentence)


def _of_the_stage(answer: DeskAnswer) -> Iterator[AnomalieFound]:
    if answer.etape not in answer.guichet.labels:
        sentence = f"{answer.guichet.article} affiche un statut inconnu du portail : « {answer.etape[:80]} »."
        yield AnomalieFound(AnomalieKind.UNKNOWN_STATUS, sentence)


def _retour(believed: Believed, answer: DeskAnswer) -> DeskReturn:
    guichet = answer.guichet
    new, old = _label(guichet, answer.etape), _label(guichet, believed.etape)
    what = f"{guichet.article} affiche « {new} » depuis le {day_in_words(answer.date_etape)}"
    if guichet.is_refused(believed.etape):
        kind, reason = AnomalieKind.OUT_OF_REFUSED, f"{what}, d’une demande qu’il avait refusée."
        then = "elle sera de nouveau suivie"
    elif believed.captured_at:
        day = day_in_words(believed.captured_at)
        reason = f"{what}, alors que la capture confirmée par l’ANS le {day} montre « {old} »."
        kind, then = AnomalieKind.CONTRADICTS_CAPTURE, BACK
    else:
        kind, reason = AnomalieKind.BACKWARDS, f"{what}, alors que la demande en était à « {old} »."
        then = BACK
    next_time = f"La demande ne change pas encore. Si cette réponse se répète, ou si l’ANS la confirme, {then}."
    return DeskReturn(answer.etape, AnomalieFound(kind, f"{reason} {next_time}"), reason)


def _label(guichet: GuichetSpec, etape: str) -> str:
    return guichet.labels.get(etape, etape)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
