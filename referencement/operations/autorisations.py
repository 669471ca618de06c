"""The approval of the prerequisite chapitre opens the CNDA's test environments; its reopening shuts them."""

from datetime import datetime

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from candidatures.operations.telling import tell_the_team
from comptes import journal
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from referencement.documents.printing import VERSION
from referencement.enums import Act, DocumentKind
from referencement.models import Autorisation
from referencement.queries.autorisations import autorisation_to_freeze, numero_of_autorisation, prerequis_of

from .documents import issue


@transaction.atomic
def settle_autorisation(*, candidature_id: int, at: datetime) -> Autorisation | None:
    """Issue the autorisation of a candidature once its prerequisite chapitre is approved, end it when that reopens.

    Running it twice changes nothing more.

    :return: the autorisation in force, if there is one
    """
    candidature = Candidature.objects.select_for_update(no_key=True, of=("self",)).with_names().get(pk=candidature_id)
    standing = candidature.autorisations.living().select_related("document").first()
    if candidature.state != CandidatureState.OPEN:
        return standing
    chapitre = prerequis_of(candidature)
    approved = chapitre if chapitre and chapitre.state == ChapitreState.APPROVED else None
    if standing and approved and standing.approved_at == approved.concluded_at:
        return standing
    if standing:
        _end(candidature, standing, at)
    return _issue(candidature, approved, at) if approved else None


def _issue(candidature: Candidature, chapitre: Chapitre, at: datetime) -> Autorisation:
    assert chapitre.concluded_by is not None, "an approved chapitre was concluded by somebody"
    assert chapitre.concluded_at is not None, "an approved chapitre was concluded"
    number = candidature.autorisations.count() + 1
    document = issue(
        kind=DocumentKind.AUTORISATION,
        numero=numero_of_autorisation(candidature, number),
        data=autorisation_to_freeze(candidature, chapitre, number, at=at),
        template_version=VERSION,
        by=chapitre.concluded_by,
        at=at,
        candidature=candidature,
    )
    autorisation = Autorisation.objects.create(
        candidature=candidature, number=number, document=document, approved_at=chapitre.concluded_at, issued_at=at
    )
    kind = "referencement.autorisation_issued"
    tell_the_team(candidature=candidature, kind=kind, on=autorisation.address, at=at)
    return autorisation


def _end(candidature: Candidature, autorisation: Autorisation, at: datetime) -> None:
    autorisation.ended_at = at
    autorisation.save()
    journal.record(
        candidature.chain,
        Act.AUTORISATION_ENDED,
        on=autorisation.address,
        by=None,
        at=at,
        numero=autorisation.document.numero,
    )
    kind = "referencement.autorisation_ended"
    tell_the_team(candidature=candidature, kind=kind, on=autorisation.address, at=at)
