"""Returned mail broken at random: each is read, or counted as not understood; none makes the reading fail or wait.

`script/audit bounces` reads a thousand of them, and more.
"""

import time
from random import Random

from comptes.rules.bounces import read_report
from tests.comptes.test_bounces import BY_WORDS, FAILED, report
from tests.lengths import TIMES

READ = 60 * TIMES
LONGEST = 2.0
"""Seconds of the processor, for one message of some kilobytes."""
STARTS = [
    report(f"{FAILED}Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown"),
    report(f"{FAILED}Status: 4.4.7", returned="message/rfc822", headers="Message-ID: <1@portail>\n\nBonjour"),
    report("Action: delayed\nFinal-Recipient: rfc822; lea@sirocco.example", headers="Subject: x"),
    *(raw.encode() for raw in BY_WORDS),
]
PIECES = [
    *(
        b"\r\n",
        b"\n\n",
        b"--b",
        b"--b--",
        b"\0",
        b"\xff\xfe",
        b";",
        b"<",
        b">",
        b'"',
        b"=?utf-8?B?!!!?=",
        b"=?x?Q?=FF?=",
    ),
    *(b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/plain; charset=nowhere\n", b"Action: failed\n"),
    *(b"Content-Type: message/delivery-status\n", b"Content-Type: multipart/mixed; boundary=b\n", b"Status:\n"),
    *(b"Message-ID: <1@portail>\n", b"X-Failed-Recipients: a@b.example, c\n", "é€😀".encode(), b"a" * 5000),
]


def broken(dice: Random) -> bytes:
    """One report, in which some bytes are changed, removed, repeated or added."""
    raw = bytearray(dice.choice(STARTS))
    for _ in range(dice.randint(1, 12)):
        start = dice.randrange(len(raw) + 1)
        end = min(len(raw), start + dice.choice((0, 1, 1, 5, 40, 300)))
        put = dice.choice((b"", bytes([dice.randrange(256)]), bytes(raw[start:end]) * 3, dice.choice(PIECES)))
        raw[start:end] = put
    return bytes(raw)


def test_broken_reports_are_read_or_counted() -> None:
    dice, longest, failures, unread = Random(5), 0.0, 0, 0
    for rank in range(READ):
        raw = broken(dice)
        began = time.process_time()
        read = read_report(raw)
        longest = max(longest, time.process_time() - began)
        assert all(bounce.reason and (bounce.message_id or bounce.recipients) for bounce in read.bounces), rank
        assert not read.bounces or read.understood, rank
        failures, unread = failures + bool(read.bounces), unread + (not read.understood)
    print(f"{READ} reports, {failures} failures found, {unread} not understood, {longest:.2f} s at most")  # noqa: T201 -- the audit shows it

    assert failures
    assert unread
    assert longest < LONGEST
