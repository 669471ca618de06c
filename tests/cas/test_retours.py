"""Returned mail: what a mail server's report says, whoever wrote it."""

from pathlib import Path

from comptes.rules.bounces import bounces_in
from tests.cas.rows import cases

RETOURS = Path(__file__).parent / "retours"
OURS = "<179596462891.30360.10820521949890804445@portail-segur.example>"


def reasons(raw: bytes) -> list[str]:
    """The status of each failure of our message."""
    return [bounce.reason.split()[0] for bounce in bounces_in(raw) if bounce.message_id == OURS]


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
