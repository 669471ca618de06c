"""The kinds of notice. Each floor registers its own when it is ready; the outbox delivers them all alike."""

from collections.abc import Callable
from dataclasses import dataclass

from comptes.models import Notice


@dataclass(frozen=True)
class Message:
    """What leaves by e-mail: plain text, in French."""

    subject: str
    body: str


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    `still_true` is asked at the moment of sending: what was done meanwhile is not announced, nor to those who left.
    """

    code: str
    label: str
    still_true: Callable[[Notice], bool]
    render: Callable[[Notice], Message]
    legal: bool = False


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    _kinds.update({kind.code: kind for kind in kinds})


def kind(code: str) -> Kind:
    return _kinds[code]
