"""Where sign-in and invitation lead: what somebody of an éditeur has to do, in each of their candidatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import faults_in_words
from candidatures.queries.echeances import Recent, moved_among
from candidatures.rules.issue import Issue
from comptes import journal
from comptes.dates import day_in_words
from comptes.journal import JournalLine
from comptes.queries import editeurs_managed_by, inscriptions_of
from comptes.requests import PortalRequest
from preuves.queries.secondes_lectures import lectures_in_hand
from referencement.enums import Cote, FinKind
from referencement.queries.accueil import Held, Solution, solutions_of
from referencement.rules.phase import phase_of

from .actes import NEXT, Acte, acts_of, acts_of_attentes
from .tours import exchanges_for_page

# How many solutions are shown whole, those that leave the least time first; the others in a line each.
WHOLE = 3
SHOWN_CHANGES = 3
FAR = datetime.max.replace(tzinfo=UTC)
SHUT = "Cette démarche n’est pas ouverte pour le moment."
ENDED = {
    FinKind.NOT_ATTRIBUTED: "La page de la candidature explique pourquoi, et les recours possibles.",
    FinKind.FORECLOSED: "La page de la candidature explique pourquoi, et ce qui reste possible.",
    FinKind.WITHDRAWN: "Cette candidature a été retirée par votre équipe. Plus rien n’est attendu.",
    FinKind.REFERENCED: "Le référencement est attribué.",
}


@dataclass(frozen=True)
class SolutionForPage:
    """One candidature as the start page shows it.

    :param title: its phase, or how it ended
    :param sentences: where it stands, in words
    :param acts: its three next acts at most
    :param left: how many others can be done today
    :param unsubmitted: among these others, those that are complete and not submitted
    :param returned: among these others, those that the ANS sent back
    :param held: what each person of the team has to bring
    :param others: what is waited for on the other sides
    :param changes: what others did since the visit before, and `more` how many of these are not shown
    """

    nru: str
    produit: str
    editeur: str
    demarche: str
    title: str
    issue: Issue | None
    sentences: tuple[str, ...]
    acts: tuple[Acte, ...]
    left: int
    unsubmitted: tuple[Acte, ...]
    returned: tuple[Acte, ...]
    others: tuple[str, ...]
    held: tuple[str, ...]
    unread: int
    changes: tuple[JournalLine, ...]
    more: int
    goes_on: bool

    @property
    def is_late(self) -> bool:
        return any(act.is_missed for act in self.acts)


@require_safe
def page(request: PortalRequest) -> HttpResponse:
    """Show somebody of an éditeur what they have to do; lead somebody of the ANS to their own start page."""
    if request.user.is_ans:
        return redirect(settings.ANS_LANDING_URL)
    solutions = sorted(solutions_of(request.user, at=request.at), key=_urgency)
    lines = _lines(solutions)
    shown = [_for_page(solution, lines, reader=request.user.pk, at=request.at) for solution in solutions]
    since = request.user.last_visit_at
    context: dict[str, Any] = {
        "solutions": shown[:WHOLE],
        "others": shown[WHOLE:],
        "since": day_in_words(since) if since else "",
        "moved": _moved(solutions, request.at),
        "shut": faults_in_words(),
        "one_editeur": len({solution.editeur for solution in shown}) == 1,
    }
    if not shown:
        if lectures_in_hand(request.user).exists():
            return redirect("preuves:secondes_lectures")
        context |= _without_candidature(request)
    return render(request, "referencement/accueil.html", context)


def _without_candidature(request: PortalRequest) -> dict[str, Any]:
    """Say to somebody without any candidature what to do first."""
    manages = editeurs_managed_by(request.user).exists()
    asked = next(iter(inscriptions_of(request.user)[:1]), None)
    seat = request.user.rattachements.current().order_by("pk").first()
    team = reverse("comptes:team", args=[seat.editeur_id]) if seat else ""
    return {"manages": manages, "asked": asked, "team": team}


def _urgency(solution: Solution) -> tuple[bool, datetime, int]:
    """Order solutions: what goes on first, then what leaves the least time."""
    graph = solution.graph
    latest = [planned.latest_at for planned in graph.planned.values() if planned.latest_at] if graph else []
    return graph is None, min(latest, default=FAR), solution.candidature.pk


def _lines(solutions: Iterable[Solution]) -> Mapping[int, JournalLine]:
    """Return the acts that the page shows in words, by pk."""
    entries = [entry for solution in solutions for entry in solution.changes[:SHOWN_CHANGES]]
    return {entry.pk: line for entry, line in zip(entries, journal.lines(entries), strict=True)}


def _for_page(solution: Solution, lines: Mapping[int, JournalLine], *, reader: int, at: datetime) -> SolutionForPage:
    candidature, facts, graph = solution.candidature, solution.facts, solution.graph
    every = acts_of(graph, facts, candidature, solution.portes, most=None) if graph and facts else []
    title, sentences = _where(solution)
    if not graph:
        every = _acts_once_ended(solution, at=at)
    return SolutionForPage(
        nru=candidature.nru,
        produit=candidature.produit.nom,
        editeur=candidature.produit.editeur.raison_sociale,
        demarche=str(candidature.dispositif),
        title=title,
        issue=solution.issue,
        sentences=sentences,
        acts=tuple(every[:NEXT]),
        left=max(0, len(every) - NEXT),
        unsubmitted=tuple(act for act in every[NEXT:] if act.is_complete),
        returned=tuple(act for act in every[NEXT:] if act.came_back and not act.is_complete),
        others=_others(solution, at),
        held=tuple(_held_in_words(held, reader) for held in solution.held),
        unread=candidature.unread_messages,
        changes=tuple(lines[entry.pk] for entry in solution.changes[:SHOWN_CHANGES]),
        more=max(0, len(solution.changes) - SHOWN_CHANGES),
        goes_on=graph is not None,
    )


def _held_in_words(held: Held, reader: int) -> str:
    name = "Vous" if held.compte_id == reader else held.name
    before = f", la première avant le {day_in_words(held.before)}" if held.before else ""
    return f"{name}\u00a0: {held.left} preuve{'s' if held.left > 1 else ''} à apporter{before}"


def _where(solution: Solution) -> tuple[str, tuple[str, ...]]:
    """Say where a candidature stands: its phase and what is true there, or how it ended."""
    facts, graph = solution.facts, solution.graph
    if facts is None:
        return "", (SHUT,)
    if graph is not None:
        phase = phase_of(facts, graph, solution.examen)
        return phase.title, phase.sentences
    return "", (ENDED[facts.fin.kind],) if facts.fin else ()


def _acts_once_ended(solution: Solution, *, at: datetime) -> list[Acte]:
    """Return what is still asked of the éditeur once its solution is référencée, such as to answer a mesure."""
    mine = solution.turn.of(Cote.EDITEUR) if solution.turn else ()
    return acts_of_attentes(mine, solution.candidature, at=at)


def _others(solution: Solution, at: datetime) -> tuple[str, ...]:
    """Say what is waited for on the other sides."""
    parts = solution.turn.parts() if solution.turn else ()
    told = exchanges_for_page(parts, at=at, fills=True)
    return tuple(str(exchange["sentence"]) for exchange in told if not exchange["is_mine"])


def _moved(solutions: Iterable[Solution], at: datetime) -> list[Recent]:
    """Return the échéances that moved lately, each once: two candidatures of one démarche have the same."""
    moved = [
        recent
        for solution in solutions
        if solution.facts
        for recent in moved_among(solution.facts.echeances.values(), str(solution.candidature.dispositif), at=at)
    ]
    return list(dict.fromkeys(moved))
