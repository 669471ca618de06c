"""An éditeur withdraws its candidature: until the collège has opened the séance that examines it, and not after."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from candidatures import operations as of_candidatures
from candidatures import permissions
from candidatures.models import Candidature
from candidatures.queries import said
from comptes import outbox
from comptes.models import Compte
from referencement import queries
from referencement.enums import FinKind, SeanceState
from referencement.models import Examen
from referencement.queries.seances import ON_THE_AGENDA
from referencement.rules import Fin

from .examens import locked_examen, unlist_candidature

WITHDRAWN = "L’éditeur a retiré sa candidature."


@transaction.atomic
def withdraw_candidature(*, candidature_id: int, by: Compte, at: datetime) -> Candidature:
    """Withdraw a candidature, for good; one that awaits a séance leaves its agenda, and its secrétaire is told.

    :raises CandidatureNotPossible: once the séance is open or the collège has decided, or by who cannot engage
    """
    pending = Examen.objects.filter(candidature=candidature_id, state__in=ON_THE_AGENDA).first()
    examen = locked_examen(examen_id=pending.pk) if pending else None
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    reasons = [] if permissions.can_engage(by, candidature) else [NOT_ALLOWED]
    reasons += why_not_withdrawn(candidature=candidature, examen=examen)
    if reasons:
        raise of_candidatures.CandidatureNotPossible(*reasons)
    if examen:
        secretaire, on = examen.seance.secretaire, f"candidature:{candidature.nru}"
        unlist_candidature(examen_id=examen.pk, reason=WITHDRAWN, by=by, at=at)
        outbox.post("referencement.withdrawn_from_agenda", on=on, to=secretaire, at=at)
    return of_candidatures.withdraw_candidature(candidature_id=candidature_id, by=by, at=at)


NOT_ALLOWED = "Seule une personne qui peut engager l’éditeur retire une candidature."


def why_not_withdrawn(*, candidature: Candidature, examen: Examen | None) -> list[str]:
    """Say why a candidature cannot be withdrawn any more; nothing when it can.

    :param examen: the one that is on an agenda
    """
    fin = queries.fins_of([candidature.pk]).get(candidature.pk)
    if fin is not None and fin.kind == FinKind.REFERENCED:
        return [f"{_decided(fin)} Pour mettre fin au référencement, renoncez-y."]
    if fin is not None and fin.kind == FinKind.NOT_ATTRIBUTED:
        return [f"{_decided(fin)} Une candidature se retire avant cette décision."]
    if examen is not None and examen.seance.state == SeanceState.OPEN:
        return ["Le collège l’examine en ce moment\u00a0: elle ne se retire plus. Sa décision paraît à la clôture."]
    return []


def _decided(fin: Fin) -> str:
    return f"Le collège s’est prononcé le {said(fin.at)}."
