"""What every work list has in common: how it is drawn, where its reader comes back to, and what comes next in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.models import Compte
from comptes.queries.pages import LongPage, keys_beyond, page_of
from comptes.requests import PortalRequest
from comptes.rules.figures import whole
from comptes.rules.listes import AFTER, BEFORE, PAGE, Asked, Liste, headings, hidden, selects, tabs

# The address of the last list that this browser read, with its filters and its page; after `#`, the keys of its rows.
COOKIE = "liste"
LONGEST = 1500
PER_PAGE = 25
AHEAD, BACK, FIRST = "suivante", "precedente", "premiere"


@dataclass(frozen=True)
class WorkList:
    """A list whose items lead to one another.

    :param rows: its rows in order, for an address, a reader and an instant: what is exported too
    :param key_of: the pk of the row that an item's page names; None when there is none
    :param href: the page of a row, in a list that asks for this: where what it asks for is done
    :param pages: the names of the addresses where its items are read, from which one goes on to the next
    """

    name: str
    rows: Callable[[Mapping[str, str], Compte, datetime], QuerySet[Any, Any]]
    key_of: Callable[[str], int | None]
    href: Callable[[int, Mapping[str, str]], str]
    pages: frozenset[str]


_lists: dict[str, WorkList] = {}


def register(worklist: WorkList) -> None:
    _lists[worklist.name] = worklist


def names_of_lists() -> tuple[str, ...]:
    return tuple(_lists)


def is_a_list(name: str) -> bool:
    return name in _lists


@dataclass(frozen=True)
class Here:
    """The list from which somebody came.

    :param keys: of the rows that it showed, in their order then: an act may move a row, or take it out
    """

    worklist: WorkList
    address: str
    keys: tuple[int, ...] = ()

    @property
    def wanted(self) -> dict[str, str]:
        return dict(parse_qsl(self.address.partition("?")[2]))


def page_asked(rows: QuerySet[Any, Any], asked: Asked) -> LongPage:
    """Read the page of a list that its address asks for, in one query."""
    return page_of(
        rows, asked.page, per_page=PER_PAGE, after=asked.after, before=asked.before, is_searched=bool(asked.text)
    )


def drawn(liste: Liste, asked: Asked, *, counts: Mapping[str, int | str | None], page: Any) -> dict[str, Any]:
    """Return what the templates of every list need."""
    return {
        "asked": asked,
        "tabs": tabs(liste, asked, counts),
        "headings": headings(liste, asked),
        "selects": selects(liste, asked),
        "hidden": list(hidden(asked)),
        "page": page,
        "query": asked.query(),
        "text": asked.text,
        "bare": asked.query(q="", **dict.fromkeys(asked.filtres, "")),
    }


def remember(request: PortalRequest, answer: HttpResponse, asked: Asked, keys: Sequence[int]) -> HttpResponse:
    """Have this browser keep the address of a list and the keys of its rows, so that an act leads back, or onwards."""
    query = asked.place
    return _kept(answer, f"{request.path}?{query}" if query else request.path, keys)


def _kept(answer: HttpResponse, address: str, keys: Sequence[int]) -> HttpResponse:
    if len(address) <= LONGEST:
        value = quote(f"{address}#{'.'.join(map(str, keys))}")
        answer.set_cookie(COOKIE, value, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE))
    return answer


def came_from(request: PortalRequest) -> Here | None:
    """Return the list that this browser read last; None when it is none of ours."""
    address, _, rows = unquote(request.COOKIES.get(COOKIE, ""))[: 2 * LONGEST].partition("#")
    path = address.partition("?")[0]
    worklist = next((item for item in _lists.values() if reverse(item.name) == path), None)
    keys = [whole(key, most=18) for key in rows.split(".")[:PER_PAGE]]
    return Here(worklist, address, tuple(key for key in keys if key is not None)) if worklist else None


def list_of_page(request: PortalRequest) -> Here | None:
    """Return the list that this browser read last, when the page that is asked shows one of its items."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if not any(name in worklist.pages for worklist in _lists.values()):
        return None
    here = came_from(request)
    return here if here and name in here.worklist.pages else None


def back_to(request: PortalRequest, name: str, *others: str) -> HttpResponse:
    """Go back to the list that was read, with its filters and its page, if it is one of these; else to the first."""
    return redirect(list_read(request, name, *others))


def list_read(request: PortalRequest, name: str, *others: str) -> str:
    """Return the address of the list that was read, if it is one of these; else that of the first."""
    here = came_from(request)
    return here.address if here and here.worklist.name in (name, *others) else reverse(name)


def onwards(request: PortalRequest, name: str, key: int, *, but: Q | None = None, otherwise: str = "") -> HttpResponse:
    """Go to what follows a row in the list that was read; to the list itself after its last row.

    :param but: the rows that are passed over
    :param otherwise: where to go when another list was read; the beginning of this one by default
    """
    here = came_from(request)
    if here is None or here.worklist.name != name:
        return redirect(otherwise or reverse(name))
    return _step(request, here, key, AHEAD, but=but)


def onwards_from(request: PortalRequest, named: str, *, otherwise: str) -> HttpResponse:
    """Go to what follows an item in whichever list was read; elsewhere when that list does not hold it.

    :param named: what names the item on its page, such as `DUI-2026-00042-B/administratif`
    """
    here = came_from(request)
    key = here.worklist.key_of(named) if here else None
    return _step(request, here, key, AHEAD) if here and key is not None else redirect(otherwise)


@require_safe
def neighbour(request: PortalRequest, sens: str) -> HttpResponse:
    """Lead to the item before or after another one, or to the first of the page, in the list that was read."""
    if not request.user.is_ans or sens not in (AHEAD, BACK, FIRST):
        raise Http404
    here = came_from(request)
    if here and sens == FIRST:
        return _first(request, here)
    key = here.worklist.key_of(request.GET.get("de", "")) if here else None
    if here is None or key is None:
        return redirect(here.address if here else "home")
    return _step(request, here, key, sens)


def _first(request: PortalRequest, here: Here) -> HttpResponse:
    """Lead to the first row of the page of the list that was read; to the list itself when it is empty."""
    place = {name: whole(here.wanted.get(name, ""), most=18) for name in (PAGE, AFTER, BEFORE)}
    rows = here.worklist.rows(here.wanted, request.user, request.at)
    page = page_of(rows, place[PAGE] or 1, per_page=PER_PAGE, after=place[AFTER], before=place[BEFORE])
    if not page.keys:
        return redirect(here.address)
    return _kept(redirect(here.worklist.href(page.keys[0], here.wanted)), here.address, page.keys)


def _step(request: PortalRequest, here: Here, key: int, sens: str, *, but: Q | None = None) -> HttpResponse:
    """Lead to the row that followed, or preceded, another one when the list was read, if it is still there.

    Beyond the rows that were read, to the one that follows now; the list is then kept as going on from there.
    """
    wanted = {name: value for name, value in here.wanted.items() if name not in (PAGE, AFTER, BEFORE)}
    rows = here.worklist.rows(wanted, request.user, request.at)
    rows = rows.exclude(but) if but else rows
    seen = _seen_from(here.keys, key, sens)
    still = set(rows.order_by().filter(pk__in=seen).values_list("pk", flat=True)) if seen else set()
    if follower := next((pk for pk in seen if pk in still), None):
        return redirect(here.worklist.href(follower, wanted))
    last = seen[-1] if seen else key
    keys = keys_beyond(rows, last, most=PER_PAGE, backwards=sens == BACK)
    if not keys:
        messages.info(request, f"Vous êtes {'à la fin' if sens == AHEAD else 'au début'} de cette liste.")
        return redirect(here.address)
    answer = redirect(here.worklist.href(keys[0], wanted))
    return _kept(answer, here.address, keys if sens == AHEAD else keys[::-1])


def _seen_from(keys: tuple[int, ...], key: int, sens: str) -> list[int]:
    """Return the rows that stood after one, or before it, nearest first, when the list was read."""
    if key not in keys:
        return []
    place = keys.index(key)
    return list(keys[place + 1 :] if sens == AHEAD else keys[:place][::-1])
