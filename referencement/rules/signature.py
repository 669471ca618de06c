"""When a one-time code is asked for and accepted. Pure functions over frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(minutes=10)
BETWEEN_TWO = timedelta(minutes=1)
ATTEMPTS = 5


@dataclass(frozen=True)
class CodeFacts:
    """The last code that was sent.

    :param attempts: how many wrong codes were typed
    :param matches: whether what was typed is that code
    """

    sent_at: datetime
    expires_at: datetime
    attempts: int
    is_used: bool
    matches: bool = False


def why_no_new_code(last: CodeFacts | None, *, at: datetime) -> str:
    """Say, in French, why no code is sent now; empty when one is."""
    if last and not last.is_used and at < last.sent_at + BETWEEN_TWO:
        return "Un code vient de vous être envoyé\u00a0: consultez vos messages, ou attendez une minute."
    return ""


def why_code_refused(last: CodeFacts | None, *, at: datetime) -> str:
    """Say, in French, why what was typed signs nothing; empty when it is the code, in time."""
    if last is None or last.is_used:
        return "Demandez d’abord un code\u00a0: il vous est envoyé par e-mail."
    if at >= last.expires_at:
        return "Ce code n’est plus valable\u00a0: demandez-en un autre. Rien n’est signé."
    if last.attempts >= ATTEMPTS:
        return "Trop d’essais avec ce code\u00a0: demandez-en un autre. Rien n’est signé."
    if not last.matches:
        remaining = ATTEMPTS - last.attempts - 1
        return f"Ce n’est pas le code envoyé. Essais restants\u00a0: {remaining}. Rien n’est signé."
    return ""
