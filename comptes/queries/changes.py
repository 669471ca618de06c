"""What others did since a person was last there."""

from collections.abc import Collection
from datetime import datetime

from comptes.models import Compte, JournalEntry


def acts_since(chains: Collection[str], *, at: datetime, but: Compte, most: int) -> list[JournalEntry]:
    """The acts that anybody else wrote in these chains since an instant, latest first, no more than `most`."""
    others = JournalEntry.objects.filter(chain__in=chains, at__gt=at).exclude(by=but.pk)
    return list(others.order_by("-at", "chain", "-number")[:most])
