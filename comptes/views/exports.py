"""The exports of lists, for spreadsheets; the security log notes each, as every file that is read."""

from tempfile import TemporaryFile

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.dates import PARIS
from comptes.queries.exports import liste_called, listes_for
from comptes.requests import PortalRequest
from comptes.rules.tableurs import CONTENT_TYPES, WRITERS


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The lists that this person may export."""
    context = {"listes": listes_for(request.user), "formats": [(name, name.upper()) for name in WRITERS]}
    return render(request, "comptes/exports.html", context)


@require_safe
def export(request: PortalRequest, code: str, nature: str) -> HttpResponseBase:
    """Write a list in a file, with the filters of the address; what its reader may not export is a 404."""
    liste = liste_called(code, request.user)
    if liste is None or nature not in WRITERS:
        raise Http404
    rows = liste.rows(request.GET.dict(), request.user, request.at)
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it once it is sent
    WRITERS[nature](file, liste.columns, rows)
    file.seek(0)
    name = f"{code}-{request.at.astimezone(PARIS):%Y-%m-%d}.{nature}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[nature])
