"""The lines of the journal of the portal that somebody looks for."""

from django.db.models import Q, QuerySet

from comptes import journal
from comptes.models import JournalEntry
from comptes.queries import journal_of
from comptes.rules.journaux import PORTAIL, Wanted


def journal_of_portail(wanted: Wanted) -> QuerySet[JournalEntry]:
    """The acts of the portal's chain that are asked, latest first."""
    entries = journal_of(journal.PORTAIL)
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
