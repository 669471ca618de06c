"""The portal's URLs, and one that writes whatever the method, against the rule."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from comptes.models import JournalChain
from segur_portal.urls import handler500  # noqa: F401 -- Django looks for it here
from segur_portal.urls import urlpatterns as portal


@login_not_required
def write(request: HttpRequest) -> HttpResponse:
    JournalChain.objects.create(name="essai")
    return HttpResponse("écrit")


urlpatterns = [*portal, path("essai/ecrire/", write)]
