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
    """Refuse a dérogation. A décision is issued only when the éditeur had asked for it, not when the ANS had.

    :raises DerogationNotPossible: without a reason, when it is decided already, or when `by` may not decide
    """
    derogation = derogations_operations.refuse_derogation(derogation_id=derogation_id, reason=reason, by=by, at=at)
    if derogation.is_of_editeur:
        data = decision_on_derogation(derogation)
        issue_decision(candidature=derogation.candidature, data=data, by=by, at=at)
    return derogation
