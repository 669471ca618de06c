"""A reminder that somebody of the ANS sends: what waits for the éditeur in one candidature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from candidatures.models import Candidature
from candidatures.operations.referents import refuse_who_does_not_instruct
from candidatures.operations.telling import tell_the_team
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Refused
from referencement.enums import Act
from referencement.queries.relances import RELANCE


class RelanceNotPossible(Refused):
    """Nothing is sent: nothing waits for the éditeur, or it was reminded a moment ago."""


@transaction.atomic
def remind_editeur(*, candidature_id: int, known: Mapping[int, str], by: Compte, at: datetime) -> None:
    """Tell an éditeur's team again what it has to do.

    :param known: what `why_not_reminded` said of it, since it was locked
    :raises ReferentNotPossible: when `by` does not instruct
    :raises RelanceNotPossible: when nothing waits for the éditeur, or it was reminded less than a day ago
    """
    refuse_who_does_not_instruct(by=by)
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    if reason := known.get(candidature_id):
        raise RelanceNotPossible(reason)
    entry = journal.record(candidature.chain, Act.EDITEUR_REMINDED, on=candidature.chain, by=by, at=at)
    occurrence = str(entry.number)
    tell_the_team(candidature=candidature, kind=RELANCE, on=candidature.chain, occurrence=occurrence, at=at)
