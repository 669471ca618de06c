"""What somebody of an éditeur reads first: each of their candidatures, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, QuerySet

from candidatures.catalogue.dispositifs import open_codes, spec_of
from candidatures.models import Candidature
from candidatures.queries.messages import with_unread_messages
from candidatures.rules.issue import Issue
from comptes.models import Compte, JournalEntry
from comptes.models.prepared import Prepared
from comptes.queries.changes import acts_since
from guichets.queries.situation import LigneDeDemande
from preuves.queries.confiees import Confiee, confiees_of_many
from preuves.queries.dossier import ChapitreDuDossier, Dossier
from preuves.rules.completude import OPEN_STATES
from referencement.rules.actes import Declaree, Portes, Preuves, Reponses
from referencement.rules.attribution import LatestExamen
from referencement.rules.facts import DossierFacts
from referencement.rules.graphe import Graphe, graphe
from referencement.rules.tour import Tour, tour

from .blocages import Draft, examen_of, with_charte_and_end
from .graphes import graphe_facts_from
from .standings import event, issue_from
from .tours import Whole, read_many, tour_facts, with_exchanges

# More acts than that are not read: the journal has them all.
MOST_ACTS = 300


@dataclass(frozen=True, slots=True)
class Held:
    """What one person has to bring: how many preuves, and the first day before which one is expected, if any."""

    compte_id: int
    name: str
    left: int
    before: date | None


@dataclass(frozen=True, slots=True)
class Solution:
    """One candidature of a person.

    :param candidature: with its names, and `unread_messages`
    :param issue: how it ended, or what its référencement is; None while it goes on
    :param facts: None when its dispositif is not open
    :param graph: its path; None once it ended
    :param held: what each person of the team was asked to bring and did not, who holds the most first
    :param changes: what others did since the person's visit before, latest first
    """

    candidature: Any
    issue: Issue | None
    facts: DossierFacts | None
    examen: LatestExamen | None
    turn: Tour | None
    graph: Graphe | None
    portes: Portes
    held: tuple[Held, ...]
    changes: tuple[JournalEntry, ...]


def solutions_of(compte: Compte, *, at: datetime) -> list[Solution]:
    """Return the candidatures on which somebody works, the one opened first first."""
    rows = _SOLUTIONS.ask(compte=compte.pk, at=at)
    codes = open_codes()
    wholes = read_many([row for row in rows if row.dispositif_id in codes], at=at, with_drafts=True)
    known = {row.pk: whole for row, whole in wholes}
    changes = _changes([row.chain for row in rows], compte)
    confiees = confiees_of_many([row.pk for row in rows]) if rows else {}
    return [_solution(row, known.get(row.pk), confiees.get(row.pk, {}), changes.get(row.chain, ()), at) for row in rows]


def _solution(
    row: Any,
    whole: Whole | None,
    confiees: Mapping[str, Confiee],
    changes: tuple[JournalEntry, ...],
    at: datetime,
) -> Solution:
    """:param whole: None when the dispositif is not open: nothing can be derived from its file"""
    issue = issue_from(row)
    if whole is None:
        return Solution(row, issue, None, None, None, None, Portes(), (), changes)
    facts, examen = whole.facts, examen_of(row)
    graph = None
    if facts.fin is None:
        asked = graphe_facts_from(row, facts, whole.lignes, examen=examen, charte_accepted_at=row.charte_accepted_at)
        graph = graphe(asked, spec_of(row.dispositif_id).durees, at=at)
    turn = tour(tour_facts(row, facts, examen), at=at)
    portes = portes_from(whole.drafts, whole.dossier, whole.lignes)
    return Solution(row, issue, facts, examen, turn, graph, portes, _held(confiees, whole.dossier), changes)


def _held(confiees: Mapping[str, Confiee], dossier: Dossier | None) -> tuple[Held, ...]:
    """Return what each person still has to bring, among the preuves that were given to them."""
    left = {numero for chapitre in dossier.chapitres for numero in _left(chapitre)} if dossier else set()
    people: dict[int, list[Confiee]] = {}
    for numero, confiee in confiees.items():
        if numero in left:
            people.setdefault(confiee.compte_id, []).append(confiee)
    held = [
        Held(pk, mine[0].name, len(mine), min((each.before for each in mine if each.before), default=None))
        for pk, mine in people.items()
    ]
    return tuple(sorted(held, key=lambda person: (-person.left, person.name)))


def _left(chapitre: ChapitreDuDossier) -> tuple[str, ...]:
    """Return what is to bring or to correct in a chapitre that the éditeur has: what came back first."""
    facts = chapitre.facts
    if facts.standing not in OPEN_STATES:
        return ()
    return tuple(dict.fromkeys((*facts.to_correct, *facts.refused, *facts.unreadable, *facts.missing)))


def portes_from(drafts: Mapping[str, Draft], dossier: Dossier | None, lignes: Iterable[LigneDeDemande]) -> Portes:
    """Return what tells the form of each act, from what was read; no query."""
    declared = {ligne.requise.key: ligne for ligne in lignes if ligne.requise and ligne.demande}
    return Portes(
        volets={kind: Reponses(draft.done, draft.asked, draft.missing) for kind, draft in drafts.items()},
        chapitres=_chapitres(dossier),
        demandes={
            key: Declaree(ligne.demande.pk, ligne.facts.is_pulled, ligne.facts.recorded)
            for key, ligne in declared.items()
            if ligne.demande
        },
    )


def _chapitres(dossier: Dossier | None) -> dict[str, Preuves]:
    """Return what is left to do in each chapitre that the éditeur has, by code: what came back first."""
    chapitres = {}
    for chapitre in dossier.chapitres if dossier else ():
        if left := _left(chapitre):
            is_returned = left[0] not in chapitre.facts.missing
            chapitres[chapitre.spec.code] = Preuves(left[0], len(left), is_returned)
    return chapitres


def _changes(chains: list[str], compte: Compte) -> dict[str, tuple[JournalEntry, ...]]:
    """Return, by chain, what others did since the person's visit before; nothing at a first visit."""
    if compte.last_visit_at is None or not chains:
        return {}
    entries = acts_since(chains, at=compte.last_visit_at, but=compte, most=MOST_ACTS)
    by_chain: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        by_chain.setdefault(entry.chain_id, []).append(entry)
    return {chain: tuple(acts) for chain, acts in by_chain.items()}


def _solutions(compte: Any, at: Any) -> QuerySet[Candidature, Any]:
    mine = Candidature.objects.worked_on_by(compte).with_names().order_by("opened_at", "pk")
    return with_unread_messages(with_charte_and_end(with_exchanges(mine)).annotate(standing=event(at)), compte)


_SOLUTIONS = Prepared(_solutions, compte=BigIntegerField(), at=DateTimeField())
