"""The HTML of the workbook reduced to a safe subset: paragraphs, lists, emphasis, https links."""

import nh3

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "a"}
ATTRIBUTES = {"a": {"href"}}


def cleaned(texte: str) -> str:
    """Return the text without anything but the safe subset; what is inside a forbidden tag stays as words."""
    return nh3.clean(texte, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https"}, link_rel="noopener noreferrer")
