"""The kinds of notification. Each floor registers its own at start-up; the outbox delivers them all alike."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from email.utils import make_msgid

from django.db.models import Model

from comptes.enums import NotificationMode
from comptes.models import Notice
from comptes.rules.figures import whole


@dataclass(frozen=True)
class NoticeMail:
    """The content of one e-mail: plain text, in French."""

    subject: str
    body: str


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notification.

    `still_true` is called just before sending: when it is False, the notification is cancelled. So is one that is not
    `legal`, when the account of its reader is shut.

    :param legal: always sent at once by e-mail, whatever the reader chose
    :param daily: whoever chose nothing reads it in the résumé of the day; nothing waits for an act of theirs
    :param subscribed: who of the ANS is told depends on the candidatures that each person chose
    :param of_the_ans: nobody who works for an éditeur may receive it: the people of the ANS, and its experts
    :param secret: it holds a link or a code for one use, so its text is never kept
    """

    code: str
    label: str
    still_true: Callable[[Notice], bool]
    render: Callable[[Notice], NoticeMail]
    legal: bool = False
    secret: bool = False
    daily: bool = False
    subscribed: bool = False
    of_the_ans: bool = False

    @property
    def usual(self) -> NotificationMode:
        """How it is told to whoever chose nothing."""
        return NotificationMode.DAILY if self.daily and not self.legal else NotificationMode.NOW


Owners = Callable[[Collection[str]], Mapping[str, int]]
"""Give, for keys of addresses, the id of the éditeur that each is about, if any."""

_kinds: dict[str, NoticeKind] = {}
_owners: dict[str, Owners] = {}


def register(*kinds: NoticeKind) -> None:
    _kinds.update({kind.code: kind for kind in kinds})


def kind(code: str) -> NoticeKind:
    return _kinds[code]


def every_kind() -> list[NoticeKind]:
    """All of them, sorted by label."""
    return sorted(_kinds.values(), key=lambda kind: (kind.label, kind.code))


def new_message_id() -> str:
    """Return a new Message-ID, unique among the messages of the portal."""
    return make_msgid(domain="portail-segur.example")


def label_of(notice: Notice) -> str:
    """Return the label of its kind, or the code of a kind that exists no more."""
    known = _kinds.get(notice.kind)
    return known.label if known else notice.kind


def register_owners(owners: Mapping[str, Owners]) -> None:
    """Register, by kind of address, how to find the éditeur that a notification is about.

    Somebody who leaves an éditeur no longer reads its notifications.
    """
    _owners.update(owners)


def kinds_with_owners() -> frozenset[str]:
    return frozenset(_owners)


def owned_by(model: type[Model], path: str) -> Owners:
    """Find the éditeur of addresses that end in the id of a row, by the path from that row."""

    def owners(keys: Collection[str]) -> Mapping[str, int]:
        ids = [number for key in keys if (number := whole(key, most=18)) is not None]
        rows = model._default_manager.filter(pk__in=ids).order_by("pk").values_list("pk", path)
        return {str(pk): editeur for pk, editeur in rows if editeur is not None}

    return owners


def editeurs_of(addresses: Collection[str]) -> dict[str, int]:
    """Give the id of the éditeur that each of these addresses is about, with one query per kind of address."""
    by_kind: dict[str, set[str]] = {}
    for address in addresses:
        kind, _, key = address.partition(":")
        by_kind.setdefault(kind, set()).add(key)
    return {
        f"{kind}:{key}": editeur
        for kind, keys in by_kind.items()
        if kind in _owners
        for key, editeur in _owners[kind](keys).items()
    }
