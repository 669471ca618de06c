"""The limits: what a page costs when it does next to nothing. A session, one query, 25 rows, a template of its own.

The same view is served twice: by the portal, behind its middleware, and by `bench.dehors`, without them.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from candidatures.models import Candidature

ROWS = 25


def limite(request: HttpRequest) -> HttpResponse:
    """List 25 candidatures with their product and éditeur, without the portal's base page nor its components."""
    found = Candidature.objects.select_related("produit__editeur").order_by("-pk")[:ROWS]
    return render(request, "limite/limite.html", {"candidatures": found})


urlpatterns = [path("limite/", limite), path("sante/", lambda request: HttpResponse("ok"))]
