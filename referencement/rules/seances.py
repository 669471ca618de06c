"""What a séance of the collège may do, and why not: its quorum, the members who count, its decisions, its closing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from comptes.dates import day_in_words
from referencement.enums import AvisDuCollege, Decision, ExamenState, SeanceState

OVER = (SeanceState.CLOSED, SeanceState.CANCELLED)
LONGEST = 300  # characters of the reason of a move or of a cancellation

# The motifs that the form proposes for a non-attribution or a report; a free one may be added.
MOTIFS = (
    "Des preuves exigées ne sont pas validées.",
    "Une habilitation ou une homologation n’est pas accordée.",
    "La convention n’est pas signée, ou ne correspond plus au dossier.",
    "La version technique présentée n’est pas celle qui a été examinée.",
    "Une information du dossier s’est révélée inexacte.",
)


@dataclass(frozen=True)
class SeanceFacts:
    """A séance.

    :param present: how many of its members are present
    :param held_at: when it is to be held (aware), and `day` that civil day in Paris
    """

    state: str
    quorum: int
    present: int
    held_at: datetime
    day: date


@dataclass(frozen=True)
class AgendaExamen:
    """One dossier on the agenda.

    :param label: the name of the solution
    :param counting: how many members are present and not in conflict
    :param advised: how many of them gave their advice
    :param expressed: their advice, without the abstentions
    :param against: why the collège decides against all the advice, when it does
    :param lost_rapporteur: the name of the rapporteur, when they declared a conflict; empty otherwise
    :param blocages: what is missing now, in French sentences
    """

    label: str
    state: str
    decision: str
    counting: int
    advised: int
    expressed: tuple[str, ...] = ()
    against: str = ""
    lost_rapporteur: str = ""
    blocages: tuple[str, ...] = ()


def obstacles_to_plan(held_at: datetime, *, at: datetime) -> tuple[str, ...]:
    """Say why a séance cannot be held at that instant."""
    if held_at > at:
        return ()
    return ("Cette date est passée : choisissez une date à venir.",)


def obstacles_to_move(seance: SeanceFacts, *, to: datetime, reason: str, at: datetime) -> tuple[str, ...]:
    """Say why a séance cannot be moved to another instant."""
    return tuple(_to_move(seance, to, reason, at))


def _to_move(seance: SeanceFacts, to: datetime, reason: str, at: datetime) -> Iterator[str]:
    if seance.state == SeanceState.OPEN:
        yield "La séance est ouverte : elle ne peut plus être déplacée. Reportez ses dossiers, ou annulez-la."
        return
    if seance.state in OVER:
        yield sentence_when_over(seance)
        return
    if to == seance.held_at:
        yield "La séance est déjà prévue à cette date\u00a0: choisissez-en une autre."
    yield from obstacles_to_plan(to, at=at)
    yield from _without_reason(reason, "Indiquez pourquoi la séance est déplacée : ses membres liront ce motif.")


def obstacles_to_cancel(seance: SeanceFacts, *, reason: str) -> tuple[str, ...]:
    """Say why a séance cannot be cancelled."""
    if seance.state in OVER:
        return (sentence_when_over(seance),)
    return tuple(_without_reason(reason, "Indiquez pourquoi la séance est annulée : ses membres liront ce motif."))


def _without_reason(reason: str, sentence: str) -> Iterator[str]:
    if not reason.strip():
        yield sentence
    elif len(reason.strip()) > LONGEST:
        yield f"Écrivez-le en {LONGEST} caractères au plus."


def obstacles_to_open(seance: SeanceFacts, *, coming: int, today: date) -> tuple[str, ...]:
    """Say why a séance cannot be opened.

    :param coming: how many members are present
    :param today: the civil day in Paris
    """
    return tuple(_to_open(seance, coming, today))


def _to_open(seance: SeanceFacts, coming: int, today: date) -> Iterator[str]:
    if seance.state in OVER:
        yield sentence_when_over(seance)
        return
    if today < seance.day:
        yield f"La séance est prévue le {day_in_words(seance.day)} : vous pourrez l’ouvrir ce jour-là."
    elif today > seance.day:
        day = day_in_words(seance.day)
        yield f"La séance était prévue le {day}\u00a0: déplacez-la à une date à venir, ou annulez-la."
    if coming < seance.quorum:
        yield (
            f"Le quorum n’est pas réuni\u00a0: {_present(coming)}, {seance.quorum} requis. "
            "Déplacez la séance ou annulez-la."
        )


def _present(count: int) -> str:
    if count == 0:
        return "personne n’est présent"
    return "1 membre présent" if count == 1 else f"{count} membres présents"


def sentence_when_over(seance: SeanceFacts) -> str:
    return "Cette séance est annulée." if seance.state == SeanceState.CANCELLED else "Cette séance est close."


def obstacles_to_advise(seance: SeanceFacts, *, examen: str) -> tuple[str, ...]:
    """Say why nobody can give their advice on a dossier now.

    :param examen: the state of the examen
    """
    if seance.state in OVER:
        return (f"{sentence_when_over(seance)} Aucun avis ne peut plus être ajouté.",)
    if seance.state != SeanceState.OPEN:
        return ("La séance n’est pas ouverte : vous pourrez donner un avis une fois la séance ouverte.",)
    return () if examen in (ExamenState.LISTED, ExamenState.DECIDED) else ("Cet examen est déjà publié.",)


def is_against_all(decision: str, expressed: Sequence[str]) -> bool:
    """Say whether a decision goes against all the advice expressed; a report never does."""
    contrary = {
        Decision.ATTRIBUTED: {AvisDuCollege.UNFAVOURABLE},
        Decision.NOT_ATTRIBUTED: {AvisDuCollege.FAVOURABLE},
    }
    return set(expressed) == contrary.get(Decision(decision)) if decision else False


def obstacles_to_list(seance: SeanceFacts, blocages: Sequence[str], *, despite: bool) -> tuple[str, ...]:
    """Say why a candidature cannot be put on the agenda.

    :param blocages: what it still lacks, in French sentences
    :param despite: whether the person who lists it accepts that it lacks something
    """
    return tuple(_to_list(seance, blocages, despite=despite))


def _to_list(seance: SeanceFacts, blocages: Sequence[str], *, despite: bool) -> Iterator[str]:
    if seance.state in OVER:
        yield sentence_when_over(seance)
    if blocages and not despite:
        yield f"Il manque encore à ce dossier\u00a0: {_first(blocages)}"


def obstacles_to_decide(
    seance: SeanceFacts, examen: AgendaExamen, *, decision: Decision, reasons: Sequence[str]
) -> tuple[str, ...]:
    """Say why a decision cannot be noted; `reasons` are its motifs."""
    return tuple(_to_decide(seance, examen, decision, reasons))


def _to_decide(seance: SeanceFacts, examen: AgendaExamen, decision: Decision, reasons: Sequence[str]) -> Iterator[str]:
    if seance.state != SeanceState.OPEN:
        yield "La séance n’est pas ouverte."
        return
    if examen.state not in (ExamenState.LISTED, ExamenState.DECIDED):
        yield "Cet examen est déjà publié."
        return
    yield from _without_quorum(seance, examen)
    if examen.lost_rapporteur:
        conflict = f"{examen.lost_rapporteur}, rapporteur du dossier {examen.label}, se retire"
        yield f"{conflict} : nommez un autre rapporteur, ou aucun."
    if is_against_all(decision, examen.expressed) and not examen.against.strip():
        yield AGAINST[decision]
    if decision is Decision.ATTRIBUTED and examen.blocages:
        yield f"Le référencement ne peut pas être attribué à un dossier incomplet : {_first(examen.blocages)}"
    if decision is Decision.NOT_ATTRIBUTED and not reasons:
        yield "Indiquez pourquoi le référencement n’est pas attribué : choisissez au moins un motif, ou écrivez-le."


AGAINST = {
    Decision.ATTRIBUTED: "Tous les avis exprimés sont défavorables : indiquez pourquoi le collège attribue.",
    Decision.NOT_ATTRIBUTED: "Tous les avis exprimés sont favorables : indiquez pourquoi le collège n’attribue pas.",
}


def _without_quorum(seance: SeanceFacts, examen: AgendaExamen) -> Iterator[str]:
    if examen.counting < seance.quorum:
        yield (
            f"Le quorum n’est pas réuni pour {examen.label}\u00a0: {examen.counting} "
            f"membre{'s' if examen.counting > 1 else ''} sans conflit, {seance.quorum} requis."
        )
    elif examen.advised < seance.quorum:
        yield f"Notez l’avis des membres sur {examen.label}\u00a0: {examen.advised} sur {seance.quorum} au moins."


def obstacles_to_close(seance: SeanceFacts, examens: Sequence[AgendaExamen]) -> tuple[str, ...]:
    """Say all that keeps a séance from being closed. Closing it publishes all its decisions together."""
    return tuple(_to_close(seance, examens))


def _to_close(seance: SeanceFacts, examens: Sequence[AgendaExamen]) -> Iterator[str]:
    if seance.state != SeanceState.OPEN:
        yield "La séance n’est pas ouverte."
        return
    if seance.present < seance.quorum:
        yield f"Le quorum n’est pas réuni\u00a0: {_present(seance.present)}, {seance.quorum} requis."
    for examen in examens:
        if examen.state == ExamenState.LISTED:
            yield f"Aucune décision n’est enregistrée pour {examen.label}."
            continue
        yield from _without_quorum(seance, examen)
        if is_against_all(examen.decision, examen.expressed) and not examen.against:
            yield f"{examen.label}\u00a0: {_lowered(AGAINST[Decision(examen.decision)])}"
        if examen.decision == Decision.ATTRIBUTED and examen.blocages:
            yield f"{examen.label} ne peut plus être attribué\u00a0: {_first(examen.blocages)}"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _first(blocages: Sequence[str]) -> str:
    """Return the first blocage and the number of the others; the page of the dossier lists them all."""
    others = len(blocages) - 1
    return blocages[0] + (f" (et {others} autre{'s' if others > 1 else ''})" if others else "")
