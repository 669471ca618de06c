"""The dossiers de preuves of several candidatures at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet
from preuves.models import Chapitre, VersionDuREM

from .deposited import deposited_in
from .dossier import Dossier, assembled, rem_of
from .presentations import Presented, presentations_from, rows


def whole_dossiers_of(
    candidatures: Sequence[Candidature], volets: Mapping[int, Sequence[PresentedVolet]]
) -> dict[int, Dossier]:
    """The whole dossiers of several candidatures, by candidature, in a constant number of queries.

    None of those whose dispositif has no REM.

    :param candidatures: with their dispositif joined
    :param volets: theirs, with the answers to `PRESENTED`
    """
    found: dict[int, Any] = {one.candidature_id: one for one in rows().filter(candidature__in=candidatures)}
    latest = VersionDuREM.objects.filter(dispositif__in={one.dispositif_id for one in candidatures})
    newest = {one.dispositif_id: one for one in latest.order_by("dispositif", "date", "pk")}
    presented = [
        Presented(one, volets[one.pk], found[one.pk].contested if one.pk in found else ()) for one in candidatures
    ]
    presentations = presentations_from(presented)
    chapitres: dict[int, dict[str, Chapitre]] = {}
    for chapitre in Chapitre.objects.filter(dossier__in=[one.pk for one in found.values()]).order_by("pk"):
        chapitres.setdefault(chapitre.dossier_id, {})[chapitre.code] = chapitre
    deposited = deposited_in([one.pk for one in found.values()])
    dossiers = {}
    for one in candidatures:
        row = found.get(one.pk)
        version, key = row.version if row else newest.get(one.dispositif_id), row.pk if row else 0
        if version is not None:
            words = presentations[one.pk], volets[one.pk], chapitres.get(key, {}), deposited.get(key, {})
            dossiers[one.pk] = assembled(one, row, rem_of(version), *words)
    return dossiers
