"""A new version technique of a solution that is référencée is presented: a candidature that follows the former one."""

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
    """No new version can be presented after this one."""


@transaction.atomic
def present_new_version(*, candidature_id: int, by: Compte, at: datetime) -> Candidature:
    """Open the candidature of the next version technique of a solution that is référencée.

    What was answered before is proposed in its volets; a preuve that was accepted is not deposited again, once the ANS
    has confirmed the référencement that they declare. Nothing changes to the version before.

    :raises VersionNotPossible: when it is not référencée, or when its next version is already presented
    """
    former = Candidature.objects.locked().with_names().get(pk=candidature_id)
    if not Examen.objects.filter(candidature=former, state=ExamenState.ATTRIBUTED).exists():
        raise VersionNotPossible("Une nouvelle version se présente une fois la précédente référencée.")
    try:
        candidature = open_candidature(
            produit_id=former.produit_id, dispositif_code=former.dispositif_id, by=by, at=at, succeeds=former
        )
    except CandidatureNotPossible as refused:
        raise VersionNotPossible(*refused.reasons) from None
    journal.record(former.chain, Act.VERSION_PRESENTED, on=candidature.chain, by=by, at=at, nru=candidature.nru)
    return candidature
