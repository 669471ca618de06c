"""Forms that the cast of `urls_cast` is not shown, for want of the moment: an open séance, a chapitre in hand…"""

from collections.abc import Iterator
from typing import Any


def further() -> Iterator[tuple[Any, Any]]:
    yield from ()
