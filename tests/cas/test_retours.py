"""Returned mail: what a mail server's report says, whoever wrote it."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from comptes import clock, outbox
from comptes.effects import deliver_to
from comptes.models import Notice
from comptes.rules.bounces import read_report
from tests.cas.rows import cases
from tests.factories.comptes import RattachementFactory

RETOURS = Path(__file__).parent / "retours"
OURS = "<179596462891.30360.10820521949890804445@portail-segur.example>"


def reasons(raw: bytes) -> list[str]:
    """The status of each failure of our message."""
    return [bounce.reason.split()[0] for bounce in read_report(raw).bounces if bounce.message_id == OURS]


@cases(
    17,
    "K5",
    {
        "Action: failed\nStatus: 5.1.1": ["5.1.1"],
        "Action: delayed\nStatus: 4.4.7": [],
        "Action: delivered\nStatus: 2.0.0": [],
        "Action: relayed\nStatus: 2.0.0": [],
    },
)
def test_the_status_of_the_report(given, got):
    report = (RETOURS / "dsn_5.1.1.eml").read_text().replace("Action: failed\nStatus: 5.1.1", given)

    got(reasons(report.encode()))


FAILED = (
    "Action: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; 450 4.4.1 connection timed out; message expired after 5 days"
)


@cases(
    16,
    "K5",
    {
        FAILED: ["4.4.7"],
        "Action: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 mailbox full": ["4.2.2"],
        "Action: failed\nDiagnostic-Code: smtp; expired": ["smtp;"],
        "Action: failed": ["Remise"],
        "Action: expired\nStatus: 4.4.7": ["4.4.7"],
    },
)
def test_definitive_failure_without_a_definitive_status(given, got):
    report = (RETOURS / "dsn_4.4.7.eml").read_text().replace(FAILED, given)

    got(reasons(report.encode()))


RETURNED = f"Message-ID: {OURS}"


@cases(
    18,
    "K5",
    {
        "Message-ID: <0102018f@eu-west-1.amazonses.com>": "1 message(s) revenu(s), 0 qui ne sont pas du portail",
        "X-Nothing: here": "1 message(s) revenu(s), 0 qui ne sont pas du portail",
    },
)
def test_relay_that_rewrites_or_drops_our_message_id(given, got, db, tmp_path):
    notice = delivered_to("karim.benali@alize.example")
    (tmp_path / "1.eml").write_text((RETOURS / "dsn_5.1.1.eml").read_text().replace(RETURNED, given))
    output = StringIO()
    with clock.travel(notice.sent_at + timedelta(days=1)):
        call_command("read_bounces", str(tmp_path), stdout=output)

    notice.refresh_from_db()
    got(output.getvalue().rpartition(",")[0] if notice.bounced_at else "rien")


def delivered_to(email: str) -> Notice:
    """The last message that left to somebody."""
    seat = RattachementFactory(compte__email=email)
    outbox.post("comptes.joined", on=f"rattachement:{seat.pk}", to=seat.compte, at=clock.now())
    deliver_to(email)
    return Notice.objects.get(email=email)
