"""Handing over the séances and the dossiers of the collège when a person leaves; a dossier when one is absent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures.models import Candidature
from candidatures.operations.passation import candidatures_handed_over, hand_over_volets_in, lock_standing_of
from candidatures.operations.referents import (
    ReferentNotPossible,
    assign_referent,
    instructeur,
    refuse_who_does_not_instruct,
)
from comptes.models import Compte
from comptes.operations.agents import AgentNotChangeable
from preuves.operations.passation import candidatures_read, hand_over_chapitres_in
from referencement.enums import ExamenState
from referencement.models import Examen, SeanceDuCollege
from referencement.queries.seances import possible_rapporteurs, possible_secretaires
from referencement.rules import seances as rules

from .convocations import entrust_seance
from .ordre_du_jour import name_rapporteur


def why_seances_wait(compte: Compte, at: datetime) -> list[str]:
    """List what this person must hand over: séances to come that they clerk, dossiers that they present; in French."""
    seances = [f"Secrétariat de la séance du collège n° {seance.pk}" for seance in _seances(compte)]
    return seances + [f"Rapport du dossier {examen.candidature.nru}" for examen in _rapports(compte)]


def who_takes_seances(*, compte: Compte, at: datetime) -> set[int]:
    """Return who may take a séance or a dossier of the collège from this person (pk)."""
    takers = {person.pk for person in possible_secretaires()} if _seances(compte) else set()
    return takers.union(*(possible_rapporteurs(row.seance).values_list("pk", flat=True) for row in _rapports(compte)))


@transaction.atomic
def lock_what_is_handed_over(*, compte: Compte, at: datetime) -> None:
    """Lock what closing an account may change on every floor, before the journal, which every act waits for.

    In the order that every operation keeps: absences, dispositifs, séances, dossiers of the collège, candidatures.
    """
    seances, rapports = _seances(compte), _rapports(compte)
    lock_standing_of(compte=compte, at=at)
    of_seances = {*(seance.pk for seance in seances), *(examen.seance_id for examen in rapports)}
    list(SeanceDuCollege.objects.locked().filter(pk__in=of_seances).order_by("pk").values_list("pk"))
    list(Examen.objects.locked().filter(pk__in=[examen.pk for examen in rapports]).order_by("pk").values_list("pk"))
    keys = {*candidatures_handed_over(compte=compte), *candidatures_read(compte=compte)}
    keys |= {examen.candidature_id for examen in rapports}
    list(Candidature.objects.locked().filter(pk__in=keys).order_by("pk").values_list("pk"))


@transaction.atomic
def hand_over_seances(*, giver: Compte, takers: Sequence[Compte], by: Compte, at: datetime) -> None:
    """Make a colleague the secrétaire of somebody's séances, and the rapporteur of their dossiers.

    Each goes to the first of these colleagues who may take it.

    :raises AgentNotChangeable: when none of these colleagues may take one of them
    """
    keys, names = [taker.pk for taker in takers], ", ".join(taker.full_name for taker in takers)
    for seance in _seances(giver):
        secretaire = possible_secretaires().filter(pk__in=keys).first()
        if secretaire is None:
            raise AgentNotChangeable(f"{names}\u00a0: personne ne peut tenir le secrétariat d’une séance.")
        entrust_seance(seance_id=seance.pk, compte_id=secretaire.pk, by=by, at=at)
    for examen in _rapports(giver):
        withdrawn = examen.avis.filter(is_in_conflict=True).values("membre__compte")
        rapporteurs = possible_rapporteurs(examen.seance).filter(pk__in=keys).exclude(pk__in=withdrawn)
        rapporteur = rapporteurs.first()
        if rapporteur is None:
            nru = examen.candidature.nru
            raise AgentNotChangeable(f"{names}\u00a0: personne ne peut rapporter le dossier {nru}.")
        name_rapporteur(examen_id=examen.pk, compte_id=rapporteur.pk, by=by, at=at)


@transaction.atomic
def hand_over_dossier(
    *, candidature_id: int, giver_id: int, taker_id: int, was_followed: bool, by: Compte, at: datetime
) -> None:
    """Give a colleague what an absent person follows and reads in one candidature.

    :param was_followed: whether the absent person followed it when the list was read
    :raises ReferentMoved: when somebody gave it meanwhile, with who, to whom and when
    :raises ReferentNotPossible: when `by`, or the colleague, does not instruct, or nothing is left to give
    """
    refuse_who_does_not_instruct(by=by)
    taker = instructeur(compte_id=taker_id)
    giver = Compte.objects.get(pk=giver_id)
    if was_followed:
        assign_referent(candidature_id=candidature_id, compte_id=taker_id, seen=giver_id, by=by, at=at)
    people: dict[str, Any] = {"candidature_id": candidature_id, "giver": giver, "to": taker, "by": by, "at": at}
    given = [was_followed, hand_over_volets_in(**people), hand_over_chapitres_in(**people)]
    if not any(given):
        raise ReferentNotPossible(f"{giver.full_name} n’examine plus rien dans cette candidature.")


def _seances(compte: Compte) -> list[SeanceDuCollege]:
    return list(SeanceDuCollege.objects.filter(secretaire=compte).exclude(state__in=rules.OVER).order_by("pk"))


def _rapports(compte: Compte) -> list[Examen]:
    undecided = Examen.objects.filter(rapporteur=compte, state__in=[ExamenState.LISTED, ExamenState.DECIDED])
    to_come = undecided.exclude(seance__state__in=rules.OVER)
    return list(to_come.select_related("seance", "candidature").order_by("pk"))
