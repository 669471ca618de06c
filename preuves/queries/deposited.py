"""The living preuves of dossiers, each with its latest revision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet

from comptes.models.prepared import IDS, Prepared
from preuves.models import DossierDePreuves, Revision, RevisionPiece
from preuves.rules.completude import DepositedPreuve

from .envois import state_of_files
from .illisibles import does_not_open, found_in, read, said_of


def deposited(row: DossierDePreuves | None) -> dict[str, DepositedPreuve]:
    """Return every living preuve of the dossier with its latest revision, in one query."""
    return deposited_in([row.pk]).get(row.pk, {}) if row else {}


def _latest(revisions: QuerySet[Revision, Any]) -> QuerySet[Revision, Any]:
    """The latest of each preuve, as `_by_dossier` reads them."""
    columns = ("preuve__chapitre__dossier", "preuve__numero", "preuve__state", "number", "sha256", "files", "bad")
    latest = revisions.order_by("preuve", "-number").distinct("preuve")
    bad = found_in(RevisionPiece.objects.filter(does_not_open(), revision=OuterRef("pk")))
    return latest.annotate(files=state_of_files(), bad=bad).values_list(*columns)


_DEPOSITED = Prepared(
    lambda dossiers: _latest(Revision.objects.filter(preuve__chapitre__dossier__among=dossiers)), dossiers=IDS
)


def deposited_in(dossiers: Sequence[int]) -> dict[int, dict[str, DepositedPreuve]]:
    """Return, by dossier, every living preuve with its latest revision, in one query."""
    return _by_dossier(_DEPOSITED.ask(dossiers=list(dossiers))) if dossiers else {}


def _by_dossier(latest: Iterable[Any]) -> dict[int, dict[str, DepositedPreuve]]:
    by_dossier: dict[int, dict[str, DepositedPreuve]] = {}
    for dossier, numero, state, number, sha256, files, bad in latest:
        preuve = DepositedPreuve(state, number, sha256, files, said_of(read(bad)))
        by_dossier.setdefault(dossier, {})[numero] = preuve
    return by_dossier
