"""The submission of a chapitre: its fingerprint, and until when it may be taken back."""

from collections.abc import Mapping

from comptes.canonical import fingerprint
from preuves.enums import ChapitreState

from .completude import ChapitreDeposits


def fingerprint_of_submission(revisions: Mapping[str, str]) -> str:
    """Compute the sha256 of a submission, from the sha256 of each revision, by N° preuve."""
    return fingerprint(revisions)


def why_not_taken_back(facts: ChapitreDeposits) -> str:
    """Say why a submitted chapitre cannot be taken back; empty when it can."""
    if not facts.candidature_open:
        return "Cette candidature n’est plus ouverte."
    if facts.state == ChapitreState.UNDER_REVIEW:
        return "Un instructeur a commencé l’examen : la soumission ne peut plus être annulée."
    if facts.state != ChapitreState.SUBMITTED:
        return "Ce chapitre n’est pas soumis."
    return ""
