"""Which éditeurs may be reminded of what they have to do, and of what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.text import capfirst

from candidatures.models import Candidature
from comptes.dates import instant_in_words
from comptes.models import Notice
from referencement.enums import Cote
from referencement.models import TourProjete

from .tours import tours_of

RELANCE = "referencement.relance"
# A team is not reminded twice in that time.
APART = timedelta(days=1)


def why_not_reminded(candidature_ids: Collection[int], *, at: datetime) -> dict[int, str]:
    """Say, in French, why the éditeur of a candidature (pk) is not reminded; nothing when it may be. Three queries."""
    rows = TourProjete.objects.filter(pk__in=candidature_ids, editeur_count__gt=0)
    awaited = set(rows.order_by("pk").values_list("pk", flat=True))
    chains = {row.chain: row.pk for row in Candidature.objects.filter(pk__in=candidature_ids).order_by("pk")}
    recent = Notice.objects.filter(kind=RELANCE, address__in=chains, posted_at__gt=at - APART)
    reminded = dict(recent.order_by("posted_at", "pk").values_list("address", "posted_at"))
    reasons = {pk: "Rien n’est à faire par l’éditeur." for pk in candidature_ids if pk not in awaited}
    for chain, posted_at in reminded.items():
        reasons.setdefault(chains[chain], f"L’éditeur a déjà été relancé le {instant_in_words(posted_at)}.")
    return reasons


def awaited_of(candidature_id: int, *, at: datetime) -> list[str]:
    """Return what the éditeur has to do in a candidature, one French sentence each."""
    attentes = tours_of([candidature_id], at=at)[candidature_id].of(Cote.EDITEUR)
    return [attente.sentence or f"{capfirst(attente.objet.label)}." for attente in attentes]
