"""The least that a Django view does of a large file: read the body, write it, hash it, have the disk keep it."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

CHUNK = 1024 * 1024

settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="bench", ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])


def receive(request: HttpRequest) -> HttpResponse:
    digest = hashlib.sha256()
    with Path(os.environ["BENCH_FILE"]).open("wb") as written:
        while chunk := request.read(CHUNK):
            digest.update(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    return HttpResponse(digest.hexdigest())


def well(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("fichier/", receive), path("sante/", well)]
application = get_wsgi_application()
