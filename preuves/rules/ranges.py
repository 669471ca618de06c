"""Which part of a file is asked for: the `Range` header of RFC 9110, one range of bytes."""

import re
from dataclasses import dataclass

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True)
class ByteRange:
    """`length` bytes from `start` on."""

    start: int
    length: int


class Unsatisfiable(ValueError):
    """The range begins after the end of the file."""


def part_asked(header: str, *, size: int) -> ByteRange | None:
    """Return the part that a `Range` header asks for; None for the whole file.

    Several ranges, or what is no range of bytes, ask for the whole: the RFC lets a server ignore them.

    :raises Unsatisfiable: when no byte of the file is in it
    """
    match = ONE_RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and first and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return ByteRange(start, end - start + 1)
