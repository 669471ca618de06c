"""A conclusion that is proposed, where the dispositif asks that another instructeur confirm it."""

from datetime import datetime

from candidatures.rules.reservations import CLAIM
from comptes import journal, outbox
from comptes.models import Compte
from preuves.enums import Act
from preuves.models import Chapitre, ConclusionProposee
from preuves.queries.chapitres import soumissions_standing
from preuves.queries.conclusions import who_confirms


def propose_conclusion(*, chapitre: Chapitre, returns: bool, by: Compte, at: datetime) -> Chapitre:
    """Keep the conclusion of whoever holds a locked chapitre, and tell those who may confirm it; nothing else moves."""
    chapitre.note_proposal()
    chapitre.claim_ends_at = at + CLAIM
    chapitre.save()
    ConclusionProposee.objects.create(
        soumission=soumissions_standing(chapitre)[0],
        version=chapitre.version,
        returns=returns,
        proposed_at=at,
        proposed_by=by,
    )
    record_conclusion(chapitre=chapitre, act=Act.CONCLUSION_PROPOSED, by=by, at=at)
    people = who_confirms(chapitre, but=by, at=at)
    outbox.post_to_all(
        "preuves.conclusion_proposed", people, on=_address(chapitre), occurrence=str(chapitre.version), at=at
    )
    return chapitre


def record_conclusion(*, chapitre: Chapitre, act: Act, by: Compte, at: datetime, **params: str | int) -> None:
    """Write it in the portal's chain: the éditeur, who reads that of the candidature, learns nothing yet."""
    nru = chapitre.dossier.candidature.nru
    journal.record(journal.PORTAIL, act, on=_address(chapitre), by=by, at=at, nru=nru, chapitre=chapitre.code, **params)


def _address(chapitre: Chapitre) -> str:
    return f"chapitre:{chapitre.dossier.candidature.nru}/{chapitre.code}"
