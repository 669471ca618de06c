"""What a view finds for the person who asks: the candidature, or a 404 that does not tell whether it exists."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from candidatures import permissions
from candidatures.enums import VoletKind
from candidatures.models import Candidature, Volet
from comptes.requests import PortalRequest


def find_candidature(request: PortalRequest, nru: str) -> Candidature:
    return get_object_or_404(Candidature.objects.visible_to(request.user).with_names(), nru=nru)


def find_volet_to_fill(request: PortalRequest, nru: str, kind: VoletKind) -> Volet:
    """Find a volet for somebody of the éditeur's side; the ANS reads it elsewhere, once it is submitted."""
    candidature = find_candidature(request, nru)
    if not permissions.fills(request.user, candidature):
        raise Http404
    return _volet(candidature, kind)


def find_volet_to_review(request: PortalRequest, nru: str, kind: VoletKind) -> Volet:
    if not request.user.is_ans:
        raise Http404
    return _volet(find_candidature(request, nru), kind)


def _volet(candidature: Candidature, kind: VoletKind) -> Volet:
    volet = get_object_or_404(candidature.volets.select_related("submitted_by", "admitted_by"), kind=kind)
    volet.candidature = candidature
    return volet
