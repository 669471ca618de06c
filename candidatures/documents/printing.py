"""Prints HTML as a tagged PDF/A-3 with its data attached; each app has its own templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from comptes.canonical import canonical, fingerprint
from comptes.dates import instant_in_figures
from comptes.documents import qr_of


class DocumentNotPrintable(Exception):
    """The machine lacks a library, or the version of the template is unknown."""


def print_template(template: str, data: Mapping[str, Any], *, titre: str, style: str, at: datetime) -> bytes:
    """Print frozen data with a template; the data are attached, and their sha256 is printed on each page.

    :param data: its instants are texts in ISO 8601, under keys that end in `_le`; `adresse` is drawn as a QR code
    :param style: the text of the style sheet
    :param at: when it was issued, which is the date of the file and of its attachment
    :raises DocumentNotPrintable: when this machine cannot print
    """
    context = {
        "data": spoken(data),
        "sha256": fingerprint(data),
        "issued_at": at,
        "titre": titre,
        "qr": qr_of(str(data["adresse"])) if "adresse" in data else "",
    }
    return print_html(render_to_string(template, context), style=style, attached=canonical(data), at=at)


def print_html(html: str, *, style: str, at: datetime, attached: bytes | None = None) -> bytes:
    """Print HTML that refers to nothing outside itself; `attached` becomes `donnees.json`, in a tagged file."""
    try:
        from weasyprint import CSS, HTML, Attachment
    except OSError as missing:
        raise DocumentNotPrintable(f"WeasyPrint needs the system's libpango: {missing}") from missing
    sheet = CSS(string=style, url_fetcher=refuse)
    attachments = []
    if attached is not None:
        attachments.append(
            Attachment(
                string=attached.decode(),
                url_fetcher=refuse,
                name="donnees.json",
                description="Les données figées de ce document",
                created=at,
                modified=at,
                relationship="Data",
            )
        )
    variant = "pdf/a-3b" if attached is None else "pdf/a-3a"
    page = HTML(string=html, url_fetcher=refuse)
    printed: bytes = page.write_pdf(stylesheets=[sheet], attachments=attachments, pdf_variant=variant)
    return printed


def refuse(url: str, *_args: object, **_kwargs: object) -> dict[str, Any]:
    """Refuse to fetch any URL: a document holds all that it shows."""
    raise ValueError(f"A document refers to nothing outside itself: {url[:80]}")


def spoken(value: Any) -> Any:
    """Return the data with their instants written in French, in Paris time."""
    if isinstance(value, Mapping):
        return {key: _instant_in_french(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spoken(item) for item in value]
    return value


def _instant_in_french(key: str, value: Any) -> Any:
    if key.endswith("_le") and isinstance(value, str) and value:
        return instant_in_figures(datetime.fromisoformat(value))
    return spoken(value)
