"""What a mail server says of a message that it could not deliver (RFC 3464), after it had taken it."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Bounce:
    """One message that came back for good.

    :param message_id: of ours, as it left
    :param reason: the status, and what the server said
    """

    message_id: str
    reason: str


def bounces_in(raw: bytes) -> tuple[Bounce, ...]:
    """Return the definitive failures that a report speaks of: none for a delay, a success, or what is no report."""
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
                    said = str(block.get("Diagnostic-Code", "")).strip()
                    yield f"{status} {said}".strip()[:300]


def _message_ids(report: EmailMessage) -> Iterator[str]:
    """Our own Message-ID, in the copy of the message that the report returns, whole or its headers alone."""
    for part in report.walk():
        kind = part.get_content_type()
        if part is not report and kind == "text/rfc822-headers":
            yield str(
                message_from_bytes(part.get_content().encode(), policy=policy.default)["Message-ID"] or ""
            ).strip()
        elif kind == "message/rfc822":
            for original in part.iter_parts():
                yield str(original["Message-ID"] or "").strip()
