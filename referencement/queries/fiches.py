"""What anybody may read of one solution that is référencée."""

from __future__ import annotations

from datetime import datetime

from candidatures.models import Candidature
from candidatures.rules.entreprises import designation
from referencement.enums import DocumentKind, ExamenState
from referencement.models import Document, Examen
from referencement.rules.publication import Fiche, VersionReferencee

from .standings import history_of, standing_of


def fiche_of(nru: str, *, at: datetime) -> Fiche | None:
    """Return what anybody reads of the solution that is référencée under that NRU; None when there is none."""
    attributed = Examen.objects.filter(state=ExamenState.ATTRIBUTED).select_related("convention")
    examen = attributed.select_related("candidature__dispositif").filter(candidature__nru=nru).first()
    if examen is None or examen.convention is None or examen.published_at is None:
        return None
    cited, candidature = examen.convention.data["cite"], examen.candidature
    return Fiche(
        nru=nru,
        nom=cited["solution"]["nom"],
        editeur=cited["editeur"]["raison_sociale"],
        designation=designation(cited["editeur"]),
        demarche=str(candidature.dispositif),
        version=cited["solution"]["version_technique"],
        profils=tuple(cited["solution"]["profils"]),
        noms_commerciaux=tuple((nom["nom"], nom["version"]) for nom in cited["solution"]["noms_commerciaux"]),
        handed_over_at=candidature.handed_over_at,
        referenced_at=examen.published_at,
        attestation=_attestation_of(examen),
        versions=_versions_of(candidature),
        standing=standing_of(candidature.pk, examen.published_at, at=at),
        history=history_of(candidature.pk, at=at),
    )


def _attestation_of(examen: Examen) -> str:
    attestations = Document.objects.filter(examen=examen, kind=DocumentKind.ATTESTATION)
    return attestations.values_list("numero", flat=True).first() or ""


def _versions_of(candidature: Candidature) -> tuple[VersionReferencee, ...]:
    same = Examen.objects.filter(
        state=ExamenState.ATTRIBUTED,
        candidature__produit=candidature.produit_id,
        candidature__dispositif=candidature.dispositif_id,
    )
    rows = same.order_by("-published_at", "-pk").values_list(
        "candidature__nru", "convention__data__cite__solution__version_technique", "published_at"
    )
    return tuple(VersionReferencee(nru, version, at) for nru, version, at in rows if at)
