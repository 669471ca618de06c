"""When a photo may be taken, and how it sorts a candidature; without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guichets.catalogue.guichets import spec_of_guichet
from guichets.enums import Owner
from referencement.enums import BlocageCode, TriDePhoto
from referencement.rules.blocages import Blocage
from referencement.rules.photo import WAIT, may_be_taken, sort_of

DATE_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
OPEN = Blocage(BlocageCode.CHAPITRE, "Ce chapitre n’est pas soumis.", Owner.EDITEUR, "chapitre:INS", "")
COMPLETE = replace(OPEN, is_complete=True)
AT_A_DESK = Blocage(
    BlocageCode.GUICHET, "INSi n’en est pas au pré-examen.", spec_of_guichet("cnda").owner, "guichets:", ""
)


@pytest.mark.parametrize(
    ("after", "taken"),
    [
        (timedelta(0), False),
        (WAIT - SECOND, False),
        (WAIT - MICROSECOND, False),
        (WAIT, True),
        (WAIT + MICROSECOND, True),
        (timedelta(days=3), True),
    ],
)
def test_photo_waits_for_what_is_still_being_written(after: timedelta, taken: bool) -> None:
    assert may_be_taken(DATE_1, at=DATE_1 + after) is taken


@pytest.mark.parametrize(
    ("missing", "sort"),
    [
        ((), TriDePhoto.IN_TIME),
        ((COMPLETE,), TriDePhoto.TO_DECIDE),
        ((AT_A_DESK,), TriDePhoto.TO_DECIDE),
        ((COMPLETE, AT_A_DESK), TriDePhoto.TO_DECIDE),
        ((OPEN,), TriDePhoto.LATE),
        ((COMPLETE, OPEN, AT_A_DESK), TriDePhoto.LATE),
        ((replace(AT_A_DESK, owner=Owner.EDITEUR),), TriDePhoto.LATE),
    ],
)
def test_photo_sorts_by_what_was_missing(missing: tuple[Blocage, ...], sort: TriDePhoto) -> None:
    assert sort_of(missing) is sort
