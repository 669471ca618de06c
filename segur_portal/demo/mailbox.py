"""The demonstration's mailbox: the messages that Django's file backend wrote in `MAIL_ROOT`."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SEPARATOR = re.compile(rb"^-{79}\n", re.MULTILINE)


@dataclass(frozen=True)
class MailPart:
    """A piece of a message's text; `href` is empty when it is no link."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Mail:
    """One message that was sent.

    :param key: identifies it in the address of its page
    :param sent_at: its date (aware), None when it has none
    """

    key: str
    sent_at: datetime | None
    sender: str
    to: str
    subject: str
    message_id: str
    body: str

    @property
    def parts(self) -> list[MailPart]:
        """Return the text in pieces; only the addresses of the portal are links."""
        return list(_parts(self.body))


def messages() -> list[Mail]:
    """Return the messages, latest first by their own date: the backend may put those of one second in one file."""
    if not settings.MAIL_ROOT:
        return []
    files = sorted(Path(settings.MAIL_ROOT).glob("*.log"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    mails = [mail for path in files for mail in _read(path)]
    mails.reverse()
    mails.sort(key=lambda mail: mail.sent_at or _LONG_AGO, reverse=True)
    return mails


def message(key: str) -> Mail | None:
    return next((mail for mail in messages() if mail.key == key), None)


def _read(path: Path) -> Iterator[Mail]:
    """Read the messages of a file, oldest first."""
    for raw in _SEPARATOR.split(path.read_bytes()):
        if raw.strip():
            yield _mail(message_from_bytes(raw, policy=policy.default))


def _mail(parsed: EmailMessage) -> Mail:
    message_id = str(parsed["Message-ID"] or "").strip()
    body = parsed.get_body(("plain",))
    date = parsed["Date"]
    return Mail(
        key=hashlib.sha256(message_id.encode()).hexdigest()[:16],
        sent_at=date.datetime if date else None,
        sender=str(parsed["From"]),
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]),
        message_id=message_id,
        body=body.get_content().strip() if body else "",
    )


def _parts(body: str) -> Iterator[MailPart]:
    link = re.compile(rf"{re.escape(settings.PORTAL_URL)}(?:/[^\s<>\"»]*)?(?=[\s<>\"»]|$)")
    end = 0
    for match in link.finditer(body):
        yield MailPart(body[end : match.start()])
        yield MailPart(match[0], href=match[0])
        end = match.end()
    yield MailPart(body[end:])
