"""Which candidatures would be affected if an échéance were moved."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from candidatures.enums import CandidatureState, DerogationState
from candidatures.models import Candidature, Derogation, Echeance
from candidatures.queries.teams import people_of_dispositif
from candidatures.rules.deadlines import Deadline
from referencement.rules.deplacements import Effect

from .echeances import due_candidatures


def effect_of_move(
    echeance: Echeance, deadline: Deadline, to: datetime, *, at: datetime
) -> tuple[Effect, QuerySet[Candidature]]:
    """Count what moving an échéance to that instant would change now, and list the candidatures, by NRU.

    :param deadline: the échéance as it stands for everybody
    :param to: the new instant (aware)
    """
    due = set(due_candidatures(echeance, at=at))
    granted = Derogation.objects.filter(
        candidature__in=due, echeance=echeance.code, state=DerogationState.GRANTED, to_at__gt=echeance.at
    )
    rows = granted.order_by("to_at", "pk").values_list("candidature", "to_at")
    extensions = {pk: until for pk, until in rows if until is not None}
    beyond = {pk for pk, until in extensions.items() if until >= to}
    still_in_time = {pk for pk, until in extensions.items() if until >= at} - beyond
    changed = due - beyond
    late = set() if deadline.is_met(at) else changed - still_in_time
    foreclosed = Candidature.objects.filter(
        dispositif=echeance.dispositif, state=CandidatureState.FORECLOSED, foreclosure_echeance=echeance.code
    )
    effect = Effect(
        former=deadline.at,
        to=to,
        late=len(late),
        pending=len(changed) - len(late),
        extended=len(beyond),
        foreclosed=foreclosed.count(),
        messages=people_of_dispositif(echeance.dispositif_id).count(),
    )
    return effect, Candidature.objects.with_names().filter(pk__in=changed).order_by("nru")
