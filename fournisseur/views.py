from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from oauth2_provider.views import AuthorizationView

from fournisseur.validators import people


class StrictAuthorizationView(AuthorizationView):
    """Ask for a nonce and a state, which OpenID Connect leaves to the client; PKCE is asked for by the settings."""

    def get(self, request, *args, **kwargs):
        if missing := [name for name in ("nonce", "state") if not request.GET.get(name)]:
            return HttpResponseBadRequest(f"Missing: {', '.join(missing)}.", content_type="text/plain")
        return super().get(request, *args, **kwargs)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Choose whom to be. Nobody has a password here."""
    going = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(going, {request.get_host()}):
        return HttpResponseBadRequest("Nowhere to go.", content_type="text/plain")
    if request.method == "POST":
        login(request, get_object_or_404(User, username=request.POST.get("sub", "")))
        return HttpResponseRedirect(going)
    return render(request, "fournisseur/sign_in.html", {"people": people(), "next": going})
