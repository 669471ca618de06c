"""Words that the HTML of a cell strikes through: they are deletions, as those that the cell itself strikes through."""

import re

# No part of a tag is looked for past the next one, so that a cell made to harm is read in one pass.
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
STRUCK_TAGS = {"s", "strike", "del"}
LINE_THROUGH = re.compile(r"text-decoration[^;\"']*line-through", re.IGNORECASE)
ALONE = {"br", "hr", "img", "input", "wbr", "col", "meta", "link"}
HINT = re.compile(r"<(?:s|strike|del)\b|line-through", re.IGNORECASE)


def without_struck(texte: str) -> tuple[str, str]:
    """Return a text without the words that its HTML strikes through, then these words."""
    if "<" not in texte or not HINT.search(texte):
        return texte, ""
    kept: list[str] = []
    struck: list[str] = []
    # The tags that are open inside the outermost one that strikes through; none outside.
    inside: list[str] = []
    last = 0
    for tag in TAG.finditer(texte):
        (struck if inside else kept).append(texte[last : tag.start()])
        last = tag.end()
        name = tag[2].lower()
        if inside:
            _follow(inside, name, is_end=bool(tag[1]), is_alone=name in ALONE or tag[3].endswith("/"))
        elif not tag[1] and name not in ALONE and (name in STRUCK_TAGS or LINE_THROUGH.search(tag[3])):
            inside.append(name)
        else:
            kept.append(tag[0])
    (struck if inside else kept).append(texte[last:])
    return "".join(kept), "".join(struck)


def _follow(inside: list[str], name: str, *, is_end: bool, is_alone: bool) -> None:
    if is_end:
        if name in inside:
            del inside[max(place for place, known in enumerate(inside) if known == name) :]
    elif not is_alone:
        inside.append(name)
