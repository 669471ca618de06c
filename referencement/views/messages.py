"""The message thread of a candidature: both sides write in it; what each person has read is kept."""

import secrets
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from candidatures import permissions
from candidatures.models import Candidature, Demande, Message
from candidatures.operations.messages import (
    FormAlreadySent,
    MessageNotPosted,
    mark_messages_read,
    post_message,
    readers_of,
)
from candidatures.queries.demandes import demandes_of, labels_of
from candidatures.queries.messages import page_of_message, thread_of, with_read_upto
from candidatures.rules.messages import mentioned_in
from candidatures.views.access import find_candidature, trail_to_candidature
from candidatures.views.demandes import due_for_page
from comptes.dates import PARIS
from comptes.requests import PortalRequest, posted_number
from comptes.rules.figures import whole
from comptes.views.resume import carried_data
from preuves.queries.fichiers import examiners_of
from referencement.forms.messages import MessageForm
from referencement.queries.mentions import Mention, mentions_of, named
from referencement.queries.projections import projected_of

from .tours import exchanges_for_page

PER_PAGE = 20
FILES_TO_CHOOSE_AGAIN = "Le message n’est pas envoyé : choisissez de nouveau vos fichiers, puis envoyez-le."
Known = dict[str, Mention]


def thread(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the thread of a candidature, latest first, with the demandes of the ANS; on POST, write in it."""
    seen = Candidature.objects.visible_to(request.user).with_names()
    candidature = get_object_or_404(with_read_upto(seen, request.user), nru=nru)
    known = mentions_of(candidature, fills=not request.user.is_ans)
    if request.method != "POST":
        carried = carried_data(request)
        form = MessageForm(carried, known=known, initial=_initial(request, candidature))
        return _page(request, candidature, known, form, carried=bool(carried))
    form = MessageForm(request.POST, request.FILES, known=known)
    if not form.is_valid():
        return _refused(request, candidature, known, form)
    try:
        _post(request, candidature, form, known)
    except FormAlreadySent as refused:
        typed = request.POST.copy()
        typed["token"] = _new_token()
        form = MessageForm(typed, request.FILES, known=known)
        form.add_error(None, list(refused.reasons))
        return _refused(request, candidature, known, form)
    except MessageNotPosted as refused:
        form.add_error(None, list(refused.reasons))
        return _refused(request, candidature, known, form)
    messages.success(request, "Votre message est envoyé.")
    return redirect("referencement:messages", nru)


def _post(request: PortalRequest, candidature: Candidature, form: MessageForm, known: Known) -> None:
    """Post the message that was typed.

    :raises MessageNotPosted: with every reason
    """
    given = form.cleaned_data
    by_word = {mention.word: mention.address for mention in known.values() if mention.word}
    addresses = dict.fromkeys([*([given["about"]] if given["about"] else []), *mentioned_in(given["text"], by_word)])
    post_message(
        candidature_id=candidature.pk,
        text=given["text"],
        mentions=tuple(addresses),
        uploads=given["joined"],
        corrects_id=given["corrects"],
        token=given["token"],
        examiners=examiners_of,
        by=request.user,
        at=request.at,
    )


def _refused(request: PortalRequest, candidature: Candidature, known: Known, form: MessageForm) -> HttpResponse:
    """Show what was typed, with the reasons of the refusal. Files are to be chosen again: a browser forgets them."""
    if request.FILES:
        form.add_error("joined", FILES_TO_CHOOSE_AGAIN)
    return _page(request, candidature, known, form, status=422)


def _initial(request: PortalRequest, candidature: Candidature) -> dict[str, Any]:
    """Return the first values of the form: the subject that the link names, or the message to correct."""
    corrects = whole(request.GET.get("corriger", "")) or 0
    mine = Message.objects.filter(candidature=candidature, author=request.user, pk=corrects)
    own = mine.first() if corrects else None
    return {
        "token": _new_token(),
        "about": request.GET.get("a-propos", "")[:120],
        "corrects": own.pk if own else None,
        "text": own.text if own else "",
    }


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _page(
    request: PortalRequest,
    candidature: Candidature,
    known: Known,
    form: MessageForm,
    *,
    carried: bool = False,
    status: int = 200,
) -> HttpResponse:
    thread, wanted = thread_of(candidature), request.GET.get("message", "")
    number = page_of_message(candidature, wanted, per_page=PER_PAGE) if wanted else request.GET.get("page")
    page = Paginator(thread, PER_PAGE).get_page(number)
    lines = [_line(message, known, request, candidature.read_upto) for message in page]  # type: ignore[attr-defined]  # annotated
    may_write = permissions.writes_messages(request.user, candidature)
    told = (
        readers_of(candidature=candidature, but=request.user, at=request.at, examiners=examiners_of)
        if may_write
        else []
    )
    projected = projected_of([candidature.pk], at=request.at)[candidature.pk]
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "page": page,
        "days": _by_day([*lines, *_demandes(candidature, page, at=request.at)]),
        "last": max((message.pk for message in page), default=0) if any(line["unread"] for line in lines) else 0,
        "form": form,
        "corrects": form["corrects"].value(),
        "may_write": may_write,
        "readers": told,
        "carried": carried,
        "exchanges": exchanges_for_page(projected.parts, at=request.at, fills=not request.user.is_ans),
    }
    return render(request, "referencement/messages.html", context, status=status)


def _line(message: Message, known: Known, request: PortalRequest, upto: int) -> dict[str, Any]:
    is_own = message.author_id == request.user.pk
    corrections = list(message.corrections.all())
    return {
        "at": message.sent_at,
        "message": message,
        "is_own": is_own,
        "unread": not is_own and message.pk > upto,
        "mentions": named(known, message.mentions),
        "pieces": [line.piece for line in message.lines.all()],
        "corrected_at": corrections[-1].sent_at if corrections else None,
        "correction": corrections[-1].pk if corrections else None,
    }


def _demandes(candidature: Candidature, page: Page[Message], *, at: datetime) -> list[dict[str, Any]]:
    """Return the demandes to show among the messages of this page.

    Those asked since the oldest message of the page (the last page has all that are older) and before the oldest
    message of the page before, which is more recent.
    """
    before = None
    if page.has_previous():
        before = thread_of(candidature).values_list("sent_at", flat=True)[page.start_index() - 2]
    after = page[-1].sent_at if page.has_next() else None
    return [_event(demande, at=at) for demande in demandes_of(candidature, after=after, before=before)]


def _event(demande: Demande, *, at: datetime) -> dict[str, Any]:
    champs = labels_of(demande.volet, demande.champs)
    return {"at": demande.asked_at, "demande": demande, "champs": champs, "due": due_for_page(demande, at=at)}


def _by_day(entries: list[dict[str, Any]]) -> list[tuple[datetime, list[dict[str, Any]]]]:
    """Group what a page shows, latest first, by civil day in Paris."""
    latest = sorted(entries, key=lambda entry: entry["at"], reverse=True)
    days = groupby(latest, key=lambda entry: entry["at"].astimezone(PARIS).date())
    return [(of_day[0]["at"], of_day) for of_day in (list(group) for _, group in days)]


@require_POST
def mark_read(request: PortalRequest, nru: str) -> HttpResponse:
    """Note that the reader has read up to the last message that the page showed."""
    candidature = find_candidature(request, nru)
    upto = posted_number(request, "upto")
    mark_messages_read(candidature_id=candidature.pk, upto=upto, by=request.user, at=request.at)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("referencement:messages", nru)
