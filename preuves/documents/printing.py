"""The PDFs that an éditeur takes away: the state of its dossier, and its messages; printed from plain data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from candidatures.documents.printing import print_template

ETAT, MESSAGES = "État du dossier", "Messages du dossier"


def render_etat(data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Print the state of a dossier.

    :raises DocumentNotPrintable: when this machine cannot print
    """
    return print_template("preuves/documents/1/etat.html", data, titre=ETAT, style=_style(), at=at)


def render_messages(data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Print messages, the oldest first.

    :raises DocumentNotPrintable: when this machine cannot print
    """
    return print_template("preuves/documents/1/messages.html", data, titre=MESSAGES, style=_style(), at=at)


@cache
def _style() -> str:
    return (Path(settings.BASE_DIR) / "templates/preuves/documents/1/document.css").read_text("utf-8")
