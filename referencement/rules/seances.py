"""What a séance of the collège may do, and why not: quorum, who counts, what is decided and what may be closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from referencement.enums import Decision, ExamenState, SeanceState

# The motifs of a non-attribution or of a report that are proposed; a free one may be added.
MOTIFS = (
    "Des preuves exigées ne sont pas validées.",
    "Une habilitation ou une homologation n’est pas accordée.",
    "La convention n’est pas signée, ou ne correspond plus au dossier.",
    "La version technique présentée n’est pas celle qui a été examinée.",
    "Une information du dossier s’est révélée inexacte.",
)


@dataclass(frozen=True)
class SeanceFacts:
    """A séance. `present`: how many of its members came."""

    state: str
    quorum: int
    present: int


@dataclass(frozen=True)
class ExamenFacts:
    """One dossier on the agenda.

    :param label: how it is called
    :param counting: members present and not in conflict; `advised`: those of them whose advice is recorded
    :param blocages: what is missing now, in French sentences
    """

    label: str
    state: str
    decision: str
    counting: int
    advised: int
    blocages: tuple[str, ...] = ()


def obstacles_to_list(seance: SeanceFacts, blocages: Sequence[str], *, despite: bool) -> tuple[str, ...]:
    """Say why a candidature cannot be put on the agenda; with blocages, it is only when somebody says so."""
    return tuple(_to_list(seance, blocages, despite=despite))


def _to_list(seance: SeanceFacts, blocages: Sequence[str], *, despite: bool) -> Iterator[str]:
    if seance.state == SeanceState.CLOSED:
        yield "Cette séance est close."
    if blocages and not despite:
        yield f"Il manque encore à ce dossier\u00a0: {_first(blocages)}"


def obstacles_to_decide(
    seance: SeanceFacts, examen: ExamenFacts, *, decision: Decision, reasons: Sequence[str]
) -> tuple[str, ...]:
    """Say why a decision cannot be noted."""
    return tuple(_to_decide(seance, examen, decision, reasons))


def _to_decide(seance: SeanceFacts, examen: ExamenFacts, decision: Decision, reasons: Sequence[str]) -> Iterator[str]:
    if seance.state != SeanceState.OPEN:
        yield "La séance n’est pas ouverte."
        return
    if examen.state not in (ExamenState.LISTED, ExamenState.DECIDED):
        yield "Cet examen est déjà publié."
        return
    yield from _without_quorum(seance, examen)
    if decision is Decision.ATTRIBUTED and examen.blocages:
        yield f"Un référencement ne s’attribue pas tant qu’il manque quelque chose\u00a0: {_first(examen.blocages)}"
    if decision is Decision.NOT_ATTRIBUTED and not reasons:
        yield "Une non-attribution dit pourquoi\u00a0: choisissez au moins un motif, ou écrivez-le."


def _without_quorum(seance: SeanceFacts, examen: ExamenFacts) -> Iterator[str]:
    if examen.counting < seance.quorum:
        yield (
            f"Le quorum n’est pas réuni pour {examen.label}\u00a0: {examen.counting} membre(s) se prononcent, "
            f"{seance.quorum} sont requis."
        )
    elif examen.advised < seance.quorum:
        yield f"Notez l’avis des membres sur {examen.label}\u00a0: {examen.advised} sur {seance.quorum} au moins."


def obstacles_to_close(seance: SeanceFacts, examens: Sequence[ExamenFacts]) -> tuple[str, ...]:
    """Say all that keeps a séance from being closed; its decisions are then published together."""
    return tuple(_to_close(seance, examens))


def _to_close(seance: SeanceFacts, examens: Sequence[ExamenFacts]) -> Iterator[str]:
    if seance.state != SeanceState.OPEN:
        yield "La séance n’est pas ouverte."
        return
    if seance.present < seance.quorum:
        yield f"Le quorum n’est pas réuni\u00a0: {seance.present} membre(s) présents, {seance.quorum} requis."
    for examen in examens:
        if examen.state == ExamenState.LISTED:
            yield f"Aucune décision n’est notée pour {examen.label}."
            continue
        yield from _without_quorum(seance, examen)
        if examen.decision == Decision.ATTRIBUTED and examen.blocages:
            yield f"{examen.label} ne peut plus être attribué\u00a0: {_first(examen.blocages)}"


def _first(blocages: Sequence[str]) -> str:
    """The first of what is missing, and how many others: the page of the dossier lists them all."""
    others = len(blocages) - 1
    return blocages[0] + (f" (et {others} autre{'s' if others > 1 else ''})" if others else "")
