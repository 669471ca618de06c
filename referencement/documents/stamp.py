"""What is seen where somebody signed: a page of the size of the box, whose fonts it holds."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string

from candidatures.queries import said

from .printing import print_html


def draw_stamp(*, name: str, quality: str, for_whom: str, version: str, at: datetime) -> bytes:
    """Draw what shows that this person signed, for whom, and when."""
    context = {"name": name, "quality": quality, "for_whom": for_whom, "signed_at": said(at), "issued_at": at}
    return print_html(render_to_string(f"referencement/documents/{version}/stamp.html", context), version=version, at=at)
