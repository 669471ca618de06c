"""The queue of the ANS in the database: ranks and forecasts, the same for everybody; what the steps have lasted."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from candidatures.enums import CLOSED, CandidatureState
from candidatures.models import Candidature
from candidatures.operations.candidatures import withdraw_candidature
from preuves.enums import ChapitreState
from preuves.models import Chapitre, NombreDeChapitres
from preuves.models.chapitre import WAITING
from preuves.operations.chapitres import submit_chapitre, take_back_chapitre
from preuves.operations.instruction import claim_chapitre
from preuves.queries.waiting import chapitres_to_read
from referencement import sweeps
from referencement.models import DureeObservee
from referencement.queries.durees import known_durees
from referencement.queries.file import places_of, queue_of
from tests.factories import preuves as prove
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.dispositifs import AT, World, a_candidature, both_worlds
from tests.ground import standing

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=3)
DAY = timedelta(days=1)


both = standing(both_worlds)


@pytest.fixture(autouse=True)
def now(travel_to: Any) -> Iterator[None]:
    travel_to(NOW)
    return


def places(world: World, situation: str) -> dict[str, Any]:
    candidature = Candidature.objects.get(nru=world.situations[situation]["nru"])
    durees, observed = known_durees(world.code)
    rows = Chapitre.objects.filter(dossier__candidature=candidature).order_by("pk")
    return places_of(candidature, rows, durees, observed, at=NOW)


def counted(code: str) -> dict[str, int]:
    return {chapitre: waiting.count for chapitre, waiting in queue_of(code, at=NOW).chapitres.items()}


def in_the_rows(code: str) -> dict[str, int]:
    """Count the chapitres of open candidatures one by one; the list of the ANS holds the same."""
    waiting = Chapitre.objects.filter(state__in=WAITING, dossier__candidature__dispositif=code)
    rows = Counter(waiting.exclude(dossier__candidature__state__in=CLOSED).values_list("code", flat=True))
    assert Counter(chapitres_to_read(dispositif=code).values_list("code", flat=True)) == rows
    return dict(rows)


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_chapitres_that_wait_are_counted_as_they_come_and_go(both: dict[str, World], code: str) -> None:
    world = both[code]
    mand, inst = world.people["mand"], world.people["inst"]
    waiting = Chapitre.objects.get(dossier__candidature__nru=world.situations["proved"]["nru"], state__in=WAITING)
    kept = {other: counted(other) for other in (DUI, ESSAI) if other != code}
    assert counted(code) == in_the_rows(code) == {waiting.code: 1}

    other = prove.a_candidature_to_prove(a_candidature(world, "Zéphyr"), mand, inst)
    behind = prove.a_submitted_chapitre(other, mand, waiting.code, at=NOW)
    assert counted(code) == in_the_rows(code) == {waiting.code: 2}
    claim_chapitre(chapitre_id=waiting.pk, by=inst, at=NOW)
    assert counted(code) == in_the_rows(code) == {waiting.code: 2}, "what is read still waits"
    take_back_chapitre(candidature_id=other.pk, code=behind.code, by=mand, at=NOW)
    assert counted(code) == in_the_rows(code) == {waiting.code: 1}
    submit_chapitre(candidature_id=other.pk, code=behind.code, by=mand, at=NOW)
    withdraw_candidature(candidature_id=other.pk, by=mand, at=NOW)
    assert counted(code) == in_the_rows(code) == {waiting.code: 1}
    Candidature.objects.filter(pk=other.pk).update(state=CandidatureState.OPEN, withdrawn_at=None, withdrawn_by=None)
    assert counted(code) == in_the_rows(code) == {waiting.code: 2}
    Chapitre.objects.filter(pk=waiting.pk).update(
        state=ChapitreState.APPROVED,
        claimed_at=None,
        claimed_by=None,
        claim_ends_at=None,
        concluded_at=NOW,
        concluded_by=inst,
    )
    assert counted(code) == in_the_rows(code) == {waiting.code: 1}
    assert {other: counted(other) for other in kept} == kept


def test_sweep_sums_the_counts_and_changes_none(both: dict[str, World]) -> None:
    world = both[DUI]
    other = prove.a_candidature_to_prove(a_candidature(world, "Zéphyr"), world.people["mand"], world.people["inst"])
    code = world.situations["proved"]["code"]
    chapitre = prove.a_submitted_chapitre(other, world.people["mand"], code, at=NOW)
    take_back_chapitre(candidature_id=other.pk, code=chapitre.code, by=world.people["mand"], at=NOW)
    before = {code: queue_of(code, at=NOW) for code in (DUI, ESSAI)}

    for _ in range(2):
        sweeps.refresh_tours()
        assert {code: queue_of(code, at=NOW) for code in (DUI, ESSAI)} == before
        assert NombreDeChapitres.objects.count() == 2


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_chapitre_is_told_its_rank_in_its_own_dispositif(both: dict[str, World], code: str) -> None:
    world = both[code]
    submitted = Chapitre.objects.get(dossier__candidature__nru=world.situations["proved"]["nru"], state__in=WAITING)
    other = prove.a_candidature_to_prove(a_candidature(world, "Zéphyr"), world.people["mand"], world.people["inst"])
    behind = prove.a_submitted_chapitre(other, world.people["mand"], submitted.code, at=NOW)
    world.situations["other"] = {"nru": other.nru}

    mine, theirs = places(world, "proved")[submitted.code], places(world, "other")[behind.code]
    assert (mine.rank, mine.total) == (1, 2)
    assert (theirs.rank, theirs.total) == (2, 2)
    queue = queue_of(code, at=NOW)
    assert queue.total == 2
    assert queue.chapitres[submitted.code].oldest_at == submitted.submitted_at
    assert queue.empties
    assert queue.empties.likely >= mine.forecast.likely


def test_nothing_that_waits_has_no_place_and_asks_nothing(
    both: dict[str, World], django_assert_num_queries: Any
) -> None:
    candidature = Candidature.objects.get(nru=both[DUI].situations["asked"]["nru"])
    with django_assert_num_queries(0):
        assert places_of(candidature, [], {}, {}, at=NOW) == {}


def test_sweep_keeps_what_each_dispositif_has_lasted(both: dict[str, World]) -> None:
    assert sweeps.measure_durations() == 2
    assert sweeps.measure_durations() == 2  # twice changes nothing

    rows = {(row.dispositif_id, row.kind): row for row in DureeObservee.objects.order_by("pk")}
    examen = rows[DUI, "examen-chapitre"]
    assert (examen.cases, examen.recent, examen.median) == (1, 1, DAY)
    assert (DUI, "convention") not in rows or rows[DUI, "convention"].cases < 5
    durees, observed = known_durees(DUI)
    assert observed["examen-chapitre"].cases == 1
    assert (durees["examen-chapitre"].cases, durees["examen-chapitre"].likely) == (None, 20 * DAY)
    assert known_durees(ESSAI)[0]["examen-chapitre"].likely == 10 * DAY


def test_forecast_follows_what_was_measured(both: dict[str, World]) -> None:
    given = {"low": 2 * DAY, "median": 6 * DAY, "high": 9 * DAY, "measured_at": NOW}
    DureeObservee.objects.create(dispositif_id=DUI, kind="examen-chapitre", cases=12, recent=3, **given)

    [place] = places(both[DUI], "proved").values()
    waited = NOW - place.submitted_at
    assert place.forecast.likely == NOW + max(6 * DAY - waited, 1.5 * DAY)
    assert queue_of(DUI, at=NOW).examen.cases == 12
