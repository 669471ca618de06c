"""The QR code of an address, drawn as SVG in the page itself."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_of(address: str) -> SafeString:
    drawn = segno.make_qr(address, error="m").svg_inline(scale=4, border=2, dark="#12305c", omitsize=True)
    return mark_safe(drawn)  # noqa: S308 -- drawn by segno: rectangles, and none of the address's own letters
