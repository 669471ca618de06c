"""The kinds of notice. Each floor registers its own when it is ready; the outbox delivers them all alike."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import make_msgid

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

    :param legal: nobody may put it off or do without its e-mail
    :param secret: it bears a link or a code that is for one use: its text is never kept
    """

    code: str
    label: str
    still_true: Callable[[Notice], bool]
    render: Callable[[Notice], Message]
    legal: bool = False
    secret: bool = False


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    _kinds.update({kind.code: kind for kind in kinds})


def kind(code: str) -> Kind:
    return _kinds[code]


def every_kind() -> list[Kind]:
    """All of them, by what they are called."""
    return sorted(_kinds.values(), key=lambda one: (one.label, one.code))


def new_message_id() -> str:
    """Return an identifier that no other message of the portal bears."""
    return make_msgid(domain="portail-segur.example")


def label_of(notice: Notice) -> str:
    """Say what kind of notice it is, whatever became of its kind."""
    known = _kinds.get(notice.kind)
    return known.label if known else notice.kind
