"""The order of an agenda, and the rapporteur of each dossier."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptes.models import Compte
from referencement.enums import Act, ExamenState
from referencement.models import AvisDeMembre, Examen
from referencement.queries import seances as seances_queries
from referencement.rules import seances as rules

from .examens import SeanceNotPossible, locked_examen, mark_moved, record_examen


@transaction.atomic
def rank_examen(*, examen_id: int, steps: int, by: Compte, at: datetime) -> Examen:
    """Move a dossier on the agenda, and renumber the others.

    :param steps: -1 for one place earlier, 1 for one later
    :raises SeanceNotPossible: at either end of the agenda, or once the séance is over
    """
    examen = _locked_on_an_agenda(examen_id)
    agenda = list(examen.seance.examens.locked().order_by("rank", "pk"))
    place = next(index for index, other in enumerate(agenda) if other.pk == examen.pk)
    if not 0 <= place + steps < len(agenda):
        end = "premier" if steps < 0 else "dernier"
        raise SeanceNotPossible(f"{examen.candidature.produit.nom} est déjà en {end} à l’ordre du jour.")
    agenda.insert(place + steps, agenda.pop(place))
    for rank, other in enumerate(agenda, start=1):
        if other.rank != rank:
            other.rank = rank
            other.save(update_fields=["rank"])
    mark_moved(seance=examen.seance)
    record_examen(examen=examen, act=Act.EXAMEN_RANKED, by=by, at=at, rank=place + steps + 1)
    return agenda[place + steps]


@transaction.atomic
def name_rapporteur(*, examen_id: int, compte_id: int | None, by: Compte, at: datetime) -> Examen:
    """Name the rapporteur of a dossier, or remove them.

    :param compte_id: a member of the séance or an instructeur; None to leave the dossier without a rapporteur
    :raises SeanceNotPossible: for anybody else, for a member in conflict, or once the séance is over
    """
    examen = _locked_on_an_agenda(examen_id)
    if compte_id is None:
        rapporteur = None
    else:
        rapporteur = seances_queries.possible_rapporteurs(examen.seance).filter(pk=compte_id).first()
        if rapporteur is None:
            raise SeanceNotPossible("Choisissez un membre de la séance ou un instructeur.")
        if AvisDeMembre.objects.filter(examen=examen, is_in_conflict=True, membre__compte=rapporteur).exists():
            raise SeanceNotPossible(
                f"{rapporteur.full_name} s’est retiré de ce dossier\u00a0: choisissez quelqu’un d’autre."
            )
    if examen.rapporteur_id == compte_id:
        return examen
    examen.rapporteur = rapporteur
    examen.save(update_fields=["rapporteur"])
    mark_moved(seance=examen.seance)
    if rapporteur is None:
        record_examen(examen=examen, act=Act.RAPPORTEUR_REMOVED, by=by, at=at)
    else:
        record_examen(examen=examen, act=Act.RAPPORTEUR_NAMED, by=by, at=at, compte=rapporteur.pk)
    return examen


def _locked_on_an_agenda(examen_id: int) -> Examen:
    examen = locked_examen(examen_id=examen_id)
    facts = seances_queries.seance_facts(examen.seance)
    if facts.state in rules.OVER:
        raise SeanceNotPossible(rules.sentence_when_over(facts))
    if examen.state not in (ExamenState.LISTED, ExamenState.DECIDED):
        raise SeanceNotPossible("Cet examen est déjà publié.")
    return examen
