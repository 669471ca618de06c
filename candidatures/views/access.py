"""Finds the candidature, or one of its volets, for the person who asks; a 404 does not tell whether it exists."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from candidatures import permissions
from candidatures.enums import CandidatureState, VoletKind
from candidatures.models import Candidature, Produit, Volet
from candidatures.queries.seen import seen_candidature, seen_volet
from comptes.requests import PortalRequest

Trail = list[tuple[str, str]]
NAMED = 5


@dataclass(frozen=True)
class Sends:
    """How many messages an act would send, and to whom, in French."""

    messages: int
    who: str


def find_candidature(request: PortalRequest, nru: str) -> Candidature:
    if candidature := seen_candidature(nru, request.user):
        return candidature
    raise Http404


def find_volet_to_fill(request: PortalRequest, nru: str, kind: VoletKind) -> Volet:
    """Find a volet for somebody of the éditeur's side; the ANS reads it on another page, once it is submitted."""
    if not permissions.fills_what_it_sees(request.user):
        raise Http404
    return _volet(request, nru, kind)


def find_volet_to_review(request: PortalRequest, nru: str, kind: VoletKind) -> Volet:
    if not request.user.is_ans:
        raise Http404
    return _volet(request, nru, kind)


def is_open(volet: Volet) -> bool:
    return volet.candidature.state == CandidatureState.OPEN


def refuse_who_does_not_instruct(request: PortalRequest) -> None:
    if not permissions.instructs(request.user):
        raise PermissionDenied("Seuls les instructeurs peuvent décider sur un dossier.")


def _volet(request: PortalRequest, nru: str, kind: VoletKind) -> Volet:
    """Find a volet with all that is read with it, in one query."""
    if volet := seen_volet(nru, kind, request.user):
        return volet
    raise Http404


def trail_to_produits() -> Trail:
    return [("Mes produits", reverse("candidatures:produits"))]


def trail_to_produit(produit: Produit) -> Trail:
    return [*trail_to_produits(), (produit.nom, reverse("candidatures:produit", args=[produit.pk]))]


def trail_to_candidature(candidature: Candidature, request: PortalRequest) -> Trail:
    """Return the breadcrumb of a candidature: by the products for the éditeur, by the instruction for the ANS."""
    here = (candidature.nru, reverse("referencement:candidature", args=[candidature.nru]))
    if request.user.is_ans:
        return [("Instruction", reverse("referencement:instruction")), here]
    return [*trail_to_produit(candidature.produit), here]


def sends_to_the_team(candidature: Candidature) -> Sends:
    """Return whom an act on a candidature notifies, when it notifies its team; one query."""
    names = [person.full_name for person in permissions.everyone_with_access(candidature.produit)]
    shown, left = names[:NAMED], len(names) - NAMED
    if left > 0:
        shown.append(f"{left} autre{'s' if left > 1 else ''}")
    listed = " et ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
    return Sends(len(names), f"l’équipe de l’éditeur ({listed})")
