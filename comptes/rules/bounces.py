"""What a mail server says of a message that it accepted, then could not deliver (RFC 3464, or its own words)."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from flufl.bounce import all_failures

from comptes.rules import returned_words, texts
from comptes.rules.emails import canonical

LONGEST_REASON = 300
UNSAID = "Remise impossible, sans raison donnée"
_FAILED = ("fail", "expired", "bounced", "undeliver")
# A success, a delay, or a message that was only handed over.
_NOT_FAILED = ("delay", "deliver", "relay", "expand")
# Four numbers are the address of a server.
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)")
_ID = re.compile(r"^\s*>?\s*Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_STATUS_PART, _STATUS_PART_OF_ANY_ADDRESS = "message/delivery-status", "message/global-delivery-status"
# An answer that a mailbox gives by itself, or a receipt: nothing came back.
_RECEIPTS = frozenset({"message/disposition-notification"})
# What another server saw of our signatures, or that a message is no spam (RFC 6591, RFC 6430): not that it came back.
_FEEDBACK, _NO_COMPLAINTS = "message/feedback-report", ("auth-failure", "not-spam")
_ANSWERS = {
    "Auto-Submitted": ("auto-replied",),
    "Precedence": ("auto_reply", "auto-reply"),
    **dict.fromkeys(("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-MS-Exchange-Inbox-Rules-Loop"), ("",)),
}
# A program wrote it, which may be that of a mail server: its words then tell.
_PROGRAMS = {"Auto-Submitted": ("auto-generated",), "Precedence": ("junk", "bulk"), "X-Auto-Response-Suppress": ("",)}
# What is sent to the domain each day, and is about no message of ours: RFC 8460, and RFC 7489 for its subject.
_DAILY = re.compile(r"report domain:", re.IGNORECASE)
_DAILY_PARTS = frozenset({"application/tlsrpt+gzip", "application/tlsrpt+json"})
# How a report in ASCII writes the other signs of an address (RFC 6533, « utf-8-addr-xtext »).
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_BLANK_LINE = re.compile(r"\n\s*\n")
_SERVERS = re.compile(r"(mailer-daemon|postmaster|microsoftexchange)", re.IGNORECASE)


@dataclass(frozen=True)
class Bounce:
    """One message that came back for good.

    :param message_id: the Message-ID under which we sent it; empty when the report does not return it
    :param reason: the status, and what the server said
    :param recipients: to whom it was, as the report names them, in the canonical form of addresses
    """

    message_id: str
    reason: str
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What was read in a message of a mail server. `understood`: whether it said what became of our message."""

    bounces: tuple[Bounce, ...] = ()
    understood: bool = True
    sender: str = ""
    subject: str = ""


def read_report(raw: bytes) -> Report:
    """Read the definitive failures of a report: none for a delay, a success, or the answer of a mailbox."""
    report = message_from_bytes(raw)
    ours = next(filter(None, _message_ids(report)), "")
    blocks = list(_blocks(report))
    failures = (Bounce(ours, _reason(block), _recipients(block)) for block in blocks if _action(block) == "failed")
    if bounces := tuple(bounce for bounce in failures if bounce.message_id or bounce.recipients):
        return Report(bounces)
    if any(_action(block) == "other" for block in blocks) or _is_a_receipt(report) or _is_daily(report):
        return Report()
    if _is_an_answer(report) and not _is_from_a_server(report):
        return _of_an_answer(report)
    return _read_by_its_words(report, ours)


def _of_an_answer(report: Message) -> Report:
    """Read the answer of a mailbox: nobody is told of an absence, and of a departure somebody must be."""
    written = _beginning(report)
    understood = not (returned_words.is_held(written) or returned_words.is_gone(written))
    return Report(understood=understood, sender=_header(report, "From"), subject=_header(report, "Subject"))


def _read_by_its_words(report: Message, ours: str) -> Report:
    """Read a report without a status, as many servers write them, each in its way."""
    is_from_a_server = _is_from_a_server(report)
    _write_headers_as_texts(report)
    if is_from_a_server and returned_words.is_delayed(_beginning(report)):
        return Report()
    try:
        delayed, failed = all_failures(report)
    except Exception:  # noqa: BLE001 -- a detector knows what servers send, not what anybody may: nothing is concluded
        delayed, failed = frozenset(), frozenset()
    named = tuple(_address(recipient.decode(errors="replace")) for recipient in sorted(failed))
    named = tuple(filter(None, named)) or _named_in_headers(report)
    if named:
        return Report(tuple(Bounce(ours, _first_line(report), (recipient,)) for recipient in named))
    if not any(_blocks(report)) and (bounce := _refused_in_words(report, ours)):
        return Report((bounce,))
    return Report(understood=bool(delayed), sender=_header(report, "From"), subject=_header(report, "Subject"))


def _write_headers_as_texts(report: Message) -> None:
    """Write as texts the headers whose bytes are of no declared alphabet, which the detectors would stumble on."""
    for name in {name for name, value in report.items() if not isinstance(value, str)}:
        report.replace_header(name, _header(report, name))


def _refused_in_words(report: Message, ours: str) -> Bounce | None:
    """The failure that a server wrote in French, or only as a page of HTML; None when it names nobody for sure."""
    written = _beginning(report)
    if not _is_from_a_server(report) or not returned_words.is_refused(written):
        return None
    others = {_address(_header(report, name)) for name in ("From", "To")}
    named = {_address(address) for address in returned_words.addresses(written)} - others - {""}
    recipients = tuple(named) if len(named) == 1 else ()  # who else is named may be whom to ask
    return Bounce(ours, _first_line(report), recipients) if ours or recipients else None


def _blocks(report: Message) -> Iterator[Message]:
    """What is said of each recipient, in a part that is parsed already, or that is encoded (RFC 6533)."""
    for part in report.walk():
        payload = part.get_payload()
        if part.get_content_type() not in (_STATUS_PART, _STATUS_PART_OF_ANY_ADDRESS) or not isinstance(payload, list):
            continue
        blocks = [block for block in payload if isinstance(block, Message)]
        encoding = _header(part, "Content-Transfer-Encoding").lower()
        if encoding in ("base64", "quoted-printable") or part.get_content_type() != _STATUS_PART:
            yield from map(message_from_string, _BLANK_LINE.split(_unencoded(blocks, encoding)))
        else:
            yield from blocks


def _unencoded(blocks: Iterable[Message], encoding: str) -> str:
    """Return the text of a part that Python took for messages: its headers, and what follows them."""
    written = b"\n\n".join(block.as_bytes() for block in blocks)
    return _text(message_from_bytes(f"Content-Transfer-Encoding: {encoding}\n\n".encode() + written)).strip()


def _action(block: Message) -> str:
    """Return what became of the message: `failed`, `other`, or nothing when the block does not say."""
    action = _header(block, "Action").lower()
    if action.startswith(_FAILED):
        return "failed"
    if action.startswith(_NOT_FAILED):
        return "other"
    if not _header(block, "Final-Recipient") and not action:
        return ""
    return "failed" if _header(block, "Status").startswith("5") else ""


def _reason(block: Message) -> str:
    diagnostic = _header(block, "Diagnostic-Code")
    status = next(iter(_STATUS.findall(_header(block, "Status"))), "")
    return f"{status} {diagnostic}".strip()[:LONGEST_REASON] or UNSAID


def _recipients(block: Message) -> tuple[str, ...]:
    """To whom the message was: as it was written, then as it was delivered."""
    written = (_header(block, name).rpartition(";")[2] for name in ("Original-Recipient", "Final-Recipient"))
    return tuple(dict.fromkeys(filter(None, map(_address, written))))


def _named_in_headers(report: Message) -> tuple[str, ...]:
    return tuple(filter(None, map(_address, _header(report, "X-Failed-Recipients").split(","))))


def _address(written: str) -> str:
    address = parseaddr(_ESCAPED.sub(_sign_of, written))[1]
    return canonical(address) if "@" in address else ""


def _sign_of(escaped: re.Match[str]) -> str:
    sign = int(escaped[1], 16)
    return chr(sign) if sign <= sys.maxunicode else ""


def _message_ids(report: Message) -> Iterator[str]:
    """Our own Message-ID: in the copy that the report returns, in what it quotes, in what it answers to."""
    for part in _walk_below(report):
        kind = part.get_content_type()
        if kind in _RETURNED or kind == "text/plain":
            copied = part.get_payload()
            originals = copied if isinstance(copied, list) else ()
            yield from (_header(original, "Message-ID") for original in originals if isinstance(original, Message))
            yield from _ID.findall(_text(part))
    yield from _header(report, "In-Reply-To").split()[:1]


def _walk_below(report: Message) -> Iterable[Message]:
    if not report.is_multipart():
        return [report]
    return (part for part in report.walk() if part is not report)


def _text(part: Message) -> str:
    """The decoded text of a part; empty when it has none."""
    try:
        payload = part.get_payload(decode=True)
    except (MessageError, ValueError):
        return ""
    if not isinstance(payload, bytes):
        return ""
    declared = part.get_content_charset() or "utf-8"
    # Many declare another alphabet than theirs, which UTF-8 tells; ISO-2022-JP alone is also valid UTF-8.
    for alphabet in (declared, "utf-8") if b"\x1b$" in payload else ("utf-8", declared):
        try:
            return payload.decode(alphabet)
        except (UnicodeDecodeError, LookupError):
            continue
    return payload.decode("cp1252", "replace")  # Latin-1 and Latin-9 too, for what is read in it


def _is_a_receipt(report: Message) -> bool:
    return any(part.get_content_type() in _RECEIPTS or _is_no_complaint(part) for part in report.walk())


def _is_no_complaint(part: Message) -> bool:
    if part.get_content_type() != _FEEDBACK:
        return False
    return any(f"feedback-type: {kind}" in part.as_string().lower() for kind in _NO_COMPLAINTS)


def _is_daily(report: Message) -> bool:
    """Whether it tells how the messages of our domain were received on a day, and is about none of them."""
    return bool(_DAILY.match(_header(report, "Subject"))) or any(
        part.get_content_type() in _DAILY_PARTS for part in report.walk()
    )


def _is_an_answer(report: Message) -> bool:
    """Whether a mailbox answered by itself, as its headers or its subject say."""
    if _is_marked(report, _ANSWERS) or returned_words.is_absence(_header(report, "Subject")):
        return True
    return _is_marked(report, _PROGRAMS) and not returned_words.is_refused(_beginning(report))


def _is_marked(report: Message, marks: Mapping[str, tuple[str, ...]]) -> bool:
    return any(name in report and _header(report, name).lower().startswith(values) for name, values in marks.items())


def _is_from_a_server(report: Message) -> bool:
    """Whether a mail server wrote it, and not the mailbox of somebody: Exim and Gmail also mark theirs as answers."""
    marks = ("X-Failed-Recipients", "X-MS-Exchange-Message-Is-Ndr")
    return any(name in report for name in marks) or bool(_SERVERS.match(parseaddr(_header(report, "From"))[1]))


def _beginning(report: Message) -> str:
    """What is written before the copy of our message, its subject first."""
    parts = [part for part in _walk_below(report) if part.get_content_type() in ("text/plain", "text/html")]
    written = next(iter(parts), report)
    text = _text(written)
    if written.get_content_type() == "text/html":
        text = returned_words.without_tags(text)
    return f"{_header(report, 'Subject')}\n{returned_words.before_the_copy(text)}"


def _first_line(report: Message) -> str:
    subject = _header(report, "Subject")
    status = next(iter(_STATUS.findall(" ".join(_text(part) for part in _walk_below(report))[:20_000])), "")
    return f"{status} {subject}".strip()[:LONGEST_REASON] or UNSAID


def _header(message: Message, name: str) -> str:
    """Read a header on one line, decoded, even when its bytes are of no declared alphabet."""
    written = message.get(name, "")
    try:
        return texts.as_line("".join(map(_decoded, decode_header(written))))
    except (HeaderParseError, LookupError, ValueError):
        return texts.as_line(written)


def _decoded(part: tuple[bytes | str, str | None]) -> str:
    content, alphabet = part
    if isinstance(content, str):
        return content
    if alphabet and alphabet != "unknown-8bit":
        return content.decode(alphabet, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
