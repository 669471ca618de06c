"""A photo in French, from the codes and dates that it froze."""

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
    """Return the photos of a candidature, the latest first, each with the name of its échéance; in two queries."""
    names = dict(
        Echeance.objects.filter(dispositif=candidature.dispositif_id).order_by("pk").values_list("code", "nom")
    )
    photos = candidature.photos.defer("data").order_by("-instant", "-pk")
    return [(photo, names.get(photo.echeance, photo.echeance)) for photo in photos]


def with_photos(candidatures: QuerySet[Candidature, Any]) -> QuerySet[Candidature, Any]:
    """Annotate each candidature, as `has_photos`, with whether a photo of it was taken."""
    return candidatures.annotate(has_photos=Exists(PhotoDEcheance.objects.filter(candidature=OuterRef("pk"))))


def name_of_echeance(photo: PhotoDEcheance) -> str:
    echeances = Echeance.objects.filter(dispositif=photo.candidature.dispositif_id, code=photo.echeance)
    return echeances.values_list("nom", flat=True).first() or photo.echeance


def shown(photo: PhotoDEcheance) -> dict[str, Any]:
    """Return what a photo holds, with its labels and dates in French. The keys are those of the frozen data."""
    data = photo.data
    return {
        "instant": instant_in_figures(photo.instant, seconds=True),
        "charte": data["charte_acceptee"],
        "oublis": data["complets_non_soumis"],
        "manque": [manque | {"a_qui": owner_of_value(manque["a_qui"]).label} for manque in data["manque"]],
        "rem": _rem(data["rem"]),
        "volets": [_volet(volet) for volet in data["volets"]],
        "chapitres": [_chapitre(chapitre) for chapitre in data["chapitres"]],
        "guichets": [_demande(demande) for demande in data["guichets"]],
    }


def _rem(rem: dict[str, str] | None) -> dict[str, str] | None:
    return rem | {"date": day_in_figures(date.fromisoformat(rem["date"]))} if rem else None


def _volet(volet: dict[str, Any]) -> dict[str, Any]:
    labels = {"label": VoletKind(volet["code"]).label, "etat_label": VoletState(volet["etat"]).label}
    return volet | labels | {"soumissions": _dated(volet["soumissions"])}


def _chapitre(chapitre: dict[str, Any]) -> dict[str, Any]:
    depots = [{**depot, "etat_label": PreuveState(depot["etat"]).label} for depot in _dated(chapitre["depots"])]
    shown = COMPLETE if chapitre["complet_non_soumis"] else chapitre["etat"]
    labels = {"etat": shown, "etat_label": STANDINGS[shown], "depots": depots}
    return chapitre | labels | {"soumissions": _dated(chapitre["soumissions"])}


def _dated(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"le": instant_in_figures(datetime.fromisoformat(row["le"]), seconds=True)} for row in rows]


def _demande(demande: dict[str, Any]) -> dict[str, Any]:
    guichet = spec_of_guichet(demande["guichet"]) if is_guichet(demande["guichet"]) else None
    labels = guichet.labels if guichet else {}
    since = instant_in_figures(datetime.fromisoformat(demande["depuis"])) if demande["depuis"] else ""
    return demande | {
        "guichet_label": guichet.label if guichet else demande["guichet"],
        "etape_label": labels.get(demande["etape"], demande["etape"]) or "À déclarer",
        "depuis": since,
    }
