"""Finds the dossiers and chapitres that a person may see; a 404 does not tell whether they exist."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from candidatures import permissions
from candidatures.models import Candidature
from candidatures.views.access import Trail, find_candidature, trail_to_candidature
from comptes.requests import PortalRequest
from preuves.queries.dossier import ChapitreDuDossier, Dossier, dossier_of


def find_dossier(request: PortalRequest, nru: str, *, code: str = "", detailed: bool = False) -> Dossier:
    """Find a dossier for a person who sees the candidature; before the REM is published there is none.

    :param code: of the one chapitre to gather
    :param detailed: as `dossier_of`
    """
    dossier = dossier_of(find_candidature(request, nru), code=code, detailed=detailed)
    if dossier is None:
        raise Http404
    return dossier


def find_dossier_to_fill(request: PortalRequest, nru: str, *, code: str = "", detailed: bool = False) -> Dossier:
    """Find a dossier for somebody of the éditeur's side; the ANS reads chapitres elsewhere, once submitted."""
    if request.user.is_ans:
        raise Http404
    return find_dossier(request, nru, code=code, detailed=detailed)


def find_chapitre(dossier: Dossier, code: str) -> ChapitreDuDossier:
    """Find a chapitre that concerns the candidature."""
    chapitre = dossier.chapitre(code)
    if chapitre is None or chapitre.facts.standing == "sans_objet":
        raise Http404
    return chapitre


def trail_to_dossier(candidature: Candidature, request: PortalRequest) -> Trail:
    here = ("Dossier de preuves", reverse("preuves:dossier", args=[candidature.nru]))
    return [*trail_to_candidature(candidature, request), here]


def trail_to_chapitre(candidature: Candidature, chapitre: ChapitreDuDossier, request: PortalRequest) -> Trail:
    address = reverse("preuves:chapitre", args=[candidature.nru, chapitre.spec.code])
    return [*trail_to_dossier(candidature, request), (chapitre.spec.label, address)]


def refuse_who_does_not_instruct(request: PortalRequest) -> None:
    if not permissions.instructs(request.user):
        raise PermissionDenied("Seuls les instructeurs examinent un chapitre.")
