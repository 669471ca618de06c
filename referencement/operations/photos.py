"""The photos of an échéance: how each candidature stood at that instant, rebuilt from dated rows."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from candidatures.models import Candidature
from candidatures.queries.abonnes import subscribers
from candidatures.queries.moments import PassedEcheance
from comptes import journal, outbox
from comptes.canonical import fingerprint
from comptes.dates import instant_in_words
from referencement.enums import Act, TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.queries.as_of import CandidatureThen, candidatures_at
from referencement.queries.photos import missing_then, photo_to_freeze, wait_for
from referencement.rules.photo import may_be_taken, sort_of

MISSED = "referencement.echeance_missed"


class PhotoTooEarly(Exception):
    """Requests that arrived before the instant may still be running: a photo could miss what they write."""


@transaction.atomic
def take_photos(*, moment: PassedEcheance, candidature_ids: Collection[int], at: datetime) -> list[PhotoDEcheance]:
    """Freeze how these candidatures stood at an instant, once for each.

    A candidature that somebody else has locked is left out: the next run takes it.

    :param candidature_ids: some of `candidatures_to_photograph`
    :raises PhotoTooEarly: less than five minutes after the instant, the grace of its files, the proxy's stamps
    """
    if not may_be_taken(moment.at, at=at, wait=wait_for(moment)):
        raise PhotoTooEarly(moment)
    wanted = Candidature.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).with_names()
    locked = list(wanted.filter(pk__in=candidature_ids).order_by("pk"))
    # Read once the rows are locked: another sweep may just have photographed some of them.
    known = PhotoDEcheance.objects.filter(candidature__in=locked, echeance=moment.echeance, instant=moment.at)
    taken = set(known.values_list("candidature", flat=True))
    photos = [
        _photo(then, moment)
        for then in candidatures_at(
            [candidature for candidature in locked if candidature.pk not in taken], at=moment.at
        )
    ]
    PhotoDEcheance.objects.bulk_create(photos)
    for photo in photos:
        journal.record(
            photo.candidature.chain,
            Act.PHOTO_TAKEN,
            on=f"photo:{photo.candidature.nru}/{moment.echeance}",
            by=None,
            at=at,
            echeance=moment.echeance,
            instant=instant_in_words(moment.at),
            tri=photo.get_sort_display().lower(),
            sha256=photo.sha256,
        )
    _tell_the_agents(photos, moment, at=at)
    return photos


def _tell_the_agents(photos: Collection[PhotoDEcheance], moment: PassedEcheance, *, at: datetime) -> None:
    """Tell who subscribed of the candidatures that missed the échéance: somebody decides of each."""
    missed = [photo.candidature for photo in photos if photo.sort != TriDePhoto.IN_TIME]
    if not missed:
        return
    occurrence = f"{moment.echeance} {moment.at.isoformat()}"
    posts = [
        outbox.Post(f"candidature:{candidature.nru}", occurrence, agent.pk, agent.email)
        for candidature in missed
        for agent in subscribers(candidature, MISSED, at=at)
    ]
    outbox.post_many(MISSED, posts, at=at)


def _photo(then: CandidatureThen, moment: PassedEcheance) -> PhotoDEcheance:
    data = photo_to_freeze(then, moment)
    return PhotoDEcheance(
        candidature=then.candidature,
        echeance=moment.echeance,
        instant=moment.at,
        sort=sort_of(missing_then(then, moment)),
        data=data,
        sha256=fingerprint(data),
    )
