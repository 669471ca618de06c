"""A file that does not open: whoever holds its chapitre is told; one that nobody reads yet goes back, never late."""

from datetime import datetime

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.operations.telling import tell_the_team
from comptes import journal, outbox
from preuves.enums import Act, ChapitreState
from preuves.models import Revision
from preuves.queries.dossier import dossier_of
from preuves.queries.illisibles import ANTIVIRUS, HANDED_BACK, TO_THE_EDITEUR, TO_THE_READER, revisions_to_tell_of

from .locking import locked_chapitre


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
    tell_the_team(candidature=candidature, kind=HANDED_BACK, on=address, occurrence=str(chapitre.version), at=at)
    return numeros


@transaction.atomic
def tell_of_unreadable(*, revision_id: int, at: datetime) -> None:
    """Tell whoever holds a chapitre that a file of it does not open; told once for each deposit and each reason.

    Before the submission it is whoever deposited the file, or the whole team when the antivirus shut it; during the
    examen, the instructeur who reads the chapitre.
    """
    chapitre_id = Revision.objects.values_list("preuve__chapitre", flat=True).get(pk=revision_id)
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    revision = revisions_to_tell_of().filter(pk=revision_id).select_related("deposited_by", "preuve").first()
    if revision is None:
        return
    candidature, occurrence = chapitre.dossier.candidature, str(vars(revision)["occurrence"])
    address = f"preuve:{candidature.nru}/{revision.preuve.numero}"
    if chapitre.claimed_by is not None:
        outbox.post(TO_THE_READER, to=chapitre.claimed_by, on=address, occurrence=occurrence, at=at)
    elif occurrence.endswith(ANTIVIRUS):
        tell_the_team(candidature=candidature, kind=TO_THE_EDITEUR, on=address, occurrence=occurrence, at=at)
    else:
        outbox.post(TO_THE_EDITEUR, to=revision.deposited_by, on=address, occurrence=occurrence, at=at)
