"""What a person of the agency who leaves holds of the collège, and to whom it goes."""

from datetime import datetime

from django.db import transaction

from comptes.models import Compte
from comptes.operations.agents import AgentNotChangeable
from referencement.enums import ExamenState
from referencement.models import Examen, SeanceDuCollege
from referencement.queries.seances import possible_rapporteurs, possible_secretaires
from referencement.rules import seances as rules

from .convocations import entrust_seance
from .ordre_du_jour import name_rapporteur


def why_seances_wait(compte: Compte) -> list[str]:
    """The places that this person holds at séances to come, and the dossiers that they rapport, one sentence each."""
    seances = [f"Secrétariat de la séance du collège n° {one.pk}" for one in _seances(compte)]
    return seances + [f"Rapport du dossier {one.candidature.nru}" for one in _rapports(compte)]


@transaction.atomic
def hand_over_seances(*, of: Compte, to: Compte, by: Compte, at: datetime) -> None:
    """Give a colleague somebody's places at séances, and the dossiers that they rapport.

    :raises AgentNotChangeable: when that colleague may not hold one of them
    """
    for seance in _seances(of):
        if not possible_secretaires().filter(pk=to.pk).exists():
            raise AgentNotChangeable(f"{to.full_name} ne peut pas tenir le secrétariat d’une séance.")
        entrust_seance(seance_id=seance.pk, compte_id=to.pk, by=by, at=at)
    for examen in _rapports(of):
        if not possible_rapporteurs(examen.seance).filter(pk=to.pk).exists():
            raise AgentNotChangeable(f"{to.full_name} ne peut pas rapporter le dossier {examen.candidature.nru}.")
        name_rapporteur(examen_id=examen.pk, compte_id=to.pk, by=by, at=at)


def _seances(compte: Compte) -> list[SeanceDuCollege]:
    return list(SeanceDuCollege.objects.filter(secretaire=compte).exclude(state__in=rules.OVER).order_by("pk"))


def _rapports(compte: Compte) -> list[Examen]:
    waiting = Examen.objects.filter(rapporteur=compte, state__in=[ExamenState.LISTED, ExamenState.DECIDED])
    found = waiting.exclude(seance__state__in=rules.OVER)
    return list(found.select_related("seance", "candidature").order_by("pk"))
