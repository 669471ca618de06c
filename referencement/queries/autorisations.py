"""The authorisations to use the CNDA's test environments, which follow the approval of the prerequisite chapitre."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from candidatures.catalogue.dispositifs import every_spec, spec_of
from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from preuves.queries.dossier import dossier_of
from referencement.models import Autorisation

from .conventions import quotes_of


def prerequis_of(candidature: Candidature) -> Chapitre | None:
    """Return the prerequisite chapitre; None until something was deposited in it."""
    code = spec_of(candidature.dispositif_id).chapitre_prerequis
    chapitres = Chapitre.objects.filter(dossier__candidature=candidature, code=code)
    return chapitres.select_related("concluded_by").first()


def candidatures_to_authorize(*, most: int) -> list[int]:
    """Return candidatures (pk) whose autorisation is missing, or outlives its chapitre, in one query.

    It is missing when the chapitre was approved and no autorisation answers that approval.
    """
    wanted = Q(pk__in=[])
    for spec in every_spec():
        wanted |= Q(dispositif=spec.code, code=spec.chapitre_prerequis)
    living = Autorisation.objects.living().filter(candidature=OuterRef("dossier__candidature"))
    answered = living.filter(approved_at=OuterRef("concluded_at"))
    lacking = Q(state=ChapitreState.APPROVED) & ~Exists(answered)
    outlived = ~Q(state=ChapitreState.APPROVED) & Exists(living)
    chapitres = Chapitre.objects.filter(wanted, dossier__candidature__state=CandidatureState.OPEN)
    stale = chapitres.filter(lacking | outlived).annotate(pk_of=F("dossier__candidature")).order_by("pk_of")
    return list(stale.values_list("pk_of", flat=True)[:most])


def numero_of_autorisation(candidature: Candidature, number: int) -> str:
    return f"AUT-{candidature.nru}-{number}"


def autorisation_to_freeze(
    candidature: Candidature, chapitre: Chapitre, number: int, *, at: datetime
) -> dict[str, Any]:
    """Return what the document says, to be frozen.

    :param candidature: with its product, its éditeur and its dispositif joined
    """
    cite = quotes_of(candidature)
    dossier = dossier_of(candidature, code=chapitre.code)
    prerequis = dossier.chapitre(chapitre.code) if dossier else None
    assert chapitre.concluded_at is not None, "an approved chapitre was concluded"
    return {
        **{name: cite[name] for name in ("nru", "dispositif", "editeur", "solution")},
        "numero": numero_of_autorisation(candidature, number),
        "chapitre": prerequis.spec.label if prerequis else chapitre.code,
        "valide_le": chapitre.concluded_at.isoformat(),
        "emise_le": at.isoformat(),
        "adresse": f"{settings.PORTAL_URL}{reverse('referencement:verifier')}",
    }


def with_autorisation(candidatures: QuerySet[Candidature]) -> QuerySet[Candidature, Any]:
    """Annotate each candidature with the number of the autorisation that is valid, as `autorisation`."""
    standing = Autorisation.objects.living().filter(candidature=OuterRef("pk"))
    return candidatures.annotate(autorisation=Subquery(standing.values("document__numero")[:1]))
