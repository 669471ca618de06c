"""What somebody typed in a volet and the portal could not save: kept in their session, and shown again on reload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from candidatures.forms.volet import VoletForm
from candidatures.models import Volet
from comptes.requests import PortalRequest

KEY = "unsaved"


def keep_unsaved(request: PortalRequest, volet: Volet, form: VoletForm) -> None:
    """Keep what was typed in the fields that are refused, and forget those that are saved now.

    A file is not kept: a browser sends it again.

    :param form: validated, with its conflicts
    """
    refused = {
        code: {"typed": _plain(form.typed(code)), "why": " ".join(map(str, errors))}
        for code, errors in form.errors.items()
        if code in form.spec.by_code and code in form.fields
    }
    before = unsaved_of(request, volet)
    kept = {code: known for code, known in before.items() if form.was_left_out(code)} | refused
    if kept != before:
        request.session[KEY] = {**request.session.get(KEY, {}), str(volet.pk): kept}


def unsaved_of(request: PortalRequest, volet: Volet) -> Mapping[str, dict[str, Any]]:
    """Return what is kept of this volet, by champ: what was `typed`, and `why` it is not saved."""
    kept: dict[str, dict[str, Any]] = request.session.get(KEY, {}).get(str(volet.pk), {})
    return kept


def _plain(typed: Any) -> Any:
    """Return a value that a session can hold."""
    if isinstance(typed, UploadedFile):
        return None
    if isinstance(typed, dict):
        return {name: _plain(value) for name, value in typed.items()}
    if isinstance(typed, list):
        return [_plain(value) for value in typed]
    return typed
