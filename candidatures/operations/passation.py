"""Handing over what somebody follows and reads: candidatures, types of chapitres, volets, and their standing in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import cycle

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.models import Absence, Dispositif, Referent, ReferentDeChapitre
from candidatures.permissions import instructs
from candidatures.queries.referents import day_of, instructeurs, loads
from candidatures.queries.reservations import volets_held
from candidatures.rules.referents import shared_out
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.operations.agents import AgentNotChangeable
from comptes.typography import elided

from .referents import change_stand_in, give_candidature, give_chapitre
from .reservations import hand_over_volet


def why_candidatures_wait(compte: Compte, at: datetime) -> list[str]:
    """List what this person follows and reads, and for whom they stand in, in French."""
    followed = len(_followed(compte))
    sentences = [f"Référent de {followed} candidature{'s' if followed > 1 else ''}"] if followed else []
    sentences += [f"Référent du chapitre {row.code} ({row.dispositif})" for row in _types(compte)]
    sentences += [f"Examen du volet {held.volet}" for held in volets_held(compte)]
    return sentences + [_standing_in(row) for row in _stands_in(compte, at=at)]


def _standing_in(row: Absence) -> str:
    first, last = day_in_figures(row.from_date), day_in_figures(row.until_date)
    return f"Remplacement {elided('de', row.compte.full_name)}, du {first} au {last}"


def who_takes_candidatures(*, compte: Compte, at: datetime) -> list[int]:
    """Return who may take what this person follows and reads (pk)."""
    return [agent.pk for agent in instructeurs()]


def lock_standing_of(*, compte: Compte, at: datetime) -> None:
    """Lock what somebody covers beside candidatures: the absences, then the dispositifs, in the order of every act."""
    absences = [absence.pk for absence in _stands_in(compte, at=at)]
    list(Absence.objects.select_for_update(no_key=True).filter(pk__in=absences).order_by("pk"))
    types = {row.dispositif_id for row in _types(compte)}
    list(Dispositif.objects.select_for_update(no_key=True).filter(pk__in=types).order_by("pk"))


def candidatures_handed_over(*, compte: Compte) -> set[int]:
    """Return the candidatures (pk) that somebody follows, or reads a volet of."""
    return {*_followed(compte), *volets_held(compte).values_list("volet__candidature", flat=True)}


@transaction.atomic
def hand_over_candidatures(*, giver: Compte, takers: Sequence[Compte], by: Compte, at: datetime) -> None:
    """Share out among colleagues what somebody follows and reads: each candidature to the person with the fewest.

    A colleague who stands in for an absent person does so in place of the giver; an absence that nobody can cover is
    left without a stand-in, and the pages name it.

    :raises AgentNotChangeable: when none of these colleagues instructs
    """
    agents = [taker for taker in takers if instructs(taker)]
    if not why_candidatures_wait(giver, at):
        return
    if not agents:
        names = ", ".join(taker.full_name for taker in takers)
        raise AgentNotChangeable(f"{names}\u00a0: choisissez au moins une personne qui instruit.")
    people, followed = {agent.pk: agent for agent in agents}, _followed(giver)
    known = loads(at=at)
    shares = shared_out(followed, {pk: known.get(pk, 0) for pk in people})
    for candidature_id in followed:
        give_candidature(candidature_id=candidature_id, to=people[shares[candidature_id]], by=by, at=at)
    turns = cycle(agents)
    for row in _types(giver):
        give_chapitre(dispositif_code=row.dispositif_id, code=row.code, to=next(turns), by=by, at=at)
    for held in volets_held(giver):
        taker = _reader(held.volet.candidature_id, people, turns)
        hand_over_volet(volet_id=held.pk, giver=giver, to=taker, by=by, at=at)
    for absence in _stands_in(giver, at=at):
        stand_in = next((agent for agent in agents if agent.pk != absence.compte_id), None)
        change_stand_in(absence_id=absence.pk, to=stand_in, by=by, at=at)


@transaction.atomic
def hand_over_volets_in(*, candidature_id: int, giver: Compte, to: Compte, by: Compte, at: datetime) -> bool:
    """Give a colleague the volets of one candidature that the giver reads, and tell the giver; False if none."""
    held = volets_held(giver).filter(volet__candidature=candidature_id).values_list("pk", flat=True)
    given = [hand_over_volet(volet_id=pk, giver=giver, to=to, by=by, at=at) for pk in held]
    return any(given)


def _reader(candidature_id: int, people: dict[int, Compte], turns: Iterator[Compte]) -> Compte:
    """Return who takes a volet: the référent of its candidature, when it is one of these people."""
    referent = Referent.objects.filter(pk=candidature_id, compte__in=people).values_list("compte", flat=True).first()
    return people[referent] if referent is not None else next(turns)


def _followed(compte: Compte) -> list[int]:
    """Return the candidatures (pk) that somebody follows, but those withdrawn; a closed one may be opened again."""
    rows = Referent.objects.filter(compte=compte).exclude(candidature__state=CandidatureState.WITHDRAWN)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _types(compte: Compte) -> list[ReferentDeChapitre]:
    return list(ReferentDeChapitre.objects.filter(compte=compte).select_related("dispositif").order_by("pk"))


def _stands_in(compte: Compte, *, at: datetime) -> list[Absence]:
    """Return the absences, not over yet, for which somebody stands in."""
    rows = Absence.objects.filter(stand_in=compte, until_date__gte=day_of(at)).select_related("compte")
    return list(rows.order_by("from_date", "pk"))
