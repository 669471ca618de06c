"""A text that is too long, shown again with everything that was posted beside it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from comptes.forms.motifs import MotifForm

from . import resume

NEVER_AGAIN = ("csrfmiddlewaretoken", resume.FIELD)


def shorten(request: HttpRequest, name: str) -> HttpResponse:
    """Say that a text is too long, and let it be shortened: sent again, it does what its own page would have done.

    :param name: of the field that holds it
    """
    beside = [
        (other, value)
        for other, values in request.POST.lists()
        for value in values
        if other != name and other not in NEVER_AGAIN
    ]
    context = {
        "form": MotifForm(request.POST, name=name),
        "beside": beside,
        "here": request.get_full_path(),
        "back": resume.page_before(request) or resolve_url("home"),
    }
    return render(request, "comptes/shorten.html", context, status=422)
