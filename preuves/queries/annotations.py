"""What a dispositif knows of its preuves and chapitres besides the workbook."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from preuves.catalogue.annotations import Annotation
from preuves.catalogue.headers import folded
from preuves.catalogue.known import NOTHING_KNOWN, Known
from preuves.models import AnnotationDePreuve, ChapitreDuREM, VersionDuREM

from .dossier import latest_version, rem_of


def known_of(dispositif: str) -> Known:
    """Return what is known of a dispositif's preuves and chapitres, from all the versions that it published."""
    return known_with(latest_version(dispositif))


def known_with(latest: VersionDuREM | None) -> Known:
    """Return what is known once this version, the latest, is published.

    Rows are written with a version and never change, so each process reads them once.
    """
    return _read_once(latest.pk, latest.sha256) if latest else NOTHING_KNOWN


@lru_cache(maxsize=4)
def _read_once(latest_id: int, sha256: str) -> Known:
    """Read the annotations in three queries, besides those of the version itself."""
    latest = VersionDuREM.objects.get(pk=latest_id, sha256=sha256)
    of_the_dispositif = {"version__dispositif": latest.dispositif_id, "version__date__lte": latest.date}
    rows = AnnotationDePreuve.objects.filter(**of_the_dispositif).order_by("numero", "-version__date", "-pk")
    annotations = {
        numero: annotation_from(fields) for numero, fields in rows.distinct("numero").values_list("numero", "content")
    }
    chapitres = ChapitreDuREM.objects.filter(**of_the_dispositif).order_by("version__date", "pk")
    codes = {folded(label): code for label, code in chapitres.values_list("label", "code")}
    return Known(annotations, codes, rem_of(latest).spec)


def annotation_from(fields: dict[str, Any]) -> Annotation:
    """Read an annotation from its row."""
    sauf_profils = fields.get("sauf_profils")
    return Annotation(
        fields.get("nature"),
        fields.get("guichet"),
        fields.get("constat"),
        None if sauf_profils is None else tuple(sauf_profils),
    )
