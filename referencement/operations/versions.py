"""Presenting the next version technique of a solution that is référencée, as a new candidature."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from candidatures.models import Candidature
from candidatures.operations.candidatures import CandidatureNotPossible, open_candidature
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused
from referencement.enums import Act, ExamenState
from referencement.models import Examen


class VersionNotPossible(Refused):
    """The next version cannot be presented."""


@transaction.atomic
def present_new_version(*, candidature_id: int, by: Compte, at: datetime) -> Candidature:
    """Open the candidature of the next version technique of a solution that is référencée.

    Its volets propose the former answers; once the ANS has confirmed the former référencement, a preuve that was
    accepted is not asked for again. Nothing changes for the former version.

    :raises VersionNotPossible: when the solution is not référencée, or when its next version is already presented
    """
    former = Candidature.objects.locked().with_names().get(pk=candidature_id)
    if not Examen.objects.filter(candidature=former, state=ExamenState.ATTRIBUTED).exists():
        raise VersionNotPossible("Vous pourrez présenter une nouvelle version une fois la précédente référencée.")
    try:
        candidature = open_candidature(
            produit_id=former.produit_id, dispositif_code=former.dispositif_id, by=by, at=at, succeeds=former
        )
    except CandidatureNotPossible as refused:
        raise VersionNotPossible(*refused.reasons) from None
    journal.record(former.chain, Act.VERSION_PRESENTED, on=candidature.chain, by=by, at=at, nru=candidature.nru)
    return candidature
