"""The printing of the documents of phase 3, with the template of their kind and version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from candidatures.documents.printing import DocumentNotPrintable, print_template
from referencement.enums import DocumentKind

VERSION = "4"
VERSIONS = ("1", "2", "3", "4")
# They said instants in figures.
IN_FIGURES = ("1", "2", "3")


def render(kind: str, data: Mapping[str, Any], *, version: str, at: datetime) -> bytes:
    """Print a document and return its PDF.

    :param data: frozen; its instants are texts in ISO 8601, under keys that end in `_le`
    :param at: when it was issued (aware), which is the date of the file and of its attachment
    :raises DocumentNotPrintable: when the version is unknown, or the machine cannot print
    """
    if version not in VERSIONS:
        raise DocumentNotPrintable(f"No template has the version {version!r}.")
    template = f"referencement/documents/{version}/{kind}.html"
    titre = str(DocumentKind(kind).label)
    in_words = version not in IN_FIGURES
    return print_template(template, data, titre=titre, style=style_of(version), at=at, in_words=in_words)


def style_of(version: str) -> str:
    return (Path(settings.BASE_DIR) / f"templates/referencement/documents/{version}/document.css").read_text("utf-8")
