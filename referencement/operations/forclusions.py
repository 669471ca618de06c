"""Foreclosure of a candidature that its photo does not show in time."""

from datetime import datetime

from django.db import transaction

from candidatures.models import Candidature
from candidatures.operations.derogations import ForeclosureNotPossible, foreclose_candidature
from candidatures.queries.candidatures import deadlines_of
from comptes.models import Compte
from preuves.operations.secondes_lectures import tell_experts_of_the_close
from referencement.models import PhotoDEcheance
from referencement.queries.albums import to_foreclose
from referencement.queries.referencements import decision_on_foreclosure

from .documents import issue_decision


@transaction.atomic
def foreclose_on_photo(*, photo_id: int, reason: str, by: Compte, at: datetime) -> Candidature:
    """Foreclose the candidature of a photo, issue its décision, and tell the experts of its second readings.

    The photo must show that it was not in time, and what the échéance asked for must still be missing.

    :raises ForeclosureNotPossible: with every reason
    """
    candidature_id = PhotoDEcheance.objects.values_list("candidature", flat=True).get(pk=photo_id)
    Candidature.objects.locked().get(pk=candidature_id)
    (line,) = to_foreclose([photo_id], at=at)
    if line.reason:
        raise ForeclosureNotPossible(line.reason)
    tell_experts_of_the_close(candidature_id=candidature_id, at=at)
    candidature = foreclose_candidature(
        candidature_id=candidature_id, echeance=line.photo.echeance, reason=reason, by=by, at=at
    )
    deadline = deadlines_of(candidature)[line.photo.echeance]
    data = decision_on_foreclosure(candidature, echeance=deadline.nom, limite=deadline.at)
    issue_decision(candidature=candidature, data=data, by=by, at=at)
    return candidature
