"""Keeping what steering pages read: what each échéance risks, and what each dispositif has done lately."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, Q

from candidatures.catalogue.dispositifs import open_codes
from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from referencement.enums import TriDePhoto
from referencement.models import RisqueDEcheance, TableauDePilotage
from referencement.queries.blocages import dossier_complet
from referencement.queries.durees import known_durees
from referencement.queries.graphes import graphe_facts
from referencement.queries.mesures import counted
from referencement.rules.durees import likely
from referencement.rules.echeances import due
from referencement.rules.graphe import graphe
from referencement.rules.photo import sort_of
from referencement.rules.risques import risques_of

IN_TIME = TriDePhoto.IN_TIME
# How old what is kept may be.
LONGEST = timedelta(hours=6)


def stale_risques(*, most: int, at: datetime) -> list[int]:
    """Return the open candidatures whose risks are not known, or were computed too long ago; the oldest first."""
    opened = Candidature.objects.filter(state=CandidatureState.OPEN, dispositif__in=open_codes())
    known = opened.annotate(computed_at=Min("risques__computed_at"))
    stale = known.filter(Q(computed_at=None) | Q(computed_at__lt=at - LONGEST))
    oldest = stale.order_by(F("computed_at").asc(nulls_first=True), "pk")
    return list(oldest.values_list("pk", flat=True)[:most])


@transaction.atomic
def compute_risques(*, candidature_id: int, at: datetime) -> int:
    """Write again what each échéance risks in one candidature; return how many bind it."""
    candidature = Candidature.objects.with_names().get(pk=candidature_id)
    complet = dossier_complet(candidature, at=at, with_history=False)
    durees, _ = known_durees(candidature.dispositif_id)
    graph = graphe(graphe_facts(complet), likely(durees), at=at)
    rows = [
        RisqueDEcheance(
            candidature=candidature,
            echeance=code,
            due_at=risque.due_at,
            sort=sort_of(due(complet.facts, code, at=at)),
            expected_at=risque.expected_at,
            slack=risque.slack,
            reason=risque.reason,
            owner=risque.owner,
            computed_at=at,
        )
        for code, risque in risques_of(graph, complet.facts.echeances).items()
    ]
    # A candidature that no échéance binds has a row all the same, so that it is not computed again at each run.
    rows = rows or [RisqueDEcheance(candidature=candidature, echeance="", due_at=at, sort=IN_TIME, computed_at=at)]
    kept = RisqueDEcheance.objects.filter(candidature=candidature)
    kept.exclude(echeance__in=[row.echeance for row in rows]).delete()
    fields = ["due_at", "sort", "expected_at", "slack", "reason", "owner", "computed_at"]
    RisqueDEcheance.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["candidature", "echeance"], update_fields=fields
    )
    return len(rows)


def forget_risques() -> int:
    """Forget what concerned candidatures that are over; return how many rows."""
    return RisqueDEcheance.objects.exclude(candidature__state=CandidatureState.OPEN).delete()[0]


@transaction.atomic
def measure_pilotage(*, dispositif: str, at: datetime) -> TableauDePilotage:
    """Count again what a dispositif has done."""
    kept, _ = TableauDePilotage.objects.update_or_create(
        dispositif_id=dispositif, defaults={"contenu": counted(dispositif, at=at).as_json(), "measured_at": at}
    )
    return kept
