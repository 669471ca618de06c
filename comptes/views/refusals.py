"""A refused act: its page comes back at once, says why before anything else, and gives back what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import resolve

from comptes.requests import TYPED

F = TypeVar("F", bound=BaseForm)

# The hidden field by which a form names its text: `components/reason_input.html` writes it.
CHAMP = "champ"
LONGEST_ID = 80


@dataclass(frozen=True)
class Refusal:
    """Why an act was refused, as `base.html` says it at the head of the page.

    :param champ: id of the text that was posted, in the page; empty when the act has none
    :param typed: that text
    :param lost: the same, when the page has no field for it any more
    :param form: the form that was posted, when the page shows it among others: it takes it from `posted_or`
    """

    reasons: tuple[str, ...]
    champ: str = ""
    typed: str = ""
    lost: str = ""
    form: BaseForm | None = None

    @property
    def of_champ(self) -> str:
        """The id of the text to write, when it is what is missing."""
        return "" if self.typed else self.champ


def refuse(
    request: HttpRequest, reasons: Iterable[str], to: str, *args: object, form: BaseForm | None = None
) -> HttpResponse:
    """Answer a refused act with the page that would have followed it, as it is now: 422 for a text to write, else 409.

    :param to: address of that page, or its name, with `args`
    :param form: the form that was posted, for that page to show it again
    """
    text = vars(request).get(TYPED)  # None when the act has no text
    typed = (text or "").strip()
    refusal = Refusal(tuple(reasons), request.POST.get(CHAMP, "")[:LONGEST_ID], typed, form=form)
    there = resolve_url(to, *args)
    page = _read(request, there, refusal)
    if typed and f'id="{refusal.champ}"'.encode() not in page.content:
        page = _read(request, there, replace(refusal, lost=typed))
    if page.status_code != HTTPStatus.OK:  # it leads elsewhere by now
        for reason in refusal.reasons:
            messages.error(request, reason)
        return page
    page.status_code = HTTPStatus.CONFLICT if typed or text is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page


def posted_or(request: HttpRequest, empty: F) -> F:
    """Return the form that was posted and refused, when it is of the class of this empty one; else the empty one."""
    refusal = getattr(request, "refusal", None)
    form = refusal.form if isinstance(refusal, Refusal) else None
    return form if isinstance(form, type(empty)) else empty


def show_form(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Draw a page around its `form` (None when it shows none): 422 when that form was posted, and is refused."""
    form = context["form"]
    refused = request.method == "POST" and form is not None and bool(form.errors)
    return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else status)


def _read(request: HttpRequest, there: str, refusal: Refusal) -> HttpResponse:
    """Read a page in the name of whoever acted, as if they had asked for it."""
    address = urlsplit(there)
    again = copy(request)
    again.method, again.path, again.path_info = "GET", address.path, address.path
    again.META = request.META | {"REQUEST_METHOD": "GET", "PATH_INFO": address.path, "QUERY_STRING": address.query}
    match = resolve(address.path)
    vars(again).update(GET=QueryDict(address.query), _post=QueryDict(), resolver_match=match, refusal=refusal)
    return cast("HttpResponse", match.func(again, *match.args, **match.kwargs))
