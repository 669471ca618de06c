"""Finds what a view needs, if this person may see it; if not, a 404 that does not tell whether it exists."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.views.access import Trail, find_candidature, trail_to_candidature
from comptes.requests import PortalRequest
from guichets.models import DemandeAuGuichet


def find_to_fill(request: PortalRequest, nru: str) -> Candidature:
    """Find a candidature for somebody of the éditeur's side."""
    if request.user.is_ans:
        raise Http404
    return find_candidature(request, nru)


def find_demande(candidature: Candidature, demande_id: int) -> DemandeAuGuichet:
    demande = get_object_or_404(DemandeAuGuichet, pk=demande_id, candidature=candidature)
    demande.candidature = candidature
    return demande


def trail_to_guichets(candidature: Candidature, request: PortalRequest) -> Trail:
    here = ("Autres guichets", reverse("guichets:page", args=[candidature.nru]))
    return [*trail_to_candidature(candidature, request), here]
