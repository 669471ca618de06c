"""The anchoring of the journal, once a day, outside the database."""

from datetime import datetime

from comptes import journal, queries
from comptes.connectors.heads import Heads
from comptes.connectors.tsa import TimestampRefused
from comptes.dates import PARIS
from comptes.models import RegisteredChain
from comptes.rules.refusals import Refused


class JournalNotAnchored(Refused):
    """The journal was not anchored."""


def anchor_journal(*, at: datetime, machine: datetime) -> bool:
    """Keep outside the database what every chain is today; False when it was done already.

    Never in a transaction: an authority may be slow. A journal that contradicts earlier anchors is not anchored.

    :param machine: the machine's instant, to compare with that of the authority
    :raises JournalNotAnchored: when an authority refuses or does not answer, or the journal is not what it was
    """
    kept, day = journal.anchors(), at.astimezone(PARIS).date()
    days = kept.days()
    if day in days:
        return False
    if faults := tuple(str(fault) for fault in journal.faults_since_the_anchors()):
        raise JournalNotAnchored(*faults)
    chains = queries.heads_of_journal()
    last = RegisteredChain.objects.order_by("-number").first()
    register = (last.number, last.sha256) if last else (0, "")
    heads = Heads(at, chains, register, kept.read(days[-1]).sha256 if days else "")
    try:
        kept.keep(heads, day=day, machine=machine)
    except TimestampRefused as refusal:
        raise JournalNotAnchored(refusal.reason) from refusal
    except OSError as error:
        raise JournalNotAnchored(f"Le fichier de l’ancrage ne s’écrit pas\u00a0: {error.strerror}.") from error
    return True
