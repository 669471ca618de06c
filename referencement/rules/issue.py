"""What every list says of a candidature that ended: how it ended, or what its référencement is now."""

from __future__ import annotations

from candidatures.rules.issue import Issue
from referencement.enums import FinKind

from .fin import Fin
from .publication import BADGES, Standing


def issue_of(fin: Fin | None, standing: Standing | None) -> Issue | None:
    """Say how a candidature ended; None while it goes on. What was attributed is named as in the public list.

    :param standing: what the référencement is now; None when none was attributed
    """
    if fin is None:
        return None
    if standing is not None:
        return Issue(f"Solution {standing.state.label.lower()}", BADGES[standing.state], standing.since)
    return Issue(str(fin.kind.label), "neutral" if fin.kind == FinKind.WITHDRAWN else "danger", fin.at)
