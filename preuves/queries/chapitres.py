from __future__ import annotations

from candidatures.queries import said
from preuves.enums import ChapitreState
from preuves.models import Chapitre, Revision, SoumissionDeChapitre


def soumissions_standing(chapitre: Chapitre) -> list[SoumissionDeChapitre]:
    """The submissions of a chapitre that were not taken back, latest first."""
    return list(chapitre.soumissions.filter(reprise=None).select_related("submitted_by").order_by("-number"))


def who_deposited(revision: Revision) -> str:
    """Say in French who made a deposit, and when."""
    return f"{revision.deposited_by} a déposé cette preuve le {said(revision.deposited_at)}."


def who_moved_chapitre(chapitre: Chapitre) -> str:
    """Say in French who brought the chapitre where it is, and when; empty while nobody did."""
    match chapitre.state:
        case ChapitreState.SUBMITTED:
            return f"Ce chapitre a été soumis par {chapitre.submitted_by} le {said(chapitre.submitted_at)}."
        case ChapitreState.UNDER_REVIEW:
            return f"Ce chapitre est examiné par {chapitre.claimed_by} depuis le {said(chapitre.claimed_at)}."
        case ChapitreState.RETURNED:
            return f"Ce chapitre a été renvoyé par {chapitre.concluded_by} le {said(chapitre.concluded_at)}."
        case ChapitreState.APPROVED:
            return f"Ce chapitre a été validé par {chapitre.concluded_by} le {said(chapitre.concluded_at)}."
    return ""
