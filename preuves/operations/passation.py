"""Handing over the chapitres of an instructeur who leaves."""

from datetime import datetime

from django.db import transaction

from candidatures.permissions import instructs
from comptes.models import Compte
from comptes.operations.agents import AgentNotChangeable
from preuves.enums import Act, ChapitreState
from preuves.models import Chapitre
from preuves.rules import instruction as rules

from .instruction import record_chapitre
from .locking import locked_chapitre


def why_chapitres_wait(compte: Compte) -> list[str]:
    """List the chapitres that this person is reading, one French sentence each."""
    return [f"Examen du chapitre {chapitre.code} de {chapitre.dossier.candidature.nru}" for chapitre in _held(compte)]


@transaction.atomic
def hand_over_chapitres(*, of: Compte, to: Compte, by: Compte, at: datetime) -> None:
    """Give a colleague the chapitres that somebody is reading.

    :raises AgentNotChangeable: when that colleague is not an instructeur
    """
    held = _held(of)
    if held and not instructs(to):
        raise AgentNotChangeable(f"{to.full_name} n’instruit pas\u00a0: choisissez un instructeur.")
    for unlocked in held:
        chapitre = locked_chapitre(chapitre_id=unlocked.pk)
        if chapitre.state == ChapitreState.UNDER_REVIEW and chapitre.claimed_by_id == of.pk:
            chapitre.change_hands(by=to, at=at, until=at + rules.CLAIM)
            chapitre.save()
            record_chapitre(chapitre=chapitre, act=Act.CHAPITRE_HANDED_OVER, by=by, at=at, compte=to.pk)


def _held(compte: Compte) -> list[Chapitre]:
    held = Chapitre.objects.filter(state=ChapitreState.UNDER_REVIEW, claimed_by=compte)
    return list(held.select_related("dossier__candidature").order_by("pk"))
