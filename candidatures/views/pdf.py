"""Sends a PDF that the portal issued, as it was stored."""

from typing import Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from candidatures.models.piece import FileReading


class Stored(Protocol):
    """A file of the private storage. `size` in bytes; `sha256` in hexadecimal."""

    size: int
    sha256: str

    def read(self) -> FileReading: ...


def answer_pdf(request: HttpRequest, fichier: Stored, *, name: str) -> HttpResponseBase:
    """Send a stored PDF, with its sha256 as ETag, and headers that let nothing in it run.

    :param name: the name under which it is saved, without its extension
    """
    headers = {
        "ETag": f'"{fichier.sha256}"',
        "Content-Length": str(fichier.size),
        "Content-Disposition": content_disposition_header(False, f"{name}.pdf") or "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type="application/pdf")
    return StreamingHttpResponse(fichier.read(), headers=headers, content_type="application/pdf")
