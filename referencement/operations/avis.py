"""The avis of one member on one dossier: given by the member, or noted by whoever holds the secrétaire's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from comptes.dates import instant_in_words
from comptes.models import Compte
from referencement.enums import Act, AvisDuCollege
from referencement.models import AvisDeMembre, Examen, MembreDeSeance
from referencement.queries import seances as seances_queries
from referencement.rules import seances as rules

from .examens import LONGEST, SeanceNotPossible, locked_examen, mark_moved, record_examen


@dataclass(frozen=True)
class MemberAdvice:
    """The avis that a member gives on a dossier, or the conflict of interest that keeps them out of it.

    :param membre: pk of the `MembreDeSeance`
    :param avis: None when the member is in conflict
    :param seen: version of the avis that the page showed, 0 when it showed none; None when no page was read
    """

    membre: int
    avis: AvisDuCollege | None
    conflict: str = ""
    seen: int | None = None


class AvisMoved(SeanceNotPossible):
    """The member's avis changed since the page was read; the reason says to what, and by whom."""


@transaction.atomic
def record_avis(*, examen_id: int, advice: MemberAdvice, by: Compte, at: datetime) -> AvisDeMembre:
    """Note the avis of one member, or their conflict of interest. It can be changed until the séance is closed.

    Noting the same avis again changes nothing.

    :raises SeanceNotPossible: when the member is absent, or the séance is not open
    :raises AvisMoved: when the member's avis changed since the page was read
    """
    examen = locked_examen(examen_id=examen_id)
    if obstacles := rules.obstacles_to_advise(seances_queries.seance_facts(examen.seance), examen=examen.state):
        raise SeanceNotPossible(*obstacles)
    membre = examen.seance.membres.select_related("compte").filter(pk=advice.membre).first()
    if membre is None:
        raise SeanceNotPossible("Cette personne n’est pas membre de cette séance.")
    if fault := _fault(advice, membre, by):
        raise SeanceNotPossible(fault)
    noted = examen.avis.select_related("membre__compte", "recorded_by").filter(membre=membre).first()
    if noted is not None and (noted.avis, noted.conflict_reason) == (advice.avis or "", advice.conflict.strip()):
        return noted
    if advice.seen is not None and advice.seen != (noted.version if noted else 0):
        raise AvisMoved(_since(noted))
    return _noted(examen, membre, noted, advice, by, at)


def _noted(
    examen: Examen, membre: MembreDeSeance, former: AvisDeMembre | None, advice: MemberAdvice, by: Compte, at: datetime
) -> AvisDeMembre:
    noted = former or AvisDeMembre(examen=examen, membre=membre, version=0)
    noted.avis, noted.conflict_reason = advice.avis or "", advice.conflict.strip()
    noted.is_in_conflict = advice.avis is None
    noted.version += 1
    noted.recorded_at, noted.recorded_by = at, by
    noted.save()
    act = Act.CONFLICT_RECORDED if noted.is_in_conflict else Act.AVIS_RECORDED
    record_examen(examen=examen, act=act, by=by, at=at, compte=membre.compte_id)
    mark_moved(seance=examen.seance)
    return noted


def _fault(advice: MemberAdvice, membre: MembreDeSeance, by: Compte) -> str:
    """Say what is wrong with an avis, in a sentence shown beside the member's name; "" when nothing is."""
    if not membre.is_present and membre.compte_id == by.pk:
        return "Votre présence n’est pas notée : demandez au secrétariat de la séance de la noter."
    if not membre.is_present:
        return "La présence de ce membre n’est pas notée."
    if len(advice.conflict.strip()) > LONGEST:
        return f"Indiquez le conflit d’intérêts en {LONGEST} caractères au plus."
    if advice.avis is None and not advice.conflict.strip():
        return "Indiquez ce conflit d’intérêts."
    if advice.avis is not None and advice.conflict.strip():
        return (
            "Donnez un avis, ou choisissez « Ne prend pas part » en indiquant le conflit d’intérêts, mais pas les deux."
        )
    return ""


def _since(noted: AvisDeMembre | None) -> str:
    if noted is None:
        return "L’avis enregistré a été retiré entre-temps : relisez la page avant d’enregistrer."
    given = f"Ne prend pas part ({noted.conflict_reason})" if noted.is_in_conflict else str(noted.get_avis_display())
    author = "de sa main" if noted.is_own else f"noté par {noted.recorded_by}"
    return (
        f"«\u00a0{given}\u00a0» vient d’être enregistré, {author}, le {instant_in_words(noted.recorded_at)}. "
        "Votre saisie est conservée ici : enregistrez-la de nouveau si elle doit le remplacer."
    )
