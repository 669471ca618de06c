"""At which instants photos are taken, of whom: échéances moved, dérogations, foreclosures; before each, and after."""

from datetime import UTC, datetime, timedelta

import pytest

from candidatures.operations.derogations import foreclose_candidature, grant_derogation, request_derogation
from candidatures.operations.echeances import approve_move, propose_move
from candidatures.rules.echeances import instant_in_force, instants_that_come
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement import sweeps
from referencement.models import PhotoDEcheance
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make

DATE_1 = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
DATE_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
LATER, MUCH_LATER = DATE_1 + timedelta(days=15), DATE_1 + timedelta(days=30)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DUI = "ms-dui-va2"


@pytest.fixture
def responsables(db: None) -> tuple[Compte, Compte]:
    first, second = (make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]) for _ in range(2))
    return first, second


Pair = tuple[Compte, Compte]


def move(to: datetime, by: Pair, at: datetime) -> None:
    arguments = {"dispositif_code": DUI, "code": "date-1", "arrete": "Arrêté du 1er septembre", "motive": "Panne."}
    proposed = propose_move(to=to, **arguments, by=by[0], at=at)
    approve_move(move_id=proposed.pk, by=by[1], at=at)


def more_time(team: Team, to: datetime, by: Pair, at: datetime) -> None:
    arguments = {"candidature_id": team.candidature.pk, "echeance": "date-1", "motive": "Une panne."}
    asked = request_derogation(to=to, **arguments, by=by[0], at=at)
    grant_derogation(derogation_id=asked.pk, by=by[1], at=at)


def foreclose(team: Team, by: Pair, at: datetime) -> None:
    arguments = {"candidature_id": team.candidature.pk, "echeance": "date-1", "reason": "Rien n’a été déposé."}
    foreclose_candidature(**arguments, by=by[0], at=at)


def instants(team: Team, at: datetime = MUCH_LATER + DAY) -> list[datetime]:
    """When the photos of a team were taken, once the sweep has run at that moment."""
    with clock.travel(at):
        sweeps.take_photos()
    return list(team.candidature.photos.order_by("instant").values_list("instant", flat=True))


# -- the rule ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moves", "come"),
    [
        ([], [DATE_1]),
        ([(DATE_1 - DAY, LATER)], [LATER]),
        ([(DATE_1, LATER)], [LATER]),
        ([(DATE_1 + SECOND, LATER)], [DATE_1, LATER]),
        ([(DATE_1 - DAY, LATER), (LATER - DAY, MUCH_LATER)], [MUCH_LATER]),
        ([(DATE_1 - DAY, LATER), (LATER + DAY, MUCH_LATER)], [LATER, MUCH_LATER]),
        ([(DATE_1 - 9 * DAY, LATER), (DATE_1 - 8 * DAY, DATE_1)], [DATE_1]),
    ],
)
def test_echeance_passes_where_it_still_stood(moves: list[tuple[datetime, datetime]], come: list[datetime]) -> None:
    assert list(instants_that_come(DATE_1, moves)) == come


def test_last_move_approved_by_then_is_in_force() -> None:
    moves = [(DATE_1 - DAY, LATER), (LATER - DAY, MUCH_LATER)]

    instants = [instant_in_force(DATE_1, moves, at=at) for at in (DATE_1 - 2 * DAY, DATE_1 - DAY, LATER - DAY)]
    assert instants == [DATE_1, LATER, MUCH_LATER]


# -- the photos --------------------------------------------------------------------------------------------------------


def test_echeance_moved_before_it_came_gives_a_photo_at_its_new_instant(team: Team, responsables: Pair) -> None:
    move(LATER, responsables, DATE_1 - DAY)

    assert instants(team, LATER) == []
    assert instants(team) == [LATER]


def test_echeance_moved_after_it_came_gives_two_whenever_they_are_taken(team: Team, responsables: Pair) -> None:
    move(LATER, responsables, DATE_1 + SECOND)

    assert instants(team) == [DATE_1, LATER]


def test_more_time_given_before_gives_a_photo_at_its_own_instant_alone(team: Team, responsables: Pair) -> None:
    other = make_team()
    more_time(team, LATER, responsables, DATE_1 - DAY)

    assert (instants(team), instants(other)) == ([LATER], [DATE_1])


def test_more_time_given_after_leaves_the_photo_that_had_been_due(team: Team, responsables: Pair) -> None:
    other = make_team()
    more_time(team, LATER, responsables, DATE_1 + DAY)

    assert (instants(team), instants(other)) == ([DATE_1, LATER], [DATE_1])


def test_more_time_given_twice_before_it_came_counts_once(team: Team, responsables: Pair) -> None:
    more_time(team, LATER, responsables, DATE_1 - DAY)
    more_time(team, MUCH_LATER, responsables, LATER - DAY)

    assert instants(team) == [MUCH_LATER]


def test_more_time_that_everybody_has_is_nobody_s_own(team: Team, responsables: Pair) -> None:
    more_time(team, LATER, responsables, DATE_1 - DAY)
    move(MUCH_LATER, responsables, DATE_1 - SECOND)

    assert instants(team) == [MUCH_LATER]


def test_foreclosed_candidature_is_not_in_the_next_photo(team: Team, responsables: Pair) -> None:
    foreclose(team, responsables, DATE_1 + DAY)

    assert instants(team, DATE_2 + timedelta(hours=1)) == [DATE_1]


def test_candidature_foreclosed_then_reopened_is_in_the_photo_of_its_own_instant(
    team: Team, responsables: Pair
) -> None:
    foreclose(team, responsables, DATE_1 + DAY)
    more_time(team, LATER, responsables, DATE_1 + 2 * DAY)

    assert instants(team, DATE_2 + timedelta(hours=1)) == [DATE_1, LATER, DATE_2]


def test_run_again_takes_no_own_photo_twice(team: Team, responsables: Pair) -> None:
    more_time(team, LATER, responsables, DATE_1 + DAY)

    assert instants(team) == instants(team) == [DATE_1, LATER]
    assert PhotoDEcheance.objects.count() == 2
