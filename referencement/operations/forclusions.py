"""Foreclosure of the candidatures that a photo does not show in time, each in its own transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from candidatures.models import Candidature
from candidatures.operations.derogations import ForeclosureNotPossible, foreclose_candidature
from candidatures.queries.candidatures import deadlines_of
from comptes.models import Compte
from referencement.models import PhotoDEcheance
from referencement.queries.albums import to_foreclose
from referencement.queries.referencements import decision_on_foreclosure

from .documents import issue_decision


@dataclass(frozen=True)
class Foreclosed:
    """The outcome of a foreclosure of several candidatures.

    :param done: the NRU of those that were foreclosed
    :param left: the NRU of each of the others, with the reason in French
    """

    done: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


@transaction.atomic
def foreclose_on_photo(*, photo_id: int, reason: str, by: Compte, at: datetime) -> Candidature:
    """Foreclose the candidature of a photo, and issue its décision.

    The photo must show that it was not in time, and what the échéance asked for must still be missing.

    :raises ForeclosureNotPossible: with every reason
    """
    candidature_id = PhotoDEcheance.objects.values_list("candidature", flat=True).get(pk=photo_id)
    Candidature.objects.locked().get(pk=candidature_id)
    (line,) = to_foreclose([photo_id], at=at)
    if line.reason:
        raise ForeclosureNotPossible(line.reason)
    candidature = foreclose_candidature(
        candidature_id=candidature_id, echeance=line.photo.echeance, reason=reason, by=by, at=at
    )
    deadline = deadlines_of(candidature)[line.photo.echeance]
    data = decision_on_foreclosure(candidature, echeance=deadline.nom, limite=deadline.at)
    issue_decision(candidature=candidature, data=data, by=by, at=at)
    return candidature


def foreclose_on_photos(*, photo_ids: Collection[int], reason: str, by: Compte, at: datetime) -> Foreclosed:
    """Foreclose on several photos. A candidature that can no longer be foreclosed is left out, and reported."""
    done, left = [], []
    chosen = PhotoDEcheance.objects.filter(pk__in=photo_ids).order_by("candidature__nru", "pk")
    for photo_id, nru in chosen.values_list("pk", "candidature__nru"):
        try:
            foreclose_on_photo(photo_id=photo_id, reason=reason, by=by, at=at)
        except ForeclosureNotPossible as refused:
            left.append((nru, refused.sentence))
        else:
            done.append(nru)
    return Foreclosed(tuple(done), tuple(left))
