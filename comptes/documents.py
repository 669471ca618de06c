"""The QR code of an address, drawn as SVG in the page itself."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_of(address: str, *, title: str | None = None) -> SafeString:
    """Draw an address; `title` is its alternative text."""
    code = segno.make_qr(address, error="m")
    drawn = code.svg_inline(scale=4, border=2, dark="#12305c", omitsize=True, title=title)
    return mark_safe(drawn)  # noqa: S308 -- drawn by segno: rectangles, its title escaped, none of the address's letters
