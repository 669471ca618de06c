"""A file that does not open, found once its chapitre was submitted: the chapitre goes back, and is not late for it."""

from datetime import datetime

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.operations.telling import tell_the_team
from comptes import journal
from preuves.enums import Act, ChapitreState
from preuves.queries.dossier import dossier_of

from .locking import locked_chapitre

UNREADABLE = "preuves.chapitre_unreadable"


@transaction.atomic
def hand_back_unreadable(*, chapitre_id: int, at: datetime) -> list[str]:
    """Give a chapitre that nobody reads yet back to its éditeur, when a file of it does not open; return the N°.

    What was submitted in time stays so: it is answered as any return is. One that an instructeur reads is left to them.
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    candidature = chapitre.dossier.candidature
    if chapitre.state != ChapitreState.SUBMITTED or candidature.state != CandidatureState.OPEN:
        return []
    dossier = dossier_of(candidature, code=chapitre.code)
    known = dossier.chapitre(chapitre.code) if dossier else None
    numeros = list(known.facts.unreadable) if known else []
    if not numeros:
        return []
    chapitre.come_back(at=at)
    chapitre.save()
    address = f"chapitre:{candidature.nru}/{chapitre.code}"
    journal.record(
        candidature.chain,
        Act.CHAPITRE_CAME_BACK,
        on=address,
        by=None,
        at=at,
        chapitre=chapitre.code,
        motif=f"Un fichier ne s’ouvre pas\u00a0: {', '.join(numeros)}.",
    )
    tell_the_team(candidature=candidature, kind=UNREADABLE, on=address, occurrence=str(chapitre.version), at=at)
    return numeros
