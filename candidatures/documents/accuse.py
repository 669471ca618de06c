"""The PDF of an accusé de dépôt. The template of a version is never edited once an accusé was issued with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from .printing import DocumentNotPrintable, print_template

VERSION = "3"
VERSIONS = ("1", "2", "3")
# They said instants in figures.
IN_FIGURES = ("1", "2")
TITRE = "Accusé de dépôt"


def render_accuse(data: Mapping[str, Any], *, version: str, at: datetime) -> bytes:
    """Print an accusé from its frozen data.

    :param at: when it was issued
    :raises DocumentNotPrintable: when this machine cannot print
    """
    if version not in VERSIONS:
        raise DocumentNotPrintable(f"No template has the version {version!r}.")
    template = f"candidatures/documents/{version}/accuse.html"
    return print_template(template, data, titre=TITRE, style=_style(version), at=at, in_words=version not in IN_FIGURES)


@cache
def _style(version: str) -> str:
    return (Path(settings.BASE_DIR) / f"templates/candidatures/documents/{version}/accuse.css").read_text("utf-8")
