"""A dérogation that the éditeur asked for is refused: an adverse decision, with its document."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from candidatures.models import Derogation
from candidatures.operations import derogations as derogations_operations
from comptes.models import Compte
from referencement.queries.referencements import decision_on_derogation

from .documents import issue_decision


@transaction.atomic
def refuse_derogation(*, derogation_id: int, reason: str, by: Compte, at: datetime) -> Derogation:
    """Say no; when that answers the éditeur, its décision is issued. What the ANS gives up of itself has none.

    :raises DerogationNotPossible: when it was decided already, without a reason, or by whoever may not
    """
    derogation = derogations_operations.refuse_derogation(derogation_id=derogation_id, reason=reason, by=by, at=at)
    if derogation.is_of_editeur:
        data = decision_on_derogation(derogation)
        issue_decision(candidature=derogation.candidature, data=data, by=by, at=at)
    return derogation
