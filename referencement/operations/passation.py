"""Handing over the séances and the dossiers of the collège when a person leaves the agency."""

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
    """List what this person must hand over: séances to come that they clerk, dossiers that they present; in French."""
    seances = [f"Secrétariat de la séance du collège n° {seance.pk}" for seance in _seances(compte)]
    return seances + [f"Rapport du dossier {examen.candidature.nru}" for examen in _rapports(compte)]


@transaction.atomic
def hand_over_seances(*, of: Compte, to: Compte, by: Compte, at: datetime) -> None:
    """Make a colleague the secrétaire of somebody's séances, and the rapporteur of their dossiers.

    :param of: who leaves
    :param to: the colleague
    :raises AgentNotChangeable: when that colleague may not take one of them
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
    undecided = Examen.objects.filter(rapporteur=compte, state__in=[ExamenState.LISTED, ExamenState.DECIDED])
    to_come = undecided.exclude(seance__state__in=rules.OVER)
    return list(to_come.select_related("seance", "candidature").order_by("pk"))
