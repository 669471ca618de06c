"""The withdrawal of a candidature by its éditeur, possible until the séance that examines it opens."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from candidatures import permissions
from candidatures.models import Candidature
from candidatures.operations import candidatures as candidatures_operations
from candidatures.operations.candidatures import CandidatureNotPossible
from comptes import outbox
from comptes.dates import instant_in_words
from comptes.models import Compte
from preuves.operations.secondes_lectures import tell_experts_of_the_close
from referencement.enums import FinKind, SeanceState
from referencement.models import Examen
from referencement.queries.fins import fins_of
from referencement.queries.seances import ON_THE_AGENDA
from referencement.rules.fin import Fin

from .examens import locked_examen, unlist_candidature

MOVED = "L’ordre du jour d’une séance vient de changer pour cette candidature\u00a0: relisez la page, puis recommencez."
WITHDRAWN = "L’éditeur a retiré sa candidature."


@transaction.atomic
def withdraw_candidature(*, candidature_id: int, by: Compte, at: datetime) -> Candidature:
    """Withdraw a candidature for good; if it was on an agenda, it leaves it and the secrétaire is notified.

    The experts of its second readings are notified too.

    :raises CandidatureNotPossible: when the séance is open, when the collège has decided, when the agenda changed in
        the meantime, or when `by` cannot engage the éditeur
    """
    examen = _locked_if_listed(candidature_id)
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    if _listed(candidature_id) != (examen.pk if examen else None):
        raise CandidatureNotPossible(MOVED)
    reasons = [] if permissions.can_engage(by, candidature) else [NOT_ALLOWED]
    reasons += why_not_withdrawn(candidature=candidature, examen=examen)
    if reasons:
        raise CandidatureNotPossible(*reasons)
    if examen:
        secretaire, on = examen.seance.secretaire, f"candidature:{candidature.nru}"
        unlist_candidature(examen_id=examen.pk, reason=WITHDRAWN, tell=False, by=by, at=at)
        outbox.post("referencement.withdrawn_from_agenda", on=on, to=secretaire, at=at)
    tell_experts_of_the_close(candidature_id=candidature_id, at=at)
    return candidatures_operations.withdraw_candidature(candidature_id=candidature_id, by=by, at=at)


def _listed(candidature_id: int) -> int | None:
    """Return the pk of the examen by which a candidature is on an agenda; None when it is on none."""
    listed = Examen.objects.filter(candidature=candidature_id, state__in=ON_THE_AGENDA)
    return listed.values_list("pk", flat=True).first()


def _locked_if_listed(candidature_id: int) -> Examen | None:
    """Lock the séance and the examen of a candidature; None when it is on no agenda, or has just left it."""
    pending = _listed(candidature_id)
    try:
        return None if pending is None else locked_examen(examen_id=pending)
    except Examen.DoesNotExist:
        return None


NOT_ALLOWED = "Seule une personne qui peut engager l’éditeur retire une candidature."


def why_not_withdrawn(*, candidature: Candidature, examen: Examen | None) -> list[str]:
    """Say why a candidature can no longer be withdrawn, one French sentence each.

    :param examen: the examen by which it is on an agenda, if it is on one
    """
    fin = fins_of([candidature.pk]).get(candidature.pk)
    if fin is not None and fin.kind == FinKind.REFERENCED:
        return [f"{_decided(fin)} Pour mettre fin au référencement, renoncez-y."]
    if fin is not None and fin.kind == FinKind.NOT_ATTRIBUTED:
        return [f"{_decided(fin)} Une candidature peut être retirée seulement avant cette décision."]
    if examen is not None and examen.seance.state == SeanceState.OPEN:
        return [
            (
                "Le collège examine cette candidature en ce moment\u00a0: elle ne peut plus être retirée. "
                "Sa décision sera publiée à la clôture de la séance."
            )
        ]
    return []


def _decided(fin: Fin) -> str:
    return f"Le collège s’est prononcé le {instant_in_words(fin.at)}."
