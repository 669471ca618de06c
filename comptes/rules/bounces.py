"""The report of a mail server about a message that it accepted, then could not deliver (RFC 3464)."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Bounce:
    """One message that came back for good.

    :param message_id: the Message-ID under which we sent it
    :param reason: the status, and what the server said
    """

    message_id: str
    reason: str


def bounces_in(raw: bytes) -> tuple[Bounce, ...]:
    """Return the permanent failures in a report: none for a delay, a success, or a message that is no report."""
    report = message_from_bytes(raw, policy=policy.default)
    assert isinstance(report, EmailMessage), "The default policy makes these."
    ours = next(_message_ids(report), "")
    if not ours:
        return ()
    return tuple(Bounce(ours, reason) for reason in _failures(report))[:1]


def _failures(report: EmailMessage) -> Iterator[str]:
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.iter_parts() if part.is_multipart() else ():
                status = str(block.get("Status", "")).strip()
                if str(block.get("Action", "")).strip().lower() == "failed" and status.startswith("5"):
                    diagnostic = str(block.get("Diagnostic-Code", "")).strip()
                    yield f"{status} {diagnostic}".strip()[:300]


def _message_ids(report: EmailMessage) -> Iterator[str]:
    """Our own Message-ID, in the copy of the message that the report returns, whole or headers only."""
    for part in report.walk():
        kind = part.get_content_type()
        if part is not report and kind == "text/rfc822-headers":
            yield str(
                message_from_bytes(part.get_content().encode(), policy=policy.default)["Message-ID"] or ""
            ).strip()
        elif kind == "message/rfc822":
            for original in part.iter_parts():
                yield str(original["Message-ID"] or "").strip()
