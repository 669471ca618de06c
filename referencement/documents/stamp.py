"""The visible stamp of a signature: a PDF page of the size of the signature's box, with its fonts embedded."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string

from candidatures.documents.printing import print_html
from comptes.dates import instant_in_figures, instant_in_words

from .printing import IN_FIGURES, style_of

Box = tuple[float, float, float, float]
MM = 72 / 25.4
# Where each version of the template draws the frames of the signatures, on its last page: left, bottom, right, top, in
# millimetres.
_ON_A4 = {"editeur": (22, 179, 100, 217), "ans": (110, 179, 188, 217)}
_FRAMES = {"1": _ON_A4, "2": _ON_A4, "3": _ON_A4, "4": _ON_A4}


def boxes_of(version: str) -> dict[str, Box]:
    """Return the box of each signature, in points from the bottom left of the last page."""
    return {
        name: (left * MM, bottom * MM, right * MM, top * MM)
        for name, (left, bottom, right, top) in _FRAMES[version].items()
    }


def draw_stamp(*, name: str, quality: str, for_whom: str, version: str, at: datetime) -> bytes:
    """Return a PDF page that shows that this person signed, for which party, and when."""
    context = {
        "name": name,
        "quality": quality,
        "for_whom": for_whom,
        "signed_at": instant_in_figures(at) if version in IN_FIGURES else instant_in_words(at),
        "issued_at": at,
    }
    html = render_to_string(f"referencement/documents/{version}/stamp.html", context)
    return print_html(html, style=style_of(version), at=at)
