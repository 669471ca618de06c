"""The dossiers de preuves of several candidatures at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, OuterRef, TextField

from candidatures.models import Candidature
from candidatures.queries.volets import PresentedVolet
from comptes.models.prepared import IDS, Prepared
from preuves.models import Chapitre, DossierDePreuves, VersionDuREM
from preuves.rules.exigibilite import is_asked_of_everybody

from .deposited import deposited_in
from .dossier import Dossier, assembled, latest_version, rem_of
from .presentations import Presented, presentations_from, rows


def whole_dossiers_of(
    candidatures: Sequence[Candidature], volets: Mapping[int, Sequence[PresentedVolet]]
) -> dict[int, Dossier]:
    """Return the whole dossiers of several candidatures, by candidature, in a constant number of queries.

    Those whose dispositif has no REM are left out.

    :param candidatures: with their dispositif joined
    :param volets: theirs, with the answers to `PRESENTED`
    """
    keys = [candidature.pk for candidature in candidatures]
    rows_of: dict[int, Any] = {row.candidature_id: row for row in _ROWS.ask(candidatures=keys)}
    dispositifs = sorted({candidature.dispositif_id for candidature in candidatures})
    newest = {version.dispositif_id: version for version in _STANDING.ask(dispositifs=dispositifs)}
    presented = [
        Presented(
            candidature, volets[candidature.pk], rows_of[candidature.pk].contested if candidature.pk in rows_of else ()
        )
        for candidature in candidatures
    ]
    presentations = presentations_from(presented)
    chapitres: dict[int, dict[str, Chapitre]] = {}
    opened = [row.pk for row in rows_of.values()]
    for chapitre in _CHAPITRES.ask(dossiers=opened) if opened else ():
        chapitres.setdefault(chapitre.dossier_id, {})[chapitre.code] = chapitre
    deposited = deposited_in(opened)
    dossiers = {}
    for candidature in candidatures:
        row = rows_of.get(candidature.pk)
        version, key = row.version if row else newest.get(candidature.dispositif_id), row.pk if row else 0
        if version is not None:
            parts = (
                presentations[candidature.pk],
                volets[candidature.pk],
                chapitres.get(key, {}),
                deposited.get(key, {}),
            )
            dossiers[candidature.pk] = assembled(candidature, row, rem_of(version), *parts)
    return dossiers


_ROWS = Prepared(lambda candidatures: rows().filter(candidature__among=candidatures), candidatures=IDS)
_STANDING = Prepared(
    lambda dispositifs: (
        VersionDuREM.objects.standing().filter(dispositif__among=dispositifs).order_by("dispositif", "date", "pk")
    ),
    dispositifs=ArrayField(TextField()),
)
_CHAPITRES = Prepared(lambda dossiers: Chapitre.objects.filter(dossier__among=dossiers).order_by("pk"), dossiers=IDS)


def chapitres_asked_of_everybody(dispositif: str) -> dict[int | None, frozenset[str]]:
    """Return, by pk of each version in use, the codes of the chapitres in which every candidature owes a preuve.

    Under None, those of the candidatures whose dossier is not open yet. A candidature with équivalences may owe less.
    """
    answered = DossierDePreuves.objects.filter(version=OuterRef("pk"))
    versions = VersionDuREM.objects.filter(Exists(answered), dispositif=dispositif).order_by("pk")
    latest = latest_version(dispositif)
    asked: dict[int | None, frozenset[str]] = {version.pk: _asked_of_everybody(version) for version in versions}
    return asked | {None: _asked_of_everybody(latest) if latest else frozenset()}


def _asked_of_everybody(version: VersionDuREM) -> frozenset[str]:
    return frozenset(attendue.chapitre for attendue in rem_of(version).attendues if is_asked_of_everybody(attendue))
