"""The state of the journal's chains as an anchor holds it, and how to find what contradicts it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from comptes.canonical import canonical


@dataclass(frozen=True)
class Heads:
    """The chains at an instant: by name, their length and the sha256 of their last row.

    `register`: the same of the register of chains. `previous`: the sha256 of the anchor before.
    """

    at: datetime
    chains: Mapping[str, tuple[int, str]]
    register: tuple[int, str]
    previous: str


def written_heads(heads: Heads) -> bytes:
    """Write heads in the form that is signed."""
    written = {
        "at": heads.at.isoformat(),
        "chains": {name: list(head) for name, head in sorted(heads.chains.items())},
        "register": list(heads.register),
        "previous": heads.previous,
    }
    return canonical(written)


def read_heads(text: bytes) -> Heads:
    """Read heads as they were written.

    :raises ValueError: when they were not
    """
    written = json.loads(text)
    heads = Heads(
        at=datetime.fromisoformat(written["at"]),
        chains={name: (length, head) for name, (length, head) in written["chains"].items()},
        register=(written["register"][0], written["register"][1]),
        previous=written["previous"],
    )
    if written_heads(heads) != text:
        raise ValueError("These heads are written in another way.")
    return heads


def lost_between(earlier: Heads, later: Heads) -> list[str]:
    """Name the chains that an anchor knew, and that a later one does not know, or knows shorter."""
    known = later.chains
    return sorted(name for name, (length, _) in earlier.chains.items() if known.get(name, (-1, ""))[0] < length)
