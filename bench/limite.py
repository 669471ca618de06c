"""The limit view, with which pages are compared: a session, one query, 25 rows and a template of its own.

It is served twice: by the portal, behind its middleware, and by `bench.dehors`, without them.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from candidatures.models import Candidature

ROWS = 25


def limite(request: HttpRequest) -> HttpResponse:
    """List 25 candidatures with their product and éditeur, without the portal's base page nor its components."""
    candidatures = Candidature.objects.select_related("produit__editeur").order_by("-pk")[:ROWS]
    return render(request, "limite/limite.html", {"candidatures": candidatures})


urlpatterns = [path("limite/", limite), path("sante/", lambda request: HttpResponse("ok"))]
