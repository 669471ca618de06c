"""The messages about équivalences: what a team need not deposit any more, and what it must again, with the reason."""

from datetime import datetime

from candidatures.mails import write_about
from candidatures.models import Candidature
from comptes.mails import key_of, link
from comptes.models import Notice
from comptes.notices import NoticeMail
from preuves.models import EquivalenceDite
from preuves.queries.dossier import dossier_of

from .chapitres import may_still_work


def equivalences_granted(notice: Notice) -> NoticeMail:
    candidature = _candidature(notice)
    return write_about(
        candidature,
        "preuves/mails/equivalences_granted.txt",
        "des preuves ne sont plus à déposer",
        lines=_granted(notice, candidature),
        href=link("preuves:dossier", candidature.nru),
    )


def equivalences_ended(notice: Notice) -> NoticeMail:
    candidature = _candidature(notice)
    return write_about(
        candidature,
        "preuves/mails/equivalences_ended.txt",
        "des preuves sont de nouveau à déposer",
        lines=_ended(notice, candidature),
        href=link("preuves:dossier", candidature.nru),
    )


def are_still_granted(notice: Notice) -> bool:
    candidature = _candidature(notice)
    return may_still_work(notice, candidature) and bool(_granted(notice, candidature))


def are_still_due(notice: Notice) -> bool:
    candidature = _candidature(notice)
    return may_still_work(notice, candidature) and bool(_ended(notice, candidature))


def _candidature(notice: Notice) -> Candidature:
    return Candidature.objects.with_names().get(nru=key_of(notice))


def _granted(notice: Notice, candidature: Candidature) -> list[EquivalenceDite]:
    """Return the équivalences that the notice announced, and that still dispense from a preuve."""
    dossier = dossier_of(candidature)
    rows = EquivalenceDite.objects.filter(candidature=candidature, told_at=datetime.fromisoformat(notice.occurrence))
    held = (
        {numero for numero, exigibilite in dossier.exigibilites.items() if exigibilite.equivalent} if dossier else set()
    )
    return [row for row in rows.order_by("numero", "pk") if row.numero in held]


def _ended(notice: Notice, candidature: Candidature) -> list[EquivalenceDite]:
    """Return the ended équivalences that the notice announced, and whose preuve is still due."""
    dossier = dossier_of(candidature)
    rows = EquivalenceDite.objects.filter(candidature=candidature, ended_at=datetime.fromisoformat(notice.occurrence))
    due = {numero for numero, exigibilite in dossier.exigibilites.items() if exigibilite.is_due} if dossier else set()
    return [row for row in rows.order_by("numero", "pk") if row.numero in due]
