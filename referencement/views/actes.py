"""The next acts of a path as pages show them: what, by when, how many days are left, and the form where it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.text import capfirst

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletState
from candidatures.models import Candidature
from candidatures.rules.deadlines import spell
from comptes.dates import day_in_words
from guichets.enums import Owner
from referencement.enums import ObjetDAttente
from referencement.queries.accueil import portes_from
from referencement.queries.blocages import DossierComplet
from referencement.rules.actes import Portes, act_in_words, link_in_words, place_of
from referencement.rules.etapes import GrapheFacts, Step
from referencement.rules.facts import DossierFacts
from referencement.rules.graphe import Graphe, Planned, graphe
from referencement.rules.tour import Attente

from .blocages import href_of

NEXT = 3
SOON = timedelta(days=14)
CAME_BACK = (ObjetDAttente.CHAPITRE_TO_CORRECT, ObjetDAttente.COMPLEMENT)
MISSED = "La date limite est dépassée."
TOO_SLOW = "À faire sans attendre\u00a0: au rythme habituel, une échéance serait manquée."


@dataclass(frozen=True)
class Acte:
    """One next act of somebody.

    :param key: of its step, and `address` what it is about
    :param link: what its button reads, and `hint` what is added for whoever hears it without its label
    :param due: the day by which it must be done, in words; empty when no échéance depends on it
    :param left: how much time is left, in words
    :param tone: `late`, `soon` or `neutral`
    :param is_missed: its échéance has passed: only a dérogation gives more time
    :param is_complete: only its submission is missing
    :param came_back: the ANS returned it, and waits for an answer
    """

    key: str
    address: str
    label: str
    href: str
    link: str
    hint: str
    due: str
    left: str
    tone: str
    is_missed: bool
    is_complete: bool
    came_back: bool


def href_of_act(step: Step, nru: str, portes: Portes) -> str:
    """Return the address of the form where a step is done."""
    place = place_of(step, portes)
    address = reverse(place.name, args=[*([nru] if place.has_nru else []), *place.keys])
    return f"{address}#{place.anchor}" if place.anchor else address


def acts_of(
    graph: Graphe,
    facts: DossierFacts,
    candidature: Candidature,
    portes: Portes,
    *,
    owner: Owner = Owner.EDITEUR,
    most: int | None = NEXT,
) -> list[Acte]:
    """Return what this side can do next, what leaves the least time first."""
    planned = graph.next_acts(owner)[:most]
    return [_acte(each, graph, facts, candidature, portes) for each in planned]


def path_as_expected(complet: DossierComplet, facts: GrapheFacts, *, at: datetime) -> Graphe:
    """Return the path with the durations that the dispositif expects, which put the next acts in order everywhere."""
    return graphe(facts, spec_of(complet.candidature.dispositif_id).durees, at=at)


def portes_of(complet: DossierComplet) -> Portes:
    """Return what tells the form of each act of a candidature; no query."""
    return portes_from(complet.drafts, complet.dossier, complet.guichets.lignes)


def acts_of_attentes(attentes: Iterable[Attente], candidature: Candidature, *, at: datetime) -> list[Acte]:
    """Return what is asked of the éditeur beside the path, such as to answer a mesure."""
    acts = []
    for attente in attentes:
        left, tone = _left(attente.due_at, at, is_missed=attente.is_missed(at), is_advised=False)
        acts.append(
            Acte(
                key=attente.address,
                address=attente.address,
                label=capfirst(attente.objet.label),
                href=href_of(attente.address, attente.owner, candidature, fills=True),
                link="Répondre",
                hint=attente.objet.label,
                due=_due_in_words(attente.due_at, at, is_advised=False),
                left=left,
                tone=tone,
                is_missed=attente.is_missed(at),
                is_complete=False,
                came_back=False,
            )
        )
    return acts


def _acte(planned: Planned, graph: Graphe, facts: DossierFacts, candidature: Candidature, portes: Portes) -> Acte:
    step, at = planned.step, graph.at
    missed = graph.is_missed(planned)
    bound_at = _bound_at(step, facts)
    due_at = bound_at or planned.latest_at
    left, tone = _left(due_at, at, is_missed=missed, is_advised=bound_at is None)
    return Acte(
        key=step.key,
        address=step.address,
        label=act_in_words(step, portes),
        href=href_of_act(step, candidature.nru, portes),
        link=link_in_words(step),
        hint=act_in_words(step, portes).removeprefix(link_in_words(step)).lstrip("\u00a0: "),
        due=f"Séance du {day_in_words(step.fixed_at)}"
        if step.fixed_at
        else _due_in_words(due_at, at, is_advised=bound_at is None),
        left=left,
        tone=tone,
        is_missed=missed,
        is_complete=step.is_complete and not missed,
        came_back=step.objet in CAME_BACK,
    )


def _due_in_words(due_at: datetime | None, at: datetime, *, is_advised: bool) -> str:
    if due_at is None or due_at < at:
        return ""
    return f"{'De préférence avant' if is_advised else 'Avant'} le {day_in_words(due_at)}"


def _bound_at(step: Step, facts: DossierFacts) -> datetime | None:
    """Return the day that a demande named, else the échéance of the step, or its own date; None without any."""
    if step.objet is ObjetDAttente.COMPLEMENT:
        asked = [volet for volet in facts.volets if volet.state == VoletState.COMPLEMENT_REQUESTED]
        return next((volet.answer_due_at for volet in asked if step.address == f"volet:{volet.kind}"), None)
    return step.deadline.at if step.deadline is not None and step.deadline.binds else step.fixed_at


def _left(due_at: datetime | None, at: datetime, *, is_missed: bool, is_advised: bool) -> tuple[str, str]:
    """Say how much time is left, and how near it is.

    :param is_advised: no échéance binds this very act, but those that follow it need it done by then
    """
    if is_missed:
        return MISSED, "late"
    if due_at is None:
        return "Aucune date limite", "neutral"
    if due_at < at:
        late = f"En retard de {_whole(at - due_at)}"
        return (TOO_SLOW if is_advised else late), "late"
    left = due_at - at
    return f"Encore {_whole(left)}", "soon" if left < SOON else "neutral"


def _whole(duration: timedelta) -> str:
    """Write a duration in whole days after the first one."""
    return spell(timedelta(days=duration.days) or duration)
