"""What the portal believes, what a desk says: a path of legal moves, or an anomaly. A desk’s days are in Paris."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from comptes.dates import PARIS, day_in_figures
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import AnomalieKind, Owner

OWNERS: Mapping[AnomalieKind, Owner] = {
    AnomalieKind.OTHER_SOFTWARE: Owner.EDITEUR,
    AnomalieKind.OTHER_OBJECT: Owner.EDITEUR,
    AnomalieKind.UNKNOWN_NUMBER: Owner.EDITEUR,
}


@dataclass(frozen=True)
class Believed:
    """What the portal holds of one demande.

    :param etape_date: the desk's day for that stage; None before it ever answered
    :param objet: the téléservice, or the role
    :param nil: of the component, as declared; empty when unknown, as is `logiciel`
    :param captured_at: when the ANS confirmed the capture that this stage rests on; None when its desk said so
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
    """Where the demande goes from where it is; without a step, it stays."""

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
    """The desk goes back: nothing moves at first sight; said twice in a row, or confirmed by a person, it is followed.

    :param found: what is said of it at first sight
    :param reason: what is kept of it once it is followed
    """

    etape: str
    found: AnomalieFound
    reason: str


GOING_BACK = (AnomalieKind.BACKWARDS, AnomalieKind.OUT_OF_REFUSED, AnomalieKind.CONTRADICTS_CAPTURE)


def reconcile(believed: Believed, said: DeskAnswer, *, at: datetime) -> Path | DeskReturn | AnomalieFound:
    """Say where what the desk says leads from what we believe, or why it cannot be followed.

    :param at: when the answer was received, aware
    """
    today = at.astimezone(PARIS).date()
    found = next(_anomalies(believed, said, today), None)
    if found is not None:
        return found
    steps = steps_between(believed.guichet, believed.etape, said.etape)
    if steps is None:
        return _retour(believed, said)
    return next(_of_an_older_day(believed, said), None) or Path(steps)


def steps_between(guichet: GuichetSpec, start: str, end: str) -> tuple[LegalMove, ...] | None:
    """Return the shortest way along moves forwards, its last stage alone seen; None when there is none."""
    way = guichet.way(start, end)
    return None if way is None else tuple(LegalMove(etape, seen=etape == end) for etape in way)


def _anomalies(believed: Believed, said: DeskAnswer, today: date) -> Iterator[AnomalieFound]:
    yield from _of_the_object(believed, said)
    yield from _of_the_stage(said)
    if said.date_etape > today:
        sentence = (
            f"{said.guichet.article} date l’étape « {_label(said.guichet, said.etape)} » du "
            f"{day_in_figures(said.date_etape)}, qui n’est pas encore venu."
        )
        yield AnomalieFound(AnomalieKind.FUTURE_DATE, sentence)


def _of_an_older_day(believed: Believed, said: DeskAnswer) -> Iterator[AnomalieFound]:
    """A stage is not older than the one before it; a stage that the desk goes back to may be."""
    if believed.etape_date and said.date_etape < believed.etape_date:
        sentence = (
            f"{said.guichet.article} date son étape du {day_in_figures(said.date_etape)}, avant celle que le "
            f"portail tient déjà du {day_in_figures(believed.etape_date)}."
        )
        yield AnomalieFound(AnomalieKind.OLDER_DATE, sentence)


def _of_the_object(believed: Believed, said: DeskAnswer) -> Iterator[AnomalieFound]:
    if believed.objet and said.objet and _folded(believed.objet) != _folded(said.objet):
        sentence = (
            f"Ce {said.guichet.identifiant} est, pour {said.guichet.article_inside}, celui de « {said.objet} » "
            f"et non de « {believed.objet} »."
        )
        yield AnomalieFound(AnomalieKind.OTHER_OBJECT, sentence)
    if believed.nil and said.nil:
        if _folded(believed.nil) != _folded(said.nil):
            sentence = f"{said.guichet.article} répond pour le NIL {said.nil}, et non pour {believed.nil}."
            yield AnomalieFound(AnomalieKind.OTHER_SOFTWARE, sentence)
    elif believed.logiciel and said.logiciel and _folded(believed.logiciel) != _folded(said.logiciel):
        sentence = (
            f"{said.guichet.article} répond pour le logiciel « {said.logiciel} », et non pour « {believed.logiciel} »."
        )
        yield AnomalieFound(AnomalieKind.OTHER_SOFTWARE, sentence)


def _of_the_stage(said: DeskAnswer) -> Iterator[AnomalieFound]:
    if said.etape not in said.guichet.labels:
        sentence = f"{said.guichet.article} donne un statut que le portail ne connaît pas : « {said.etape[:80]} »."
        yield AnomalieFound(AnomalieKind.UNKNOWN_STATUS, sentence)


def _retour(believed: Believed, said: DeskAnswer) -> DeskReturn:
    guichet = said.guichet
    new, old = _label(guichet, said.etape), _label(guichet, believed.etape)
    what = f"{guichet.article} dit « {new} » depuis le {day_in_figures(said.date_etape)}"
    if guichet.is_refused(believed.etape):
        kind, reason = AnomalieKind.OUT_OF_REFUSED, f"{what}, d’une demande qu’il avait refusée."
        then = "elle sera de nouveau suivie"
    elif believed.captured_at:
        day = f"{day_in_figures(believed.captured_at)}"
        reason = f"{what}, alors que la capture confirmée par l’ANS le {day} montre « {old} »."
        kind, then = AnomalieKind.CONTRADICTS_CAPTURE, "elle y reviendra, et ce qu’elle ouvrait se refermera"
    else:
        kind, reason = AnomalieKind.BACKWARDS, f"{what}, alors que la demande en était à « {old} »."
        then = "elle y reviendra, et ce qu’elle ouvrait se refermera"
    next_time = f"Vue une fois, rien ne bouge ; redite au prochain relevé, ou confirmée par l’ANS, {then}."
    return DeskReturn(said.etape, AnomalieFound(kind, f"{reason} {next_time}"), reason)


def _label(guichet: GuichetSpec, etape: str) -> str:
    return guichet.labels.get(etape, etape)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
