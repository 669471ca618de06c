"""The lines of a journal that somebody looks for."""

from django.db.models import Q, QuerySet

from comptes.models import JournalEntry
from comptes.rules.journaux import PORTAIL, Wanted


def narrowed(entries: QuerySet[JournalEntry], wanted: Wanted) -> QuerySet[JournalEntry]:
    """Keep the acts that are asked."""
    if wanted.par:
        entries = entries.filter(by=None) if wanted.par == PORTAIL else entries.filter(by=int(wanted.par))
    if wanted.kinds:
        on = Q()
        for kind in wanted.kinds:
            on |= Q(address__startswith=f"{kind}:")
        entries = entries.filter(on)
    if wanted.since:
        entries = entries.filter(at__gte=wanted.since)
    if wanted.before:
        entries = entries.filter(at__lt=wanted.before)
    return entries
