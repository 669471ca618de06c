"""A photo in words, from the codes and dates that it froze."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from candidatures.enums import VoletKind, VoletState
from candidatures.models import Candidature, Echeance
from comptes.dates import day_in_figures, instant_in_figures
from guichets.catalogue.guichets import is_guichet, owner_of_value, spec_of_guichet
from preuves.enums import PreuveState
from preuves.rules.completude import COMPLETE, STANDINGS
from referencement.models import PhotoDEcheance


def photos_of_candidature(candidature: Candidature) -> list[tuple[PhotoDEcheance, str]]:
    """The photos of a candidature, the latest first, each with the name of its échéance; in two queries."""
    names = dict(
        Echeance.objects.filter(dispositif=candidature.dispositif_id).order_by("pk").values_list("code", "nom")
    )
    photos = candidature.photos.defer("data").order_by("-instant", "-pk")
    return [(one, names.get(one.echeance, one.echeance)) for one in photos]


def with_photos(candidatures: QuerySet[Candidature, Any]) -> QuerySet[Candidature, Any]:
    """The same, and as `has_photos` whether any photo of them was taken."""
    return candidatures.annotate(has_photos=Exists(PhotoDEcheance.objects.filter(candidature=OuterRef("pk"))))


def name_of_echeance(photo: PhotoDEcheance) -> str:
    found = Echeance.objects.filter(dispositif=photo.candidature.dispositif_id, code=photo.echeance)
    return found.values_list("nom", flat=True).first() or photo.echeance


def shown(photo: PhotoDEcheance) -> dict[str, Any]:
    """Say in French what a photo holds."""
    data = photo.data
    return {
        "instant": instant_in_figures(photo.instant, seconds=True),
        "charte": data["charte_acceptee"],
        "oublis": data["complets_non_soumis"],
        "manque": [one | {"a_qui": owner_of_value(one["a_qui"]).label} for one in data["manque"]],
        "rem": _rem(data["rem"]),
        "volets": [_volet(one) for one in data["volets"]],
        "chapitres": [_chapitre(one) for one in data["chapitres"]],
        "guichets": [_demande(one) for one in data["guichets"]],
    }


def _rem(one: dict[str, str] | None) -> dict[str, str] | None:
    return one | {"date": f"{day_in_figures(date.fromisoformat(one['date']))}"} if one else None


def _volet(one: dict[str, Any]) -> dict[str, Any]:
    words = {"label": VoletKind(one["code"]).label, "etat_label": VoletState(one["etat"]).label}
    return one | words | {"soumissions": _dated(one["soumissions"])}


def _chapitre(one: dict[str, Any]) -> dict[str, Any]:
    depots = [{**it, "etat_label": PreuveState(it["etat"]).label} for it in _dated(one["depots"])]
    shown = COMPLETE if one["complet_non_soumis"] else one["etat"]
    words = {"etat": shown, "etat_label": STANDINGS[shown], "depots": depots}
    return one | words | {"soumissions": _dated(one["soumissions"])}


def _dated(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one | {"le": instant_in_figures(datetime.fromisoformat(one["le"]), seconds=True)} for one in rows]


def _demande(one: dict[str, Any]) -> dict[str, Any]:
    guichet = spec_of_guichet(one["guichet"]) if is_guichet(one["guichet"]) else None
    labels = guichet.labels if guichet else {}
    since = instant_in_figures(datetime.fromisoformat(one["depuis"])) if one["depuis"] else ""
    return one | {
        "guichet_label": guichet.label if guichet else one["guichet"],
        "etape_label": labels.get(one["etape"], one["etape"]) or "À déclarer",
        "depuis": since,
    }
