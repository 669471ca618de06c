"""The reminder of an échéance: what it still asks for, with links; first, what is complete and not submitted."""

from __future__ import annotations

from datetime import datetime

from candidatures import permissions
from candidatures.mails import write_about
from candidatures.models import Candidature
from candidatures.queries.candidatures import deadlines_of
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.queries.echeances import due_of
from referencement.rules.blocages import Blocage
from referencement.rules.rappels import left, occurrence_of, reached

PAGES = {
    "charte": "candidatures:charte",
    "volet": "candidatures:volet",
    "chapitre": "preuves:chapitre",
    "guichets": "guichets:page",
}
SUBMITTING = {"volet": "candidatures:volet_submit", "chapitre": "preuves:chapitre_submit"}


def is_still_due(notice: Notice, *, at: datetime) -> bool:
    """Whether a reminder is still to be sent.

    The échéance must not have moved, no later palier be reached, something be due, and the reader still have access.
    """
    candidature, code = _about(notice)
    deadline = deadlines_of(candidature)[code]
    occurrence, behind = occurrence_of(notice.occurrence), reached(deadline.at, at=at)
    return (
        deadline.at == occurrence.echeance
        and behind is not None
        and behind.latest == occurrence.palier
        and permissions.people_with_access(candidature.produit).filter(email=notice.email).exists()
        and bool(due_of(candidature, code, at=at))
    )


def reminder(notice: Notice, *, at: datetime) -> NoticeMail:
    candidature, code = _about(notice)
    deadline, missing = deadlines_of(candidature)[code], due_of(candidature, code, at=at)
    unsubmitted = [_shown(blocage, candidature) for blocage in missing if blocage.is_complete]
    remaining = left(deadline.at, at=at)
    order = "complet mais NON soumis, soumettez" if unsubmitted else "complétez le dossier"
    return write_about(
        candidature,
        "referencement/mails/reminder.txt",
        f"{order} avant la {deadline.nom} ({remaining})",
        deadline=deadline,
        remaining=deadline.remaining(at),
        unsubmitted=unsubmitted,
        missing=[_shown(blocage, candidature) for blocage in missing if not blocage.is_complete],
    )


def _shown(blocage: Blocage, candidature: Candidature) -> tuple[str, str]:
    """Return the sentence of a blocage, and the link to the page that lifts it."""
    kind, _, key = blocage.address.partition(":")
    page = SUBMITTING[kind] if blocage.is_complete else PAGES[kind]
    return blocage.sentence, link(page, candidature.nru, *([key] if key else []))


def _about(notice: Notice) -> tuple[Candidature, str]:
    nru, _, code = key_of(notice).partition("/")
    return Candidature.objects.with_names().get(nru=nru), code
