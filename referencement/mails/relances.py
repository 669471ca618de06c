"""The reminder that somebody of the ANS sends to the team of an éditeur."""

from __future__ import annotations

from datetime import datetime

from candidatures import permissions
from candidatures.mails import write_about
from candidatures.models import Candidature
from comptes.mails import key_of
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.queries.relances import awaited_of


def relance(notice: Notice, *, at: datetime) -> NoticeMail:
    """Write what waits for the éditeur at the moment of sending it."""
    return message_of_relance(_candidature(notice), at=at)


def message_of_relance(candidature: Candidature, *, at: datetime) -> NoticeMail:
    awaited = awaited_of(candidature.pk, at=at)
    return write_about(
        candidature, "referencement/mails/relance.txt", "l’ANS attend une action de votre part", awaited=awaited
    )


def is_still_awaited(notice: Notice, *, at: datetime) -> bool:
    """Whether the éditeur still has something to do, and the reader may still do it."""
    candidature = _candidature(notice)
    people = permissions.people_with_access(candidature.produit).filter(pk=notice.compte_id or 0)
    return people.exists() and bool(awaited_of(candidature.pk, at=at))


def _candidature(notice: Notice) -> Candidature:
    return Candidature.objects.with_names().get(nru=key_of(notice))
