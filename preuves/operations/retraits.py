"""Withdrawing what was published and changed nothing for anybody yet: a version of the REM, a table of équivalences."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import transaction

from candidatures.models import Dispositif
from comptes import journal
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves import permissions
from preuves.enums import Act
from preuves.models import DossierDePreuves, RetraitDEquivalences, RetraitDuREM, VersionDEquivalences, VersionDuREM
from preuves.queries.dossier import latest_version
from preuves.queries.imports_equivalences import who_benefits
from preuves.queries.tables import latest_table

from .equivalences import lock_dispositifs

ALREADY = "Cette version est déjà retirée."
REPLACED = "Une version plus récente est publiée\u00a0: celle-ci ne se retire plus."
NAMED = 5


class NotWithdrawn(Refused):
    """What was published stays."""


def why_not_withdrawn(version: VersionDuREM) -> str:
    """Say why a version of the REM cannot be withdrawn; empty when it can."""
    if RetraitDuREM.objects.filter(version=version).exists():
        return ALREADY
    if latest_version(version.dispositif_id) != version:
        return REPLACED
    if DossierDePreuves.objects.filter(version=version).exists():
        return "Des dossiers de preuves suivent déjà cette version\u00a0: elle ne se retire plus."
    return ""


def why_table_not_withdrawn(table: VersionDEquivalences) -> str:
    """Say why a table of équivalences cannot be withdrawn; empty when it can. Its `retrait` is joined, or read."""
    if hasattr(table, "retrait"):
        return ALREADY
    if latest_table(table.source_id, table.cible_id) != table:
        return REPLACED
    if nrus := list(islice(who_benefits(table), NAMED + 1)):
        named = ", ".join(nrus[:NAMED]) + ("\u2026" if len(nrus) > NAMED else "")
        return (
            f"Retirer cette table changerait les preuves à déposer de candidatures\u00a0: {named}. Publiez la suivante."
        )
    return ""


@transaction.atomic
def withdraw_rem(*, version_id: int, reason: str, by: Compte, at: datetime) -> VersionDuREM:
    """Withdraw a version that no dossier follows yet: the one before it is the latest again.

    :raises NotWithdrawn: with the reason
    """
    version = VersionDuREM.objects.select_related("dispositif").get(pk=version_id)
    Dispositif.objects.select_for_update(no_key=True).get(code=version.dispositif_id)
    written = _refuse(by=by, obstacle=why_not_withdrawn(version), reason=reason)
    RetraitDuREM.objects.create(version=version, reason=written, withdrawn_at=at, withdrawn_by=by)
    on, date = f"rem:{version.dispositif_id}/{version.date.isoformat()}", day_in_figures(version.date)
    params = {"dispositif": version.dispositif_id, "date": date, "motif": written}
    journal.record(journal.PORTAIL, Act.REM_WITHDRAWN, on=on, by=by, at=at, **params)
    return version


@transaction.atomic
def withdraw_equivalences(*, version_id: int, reason: str, by: Compte, at: datetime) -> VersionDEquivalences:
    """Withdraw a table that changes nothing for anybody: the one before it, if any, applies again.

    :raises NotWithdrawn: with the reason
    """
    of = VersionDEquivalences.objects.get(pk=version_id)
    lock_dispositifs(codes=(of.source_id, of.cible_id))
    table = VersionDEquivalences.objects.select_related("retrait").get(pk=version_id)
    written = _refuse(by=by, obstacle=why_table_not_withdrawn(table), reason=reason)
    RetraitDEquivalences.objects.create(version=table, reason=written, withdrawn_at=at, withdrawn_by=by)
    on = f"equivalences:{table.source_id}/{table.cible_id}/{table.date.isoformat()}"
    params = {"source": table.source_id, "cible": table.cible_id, "date": day_in_figures(table.date)}
    journal.record(journal.PORTAIL, Act.EQUIVALENCES_WITHDRAWN, on=on, by=by, at=at, motif=written, **params)
    return table


def _refuse(*, by: Compte, obstacle: str, reason: str) -> str:
    """Return the reason to keep.

    :raises NotWithdrawn: when this person may not, something stands in the way, or no reason is given
    """
    if not permissions.publishes_rem(by):
        raise NotWithdrawn("Seul un administrateur ou un responsable d’instruction peut retirer une version.")
    if obstacle:
        raise NotWithdrawn(obstacle)
    if not reason.strip():
        raise NotWithdrawn("Indiquez pourquoi cette version est retirée.")
    return reason.strip()
