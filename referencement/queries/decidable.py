"""What the closing of a séance reads of its dossiers, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from candidatures.enums import CandidatureState, VoletState
from candidatures.models import Candidature, Volet
from preuves.queries.dossier import Dossier
from referencement.models import Convention
from referencement.rules.facts import DossierFacts

from .blocages import dossier_complet, with_charte_and_end
from .fins import fin_from
from .tours import wholes_of


@dataclass(frozen=True)
class Complet:
    """The part of a `DossierComplet` that the closing of a séance reads."""

    facts: DossierFacts
    dossier: Dossier | None
    convention: Convention | None


def dossiers_to_decide(candidatures: Sequence[Candidature], *, at: datetime) -> dict[int, Complet]:
    """Return what `dossier_complet` says of each candidature, by pk, in a constant number of queries.

    A candidature that is over or has a draft is read alone: its sentences need facts that are not read for many.
    """
    rows: list[Any] = list(
        with_charte_and_end(Candidature.objects.with_names())
        .filter(pk__in=[candidature.pk for candidature in candidatures])
        .annotate(drafts=Exists(Volet.objects.filter(candidature=OuterRef("pk"), state=VoletState.DRAFT)))
        .order_by("pk")
    )
    plain = [row for row in rows if row.state == CandidatureState.OPEN and not row.drafts and fin_from(row) is None]
    living = Convention.objects.living().filter(candidature__in=plain).select_related("signatory").order_by("pk")
    conventions = {convention.candidature_id: convention for convention in living}
    complets = {
        pk: Complet(whole.facts, whole.dossier, conventions.get(pk))
        for pk, whole in wholes_of(plain, conventions, at=at).items()
    }
    for row in rows:
        if row.pk not in complets:
            complet = dossier_complet(row, at=at, with_history=False)
            complets[row.pk] = Complet(complet.facts, complet.dossier, complet.convention)
    return complets
