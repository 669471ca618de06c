"""Which échéance requires what: nothing looks for an échéance by its code, but by what it requires."""

from __future__ import annotations

from collections.abc import Mapping

from candidatures.enums import ExigenceDEcheance

from .deadlines import Deadline


def asking(echeances: Mapping[str, Deadline], kind: ExigenceDEcheance, of: str = "") -> dict[str, Deadline]:
    """Return the échéances that require something, by code, the earliest first.

    :param echeances: those of one candidature, as they bind it
    :param of: the code of the chapitre, or of the volet; empty for those that require it of all
    """
    asking_it = [(code, deadline) for code, deadline in echeances.items() if deadline.exigences.ask(kind, of)]
    return dict(sorted(asking_it, key=lambda item: item[1].at))


def first_asking(echeances: Mapping[str, Deadline], kind: ExigenceDEcheance, of: str = "") -> str:
    """Return the code of the first échéance that requires it, which is the one that binds; empty when none does."""
    return next(iter(asking(echeances, kind, of)), "")
