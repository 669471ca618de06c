"""Numbers that a page or an address writes, and that anybody may change."""


def whole(text: str, *, most: int = 9) -> int | None:
    """Return the number that these figures write; None for anything else.

    :param most: how many figures are read; beyond, no row has such a number
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None
