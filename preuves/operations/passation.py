"""Handing over the chapitres that somebody reads."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle

from django.db import transaction

from candidatures.models import Referent
from candidatures.permissions import instructs
from candidatures.queries.referents import instructeurs
from candidatures.rules.reservations import CLAIM
from comptes.models import Compte
from comptes.operations.agents import AgentNotChangeable
from preuves.enums import Act, ChapitreState
from preuves.models import Chapitre, SecondeLecture
from preuves.queries.instruction import chapitres_held

from .instruction import record_chapitre, tell_who_read
from .locking import locked_chapitre


def why_chapitres_wait(compte: Compte, at: datetime) -> list[str]:
    """List the chapitres that this person is reading, one French sentence each."""
    return [
        f"Examen du chapitre {chapitre.code} de {chapitre.dossier.candidature.nru}"
        for chapitre in chapitres_held(compte)
    ]


def who_takes_chapitres(*, compte: Compte, at: datetime) -> list[int]:
    """Return who may take the chapitres that this person is reading (pk)."""
    return [agent.pk for agent in instructeurs()]


def candidatures_read(*, compte: Compte) -> set[int]:
    """Return the candidatures (pk) of which somebody reads a chapitre, or is asked a second reading.

    Those of `end_lectures_of`: an expert whose account is suspended opens none, and closing it ends them.
    """
    lectures = SecondeLecture.objects.expected().filter(expert=compte)
    asked = lectures.order_by("pk").values_list("soumission__chapitre__dossier__candidature", flat=True)
    return {*chapitres_held(compte).values_list("dossier__candidature", flat=True), *asked}


@transaction.atomic
def hand_over_chapitres(*, giver: Compte, takers: Sequence[Compte], by: Compte, at: datetime) -> None:
    """Share out among colleagues the chapitres that somebody is reading: to the référent, when it is one of them.

    :raises AgentNotChangeable: when none of these colleagues is an instructeur
    """
    held = list(chapitres_held(giver))
    agents = {taker.pk: taker for taker in takers if instructs(taker)}
    if held and not agents:
        names = ", ".join(taker.full_name for taker in takers)
        raise AgentNotChangeable(f"{names}\u00a0: choisissez au moins une personne qui instruit.")
    referents = dict(Referent.objects.filter(compte__in=agents).order_by("pk").values_list("pk", "compte"))
    turns = cycle(agents.values())
    for chapitre in held:
        referent = referents.get(chapitre.dossier.candidature_id)
        taker = agents[referent] if referent else next(turns)
        _hand_over(chapitre, giver=giver, to=taker, by=by, at=at)


@transaction.atomic
def hand_over_chapitres_in(*, candidature_id: int, giver: Compte, to: Compte, by: Compte, at: datetime) -> bool:
    """Give a colleague the chapitres of one candidature that the giver reads, and tell the giver; False if none."""
    held = chapitres_held(giver).filter(dossier__candidature=candidature_id)
    given = [_hand_over(chapitre, giver=giver, to=to, by=by, at=at) for chapitre in held]
    return any(given)


def _hand_over(unlocked: Chapitre, *, giver: Compte, to: Compte, by: Compte, at: datetime) -> bool:
    chapitre = locked_chapitre(chapitre_id=unlocked.pk)
    if chapitre.state != ChapitreState.UNDER_REVIEW or chapitre.claimed_by_id != giver.pk:
        return False
    chapitre.change_hands(by=to, at=at, until=at + CLAIM)
    chapitre.save()
    record_chapitre(chapitre=chapitre, act=Act.CHAPITRE_HANDED_OVER, by=by, at=at, compte=to.pk)
    tell_who_read(chapitre=chapitre, former=giver, at=at)
    return True
