"""What one member says of one dossier: at their own screen, or noted by whoever holds the secrétaire's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from comptes.dates import instant_in_figures
from comptes.models import Compte
from referencement.enums import Act, AvisDuCollege
from referencement.models import AvisDeMembre, Examen, MembreDeSeance
from referencement.queries import seances as college
from referencement.rules import seances as rules

from .examens import LONGEST, SeanceNotPossible, locked_examen, mark_moved, record_examen


@dataclass(frozen=True)
class MemberAdvice:
    """What a member says of a dossier: an advice, or why he takes no part.

    :param membre: his pk
    :param avis: None when he is in conflict
    :param seen: the version of what the screen showed of him, 0 for nothing; None when no screen was read
    """

    membre: int
    avis: AvisDuCollege | None
    conflict: str = ""
    seen: int | None = None


class AvisMoved(SeanceNotPossible):
    """Something else was said of that member since the page was read; the reason says what, and by whom."""


@transaction.atomic
def record_avis(*, examen_id: int, said: MemberAdvice, by: Compte, at: datetime) -> AvisDeMembre:
    """Note what one member advises, or that they take no part; the last word holds until the séance is closed.

    Saying again what is noted changes nothing.

    :raises SeanceNotPossible: when the member is not there, or the séance is not open; nothing is then noted
    :raises AvisMoved: when something else was said since
    """
    examen = locked_examen(examen_id=examen_id)
    if found := rules.obstacles_to_advise(college.seance_facts(examen.seance), examen=examen.state):
        raise SeanceNotPossible(*found)
    membre = examen.seance.membres.select_related("compte").filter(pk=said.membre).first()
    if membre is None:
        raise SeanceNotPossible("Cette personne n’est pas membre de cette séance.")
    if fault := _fault(said, membre, by):
        raise SeanceNotPossible(fault)
    noted = examen.avis.select_related("membre__compte", "recorded_by").filter(membre=membre).first()
    if noted is not None and (noted.avis, noted.conflict_reason) == (said.avis or "", said.conflict.strip()):
        return noted
    if said.seen is not None and said.seen != (noted.version if noted else 0):
        raise AvisMoved(_since(noted))
    return _noted(examen, membre, noted, said, by, at)


def _noted(
    examen: Examen, membre: MembreDeSeance, former: AvisDeMembre | None, said: MemberAdvice, by: Compte, at: datetime
) -> AvisDeMembre:
    noted = former or AvisDeMembre(examen=examen, membre=membre, version=0)
    noted.avis, noted.conflict_reason = said.avis or "", said.conflict.strip()
    noted.is_in_conflict = said.avis is None
    noted.version += 1
    noted.recorded_at, noted.recorded_by = at, by
    noted.save()
    act = Act.CONFLICT_RECORDED if noted.is_in_conflict else Act.AVIS_RECORDED
    record_examen(examen=examen, act=act, by=by, at=at, compte=membre.compte_id)
    mark_moved(seance=examen.seance)
    return noted


def _fault(said: MemberAdvice, membre: MembreDeSeance, by: Compte) -> str:
    """What is wrong with it, in a sentence that stands beside the member's name."""
    if not membre.is_present and membre.compte_id == by.pk:
        return "Vous n’êtes pas noté présent\u00a0: demandez au secrétaire de séance de noter votre présence."
    if not membre.is_present:
        return "Ce membre n’est pas noté présent."
    if len(said.conflict.strip()) > LONGEST:
        return f"Dites le conflit en {LONGEST} caractères au plus."
    if said.avis is None and not said.conflict.strip():
        return "Dites quel est ce conflit d’intérêts."
    if said.avis is not None and said.conflict.strip():
        return "Donnez un avis, ou «\u00a0Ne prend pas part\u00a0» et dites quel conflit\u00a0: pas les deux."
    return ""


def _since(noted: AvisDeMembre | None) -> str:
    if noted is None:
        return "L’avis qui était noté ne l’est plus\u00a0: relisez avant de noter."
    words = f"Ne prend pas part ({noted.conflict_reason})" if noted.is_in_conflict else str(noted.get_avis_display())
    who = "de sa main" if noted.is_own else f"noté par {noted.recorded_by}"
    return (
        f"«\u00a0{words}\u00a0» vient d’être donné, {who}, le {instant_in_figures(noted.recorded_at)}. "
        "Votre saisie est gardée ici\u00a0: enregistrez-la de nouveau si elle doit le remplacer."
    )
