"""What the closing of a séance looks at, of all its dossiers at once."""

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
from .tours import whole_with_dossiers


@dataclass(frozen=True)
class Complet:
    """Of a `DossierComplet`, what the closing of a séance looks at."""

    facts: DossierFacts
    dossier: Dossier | None
    convention: Convention | None


def dossiers_to_decide(candidatures: Sequence[Candidature], *, at: datetime) -> dict[int, Complet]:
    """What `dossier_complet` says of each, by its pk, in a constant number of queries.

    One by one where a volet is a draft, or where it is over: their sentences say more.
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
        pk: Complet(facts, dossier, conventions.get(pk))
        for pk, (facts, dossier) in whole_with_dossiers(plain, conventions, at=at).items()
    }
    for row in rows:
        if row.pk not in complets:
            complet = dossier_complet(row, at=at, with_history=False)
            complets[row.pk] = Complet(complet.facts, complet.dossier, complet.convention)
    return complets
