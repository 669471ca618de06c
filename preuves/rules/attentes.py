"""Until when the files of what was submitted may arrive, and what is said of it before."""

from datetime import datetime, timedelta

from candidatures.rules.deadlines import Deadline
from comptes.dates import instant_in_words

from .completude import ChapitreDeposits


def awaited_until(deadline: Deadline, grace: timedelta) -> datetime | None:
    """Return the last instant at which the files of what is submitted may arrive; None when nothing limits it."""
    return deadline.at + grace if deadline.binds else None


def said_of_the_files(facts: ChapitreDeposits, until: datetime | None) -> str:
    """Say, before a chapitre is submitted, what becomes of its files that still travel; empty when all are there."""
    if not facts.travelling:
        return ""
    by = f" au plus tard le {instant_in_words(until)}" if until else ""
    return (
        f"Des fichiers sont en cours d’envoi pour : {', '.join(facts.travelling)}. Vous pouvez soumettre dès "
        f"maintenant. Tous les fichiers doivent être reçus en entier{by}. Sinon, la soumission sera annulée."
    )
