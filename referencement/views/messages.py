"""The thread of a candidature: both sides write in it, and each person says up to where they have read."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from candidatures import operations, permissions
from candidatures.models import Candidature, Message
from candidatures.queries import read_upto, thread_of
from candidatures.rules.messages import mentioned_in
from candidatures.views.access import find_candidature, trail_to_candidature
from comptes.requests import PortalRequest, posted_number
from referencement import queries
from referencement.forms.messages import MessageForm

PER_PAGE = 20


def thread(request: PortalRequest, nru: str) -> HttpResponse:
    """Read a candidature's thread, latest first, and write in it."""
    candidature = find_candidature(request, nru)
    known = queries.mentions_of(candidature, fills=not request.user.is_ans)
    if request.method == "POST":
        form = MessageForm(request.POST, request.FILES, known=known)
        if form.is_valid() and _post(request, candidature, form, known):
            return redirect("referencement:messages", nru)
        return _page(request, candidature, known, form, status=422)
    return _page(request, candidature, known, MessageForm(known=known, initial=_initial(request, candidature)))


def _post(
    request: PortalRequest, candidature: Candidature, form: MessageForm, known: dict[str, queries.Mention]
) -> bool:
    """Send what was typed; say whether it left."""
    given = form.cleaned_data
    words = {one.word: one.address for one in known.values() if one.word}
    found = dict.fromkeys([*([given["about"]] if given["about"] else []), *mentioned_in(given["text"], words)])
    try:
        operations.post_message(
            candidature_id=candidature.pk,
            text=given["text"],
            mentions=tuple(found),
            uploads=given["joined"],
            corrects_id=given["corrects"],
            token=given["token"],
            by=request.user,
            at=request.at,
        )
    except operations.MessageNotPosted as refused:
        form.add_error(None, list(refused.reasons))
        return False
    messages.success(request, "Votre message est envoyé.")
    return True


def _initial(request: PortalRequest, candidature: Candidature) -> dict[str, Any]:
    """A new form: about what the link that led here says, or with the message to correct."""
    typed = request.GET.get("corriger", "")
    corrects = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    own = (
        Message.objects.filter(candidature=candidature, author=request.user, pk=corrects).first() if corrects else None
    )
    return {
        "token": secrets.token_urlsafe(24),
        "about": request.GET.get("a-propos", "")[:120],
        "corrects": own.pk if own else None,
        "text": own.text if own else "",
    }


def _page(
    request: PortalRequest,
    candidature: Candidature,
    known: dict[str, queries.Mention],
    form: MessageForm,
    status: int = 200,
) -> HttpResponse:
    page = Paginator(thread_of(candidature), PER_PAGE).get_page(request.GET.get("page"))
    upto = read_upto(candidature, request.user)
    lines = [_line(one, known, request, upto) for one in page]
    may_write = permissions.writes_messages(request.user, candidature)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "page": page,
        "lines": lines,
        "last": max((one.pk for one in page), default=0) if any(line["unread"] for line in lines) else 0,
        "form": form,
        "corrects": form["corrects"].value(),
        "may_write": may_write,
        "readers": operations.readers_of(candidature=candidature, but=request.user) if may_write else [],
    }
    return render(request, "referencement/messages.html", context, status=status)


def _line(one: Message, known: dict[str, queries.Mention], request: PortalRequest, upto: int) -> dict[str, Any]:
    is_own = one.author_id == request.user.pk
    corrections = list(one.corrections.all())
    return {
        "message": one,
        "is_own": is_own,
        "unread": not is_own and one.pk > upto,
        "mentions": queries.named(known, one.mentions),
        "pieces": [line.piece for line in one.lines.all()],
        "corrected_at": corrections[-1].sent_at if corrections else None,
    }


@require_POST
def mark_read(request: PortalRequest, nru: str) -> HttpResponse:
    """Note that the thread was read up to the last message that the page showed."""
    candidature = find_candidature(request, nru)
    upto = posted_number(request, "upto")
    operations.mark_messages_read(candidature_id=candidature.pk, upto=upto, by=request.user, at=request.at)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("referencement:messages", nru)
