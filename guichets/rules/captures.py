"""Whether a capture may be recorded, confirmed or refused; the reasons are French sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from guichets.catalogue.specs import GuichetSpec
from guichets.enums import CaptureState
from guichets.rules.reconciliation import Believed

FURTHEST_RETURN = timedelta(days=3 * 366)
OLDEST_STAGE = timedelta(days=10 * 366)
PDF = "application/pdf"
# The message for each field that the file of a desk requires and that was left empty.
MISSING = {
    "logiciel": "Recopiez le nom du logiciel affiché sur la capture.",
    "nil": "Recopiez le NIL affiché sur la capture.",
    "etape": "Choisissez l’étape affichée sur la capture.",
    "date_etape": "Indiquez depuis quand la demande est à cette étape.",
    "retour_prevu": "Recopiez la date de retour prévue affichée sur la capture.",
}
NOT_A_PDF = "Pour une décision favorable, joignez l’attestation ou la lettre du guichet, en PDF."


@dataclass(frozen=True)
class Shown:
    """What a person read in a desk's space.

    :param nil: the NIL of the software shown, where the desk gives one
    :param numero: the number of the document that the desk handed over with its decision
    """

    etape: str
    date_etape: date | None
    logiciel: str = ""
    retour_prevu: date | None = None
    nil: str = ""
    numero: str = ""


def faults_of_capture(shown: Shown, believed: Believed, *, content_type: str, on: date) -> dict[str, str]:
    """Say what is wrong with what was read in a desk's space, by name of field; empty when it can be kept.

    :param believed: what the portal holds of the demande, with the NIL of its component when it is known
    :param content_type: the type of the file, read from its content; empty when there is no valid file
    :param on: the civil day, in Paris
    """
    guichet = believed.guichet
    wrong = dict([*_of_the_software(shown, believed), *_of_the_stage(shown, guichet, content_type, on)])
    return {**_missing(shown, guichet), **wrong}


def _missing(shown: Shown, guichet: GuichetSpec) -> dict[str, str]:
    """Say which fields the file of the desk requires and were left empty."""
    empty = [field for field in MISSING if field in guichet.capture and _is_empty(shown, field)]
    return {field: MISSING[field] for field in empty}


def _is_empty(shown: Shown, field: str) -> bool:
    value = getattr(shown, field)
    return not (value.strip() if isinstance(value, str) else value)


def _of_the_software(shown: Shown, believed: Believed) -> Iterator[tuple[str, str]]:
    if shown.nil and believed.nil:
        if not are_alike(shown.nil, believed.nil):
            yield "nil", f"Cette capture montre un autre logiciel : le NIL déclaré est {believed.nil}."
    elif shown.logiciel.strip() and believed.logiciel and not are_alike(shown.logiciel, believed.logiciel):
        yield "logiciel", f"Cette capture montre un autre logiciel que celui de la demande : « {believed.logiciel} »."


def are_alike(left: str, right: str) -> bool:
    """Whether two names differ by their capitals and spaces alone."""
    return left.casefold().split() == right.casefold().split()


def _of_the_stage(shown: Shown, guichet: GuichetSpec, content_type: str, on: date) -> Iterator[tuple[str, str]]:
    if shown.etape not in guichet.labels:
        yield "etape", MISSING["etape"]
    if guichet.is_granted(shown.etape) and content_type and content_type != PDF:
        yield "capture", NOT_A_PDF
    if shown.date_etape and shown.date_etape > on:
        yield "date_etape", "Cette date est à venir. Indiquez la date de l’étape affichée sur la capture."
    elif shown.date_etape and shown.date_etape < on - OLDEST_STAGE:
        yield "date_etape", "Cette date a plus de dix ans : vérifiez l’année."
    yield from _of_the_return(shown, guichet, on)


def _of_the_return(shown: Shown, guichet: GuichetSpec, on: date) -> Iterator[tuple[str, str]]:
    if shown.retour_prevu is None:
        if shown.etape in guichet.by_code and guichet.by_code[shown.etape].retour_obligatoire:
            yield "retour_prevu", "Recopiez la date de retour prévue affichée sur la capture."
    elif shown.retour_prevu > on + FURTHEST_RETURN:
        yield "retour_prevu", "Cette date de retour est dans plus de trois ans : vérifiez l’année."
    elif shown.date_etape and shown.retour_prevu < shown.date_etape:
        yield "retour_prevu", "La date de retour prévue précède celle de l’étape."


@dataclass(frozen=True)
class DecisionFacts:
    """The facts that the decision on a capture depends on.

    :param decided: by whom and when, in French, once it is no longer to confirm
    :param is_followed: whether its demande is still followed, in a candidature that is open
    :param is_mine: whether the person who decides recorded it
    :param has_moved: whether its demande changed since the page was read
    :param is_readable: whether its file opens
    """

    state: CaptureState
    decided: str
    is_followed: bool
    is_mine: bool
    has_moved: bool
    is_readable: bool


def why_not_refused(facts: DecisionFacts) -> str:
    """Say why a capture cannot be refused now; empty when it can."""
    if facts.state is not CaptureState.RECORDED:
        return f"Cette capture est déjà {facts.state.label.lower()}{facts.decided}. Rien n’a changé."
    return ""


def why_not_confirmed(facts: DecisionFacts) -> str:
    """Say why a capture cannot be confirmed now; empty when it can."""
    if reason := why_not_refused(facts):
        return reason
    if not facts.is_followed:
        return "Cette demande n’est plus suivie. Sa capture n’est plus utile."
    if facts.is_mine:
        return "Vous avez déposé cette capture. Une autre personne de l’ANS doit la confirmer."
    if not facts.is_readable:
        return "Le fichier de cette capture n’est pas encore lisible, ou l’antivirus l’a refusé."
    if facts.has_moved:
        return "Cette demande a changé depuis votre lecture. Relisez la capture avant de la confirmer."
    return ""
