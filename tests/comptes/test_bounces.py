"""Reports of mail servers: what is said of a message, in whichever words."""

import base64
import quopri
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from comptes import clock, effects, outbox
from comptes.models import Compte, Notice, RetourIncompris
from comptes.operations.notifications import confirm_address, record_bounce
from comptes.rules.bounces import UNSAID, Bounce, Report, read_report
from tests.comptes.conftest import Team
from tests.factories.comptes import RattachementFactory

OURS = "<1@portail>"
TO = "lea@sirocco.example"
WRAPPER = """From: MAILER-DAEMON@relais.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Rien à faire.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example

{block}

--b
Content-Type: {returned}

{headers}

--b--
"""
FAILED = f"Final-Recipient: rfc822; {TO}\nAction: failed\n"


def report(block: str, *, headers: str = f"Message-ID: {OURS}", returned: str = "text/rfc822-headers") -> bytes:
    return WRAPPER.format(block=block, headers=headers, returned=returned).encode()


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (f"{FAILED}Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown", "5.1.1 smtp; 550 5.1.1 unknown"),
        (f"{FAILED}Status: 4.4.7\nDiagnostic-Code: smtp; expired", "4.4.7 smtp; expired"),
        (f"{FAILED}Status: 4.2.2 (mailbox full)", "4.2.2"),
        (f"{FAILED}Status: 5.2.2", "5.2.2"),
        (FAILED, UNSAID),
        (f"{FAILED}Status: unknown", UNSAID),
        (FAILED.replace("failed", "Failed (expired)"), UNSAID),
        (FAILED.replace("failed", "expired"), UNSAID),
        (f"Final-Recipient: rfc822; {TO}\nStatus: 5.0.0", "5.0.0"),
    ],
)
def test_definitive_failure_counts_whatever_its_status(block: str, reason: str) -> None:
    assert read_report(report(block)).bounces == (Bounce(OURS, reason, (TO,)),)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "Delayed"])
def test_what_is_no_failure_says_nothing_and_is_understood(action: str) -> None:
    read = read_report(report(f"Final-Recipient: rfc822; {TO}\nAction: {action}\nStatus: 4.4.7"))

    assert (read.bounces, read.understood) == ((), True)


@pytest.mark.parametrize(
    ("headers", "returned"),
    [
        (f"message-id: {OURS}", "text/rfc822-headers"),
        (f"Message-ID: {OURS}\n\nBonjour", "message/rfc822"),
        (f"Le message\n> Message-ID: {OURS}", "text/plain"),
    ],
)
def test_our_message_is_known_wherever_it_is_returned(headers: str, returned: str) -> None:
    assert [
        bounce.message_id for bounce in read_report(report(FAILED, headers=headers, returned=returned)).bounces
    ] == [OURS]


def test_without_our_message_its_recipients_stay() -> None:
    block = "Original-Recipient: rfc822;Lea@Sirocco.example\nFinal-Recipient: rfc822; lea@autre.example\nAction: failed"

    assert read_report(report(block, headers="Subject: x")).bounces == (Bounce("", UNSAID, (TO, "lea@autre.example")),)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("Reporting-MTA: dns; x\n\nFinal-Recipient: utf-8; léa@sirocco.example\nAction: failed", "global-"),
        (r"Final-Recipient: utf-8; l\x{E9}a@sirocco.example" + "\nAction: failed", "global-"),
        ("Reporting-MTA: dns; x\n\nFinal-Recipient: utf-8; l\\x{E9}a@sirocco.example\nAction: failed", ""),
    ],
)
@pytest.mark.parametrize("encode", [None, base64.encodebytes, quopri.encodestring])
def test_status_of_an_address_of_any_alphabet_is_read_encoded_or_not(status: str, kind: str, encode) -> None:
    encoding = {None: "8bit", base64.encodebytes: "base64", quopri.encodestring: "quoted-printable"}[encode]
    written = encode(status.encode()) if encode else status.encode()
    head = "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=b\n\n--b"
    raw = (
        f"{head}\nContent-Type: message/{kind}delivery-status\nContent-Transfer-Encoding: {encoding}\n\n".encode()
        + written
        + b"\n--b--\n"
    )

    assert read_report(raw).bounces == (Bounce("", UNSAID, ("léa@sirocco.example",)),)


DELAYED = [
    f"""From: mailer-daemon@googlemail.com
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Delay)
X-Failed-Recipients: {TO}

There was a temporary problem delivering your message to {TO}. Gmail will retry for 46 more hours. You will be
notified if the delivery fails permanently.
""",
    f"""From: Mailer-Daemon@exim.example
Auto-Submitted: auto-replied
Subject: Warning: message 1abc delayed 24 hours
X-Failed-Recipients: {TO}

A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours.

  {TO}
""",
    f"""From: MAILER-DAEMON@sendmail.example
Subject: Warning: could not send message for past 4 hours

This is a warning message only. YOU DO NOT NEED TO RESEND YOUR MESSAGE.
<{TO}>... Deferred: Connection timed out with 5.196.12.7. Will keep trying until message is 5 days old.
""",
]


@pytest.mark.parametrize("raw", DELAYED)
def test_server_that_goes_on_trying_is_no_failure_whatever_its_headers_name(raw: str) -> None:
    assert read_report(raw.encode()) == Report()


def test_subject_in_latin_letters_without_an_alphabet_is_read() -> None:
    raw = f"From: MAILER-DAEMON@sfr.example\nSubject: Message non distribué\n\n{TO} n'a pas pu être remis."
    (bounce,) = read_report(raw.encode("latin-1")).bounces

    assert bounce.reason == "Message non distribué"


@pytest.mark.parametrize(
    ("kind", "understood"), [("auth-failure", True), ("not-spam", True), ("abuse", False), ("opt-out", False)]
)
def test_complaint_is_no_failure_and_is_shown_to_somebody(kind: str, understood: bool) -> None:
    head = "From: abuse@x.example\nSubject: FW\nContent-Type: multipart/report; boundary=b\n\n--b"
    feedback = f"Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nOriginal-Rcpt-To: {TO}\n\n--b"
    read = read_report(f"{head}\n{feedback}\nContent-Type: message/rfc822\n\nMessage-ID: {OURS}\n\n--b--".encode())

    assert (read.bounces, read.understood) == ((), understood)


BY_WORDS = [
    f"""From: MAILER-DAEMON@qmail.example
Subject: failure notice

Hi. This is the qmail-send program at qmail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{TO}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {OURS}
""",
    f"""From: Mail Delivery System <Mailer-Daemon@exim.example>
X-Failed-Recipients: {TO}
Auto-Submitted: auto-replied-by-mistake
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
""",
]


@pytest.mark.parametrize("raw", BY_WORDS)
def test_servers_that_write_in_their_own_words_are_read(raw: str) -> None:
    raw = raw.replace("auto-replied-by-mistake", "auto-generated")
    (bounce,) = read_report(raw.encode()).bounces

    assert bounce.recipients == (TO,)
    assert bounce.message_id == (OURS if OURS in raw else "")
    assert bounce.reason


@pytest.mark.parametrize(
    ("raw", "understood"),
    [
        (b"", False),
        (bytes(range(256)) * 20, False),
        (b"From: lea@sirocco.example\nSubject: Bonjour\n\nJe suis absente.", False),
        (b"From: lea@sirocco.example\nAuto-Submitted: auto-replied\nSubject: Absente\n\nJusqu'au 3.", True),
        (report("Final-Recipient: rfc822; x@y.example\nAction: eaten"), False),
        (report("Action: ?"), False),
        (report("Action: failed\nStatus: 5.1.1", headers="Subject: x"), False),
    ],
)
def test_what_is_not_understood_is_said(raw: bytes, understood: bool) -> None:
    read = read_report(raw)

    assert (read.bounces, read.understood) == ((), understood)


# -- what becomes of it -----------------------------------------------------------------------------------------------


def sent_to(team: Team, at) -> Notice:
    newcomer = RattachementFactory(editeur=team.editeur)
    outbox.post("comptes.joined", on=f"rattachement:{newcomer.pk}", to=team.salarie.compte, at=at)
    notice = Notice.objects.get(kind="comptes.joined")
    effects.deliver_to(notice.email)
    notice.refresh_from_db()
    return notice


def test_last_message_to_whom_the_report_names_came_back(team: Team, at) -> None:
    with clock.travel(at):
        notice = sent_to(team, at)

    assert record_bounce(bounce=Bounce("<rewritten@relay>", "5.1.1", (notice.email,)), at=at + timedelta(days=1))

    notice.refresh_from_db()
    assert (notice.bounced_at, notice.last_error) == (at + timedelta(days=1), "5.1.1")


@pytest.mark.parametrize("later", [timedelta(days=15), timedelta(seconds=-1)])
def test_report_that_names_no_message_speaks_of_a_recent_one(team: Team, at, later) -> None:
    with clock.travel(at):
        notice = sent_to(team, at)

    assert not record_bounce(bounce=Bounce("", "5.1.1", (notice.email,)), at=at + later)
    assert not record_bounce(bounce=Bounce("", "5.1.1", ("nobody@elsewhere.example",)), at=at)


def test_who_vouches_for_the_person_is_told_once_until_it_is_lifted(team: Team, at) -> None:
    with clock.travel(at):
        notice = sent_to(team, at)
    bounce = Bounce(notice.message_id, "5.1.1 inconnue", ())

    for _ in range(2):
        assert record_bounce(bounce=bounce, at=at)

    told = Notice.objects.filter(kind="comptes.unreachable")
    assert [line.compte for line in told] == [team.mandataire.compte]
    mail.outbox.clear()
    with clock.travel(at):
        effects.deliver_to(team.mandataire.compte.email)
    (message,) = [message for message in mail.outbox if "ne lui parviennent plus" in message.subject]
    assert "5.1.1 inconnue" in message.body
    assert "Mon adresse fonctionne de nouveau" in message.body

    confirm_address(compte_id=notice.compte_id)
    assert Compte.objects.get(pk=notice.compte_id).unreachable_at is None


def test_what_was_not_understood_is_counted_once_and_shown(team: Team, at, tmp_path, sign_in) -> None:
    (tmp_path / "1").write_bytes(b"From: x@y.example\nSubject: Bonjour\n\nJe suis absente.")
    output = StringIO()
    with clock.travel(at):
        for _ in range(2):
            call_command("read_bounces", str(tmp_path), stdout=output)

    assert "0 message(s) revenu(s), 0 qui ne sont pas du portail, 1 non compris." in output.getvalue()
    assert RetourIncompris.objects.count() == 1
    page = sign_in(team.administrateur).get("/non-parti/").content.decode()
    assert "1 message revenu à l’adresse du portail" in page
    assert "Bonjour" in page
