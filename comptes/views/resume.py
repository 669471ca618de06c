"""Keeping what was typed in a form whose session had ended: carried through the sign-in, then shown again."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

SALT = "comptes.resume"
KEY = "carried"
FIELD = "carried"
LONGEST = 400_000
NEVER_CARRIED = ("csrfmiddlewaretoken", "password", "new_password", "old_password", "identite", FIELD)
MAX_AGE = 24 * 3600


@dataclass(frozen=True)
class Resumed:
    """The page to show after the sign-in; either what was typed waits there, or a button is to be pressed again."""

    page: str
    typed_is_there: bool


def pack(request: HttpRequest) -> str:
    """Seal what was posted (no password, no file) with where it came from; empty when it is too long to be carried."""
    typed = {
        name: values for name, values in request.POST.lists() if not name.startswith(NEVER_CARRIED) and any(values)
    }
    page = page_before(request) or (request.path if typed else resolve_url("home"))
    content = {"page": page, "typed": typed if page == request.path else {}}
    sealed = signing.dumps(content, salt=SALT, compress=True)
    return sealed if len(sealed) <= LONGEST else ""


def unpack(request: HttpRequest, sealed: str) -> Resumed | None:
    """Keep what was sealed in the new session, for `carried_data`; None when the seal does not hold."""
    try:
        content: dict[str, Any] = signing.loads(sealed, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    if content["typed"]:
        request.session[KEY] = content
    return Resumed(content["page"], typed_is_there=bool(content["typed"]))


def carried_data(request: HttpRequest) -> QueryDict | None:
    """Return what was typed on this page before the session ended, once; None when there is nothing."""
    content = request.session.get(KEY)
    if request.method != "GET" or not content or content["page"] != request.path:
        return None
    del request.session[KEY]
    data = QueryDict(mutable=True)
    for name, values in content["typed"].items():
        data.setlist(name, values)
    return data


def page_before(request: HttpRequest) -> str:
    """Return the path of this portal's page that held the form; empty when the browser does not say."""
    referer = request.headers.get("Referer", "")
    here = {request.get_host()}
    path = urlsplit(referer).path if url_has_allowed_host_and_scheme(referer, here, request.is_secure()) else ""
    # A path such as `//ailleurs.example/` would lead to another site.
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
