from datetime import timedelta

import pytest
from django.test import Client

from candidatures.models import Echeance
from comptes import clock
from comptes.models import HorlogeDeDemonstration
from comptes.operations.horloge import ClockAlreadyStarted, start_clock
from segur_portal.demo.clock_bar import clock_bar, destination
from segur_portal.demo.story import in_paris

CLOCK = "/demo/horloge/"
OPENING = in_paris("2026-09-30 11:30")


@pytest.mark.parametrize(
    ("move", "at", "to"),
    [
        ("+1min", "2026-09-30 11:30", "2026-09-30 11:31"),
        ("+1h", "2026-09-30 11:30", "2026-09-30 12:30"),
        ("11:58", "2026-09-30 11:57:59", "2026-09-30 11:58"),
        ("11:58", "2026-09-30 11:58", "2026-10-01 11:58"),
        ("11:58", "2026-10-24 12:00", "2026-10-25 11:58"),  # the night when summer time ends
        ("echeance", "2026-09-30 11:30", "2026-10-01 12:00"),
        ("echeance", "2026-10-01 11:59:59", "2026-10-01 12:00"),
        ("echeance", "2026-10-01 12:00", "2026-11-15 18:00"),
        ("2026-10-01T11:59:59", "2026-09-30 11:30", "2026-10-01 11:59:59"),
    ],
)
def test_destination_of_each_button(demo, move, at, to):
    assert destination(move, at=in_paris(at)) == in_paris(to)


@pytest.mark.parametrize(
    "move", ["", "+2h", "hier", "2026-13-01", "99:99", "9999-12-31T23:59:59", "0001-01-01", "2026-10-01T12:00Z"]
)
def test_destination_of_no_button(demo, move):
    assert destination(move, at=OPENING) is None


def test_destination_after_the_last_echeance(demo):
    assert destination("echeance", at=in_paris("2028-05-15 18:00")) is None


def test_clock_bar_before_an_echeance(opening, django_assert_num_queries):
    with django_assert_num_queries(2):
        bar = clock_bar(opening)

    assert bar.label == "11\u00a0h\u00a030 le 30 septembre 2026"
    assert bar.next_echeance_label == "Dossier usager informatisé (DUI), Date 1, le 1er octobre 2026 à 12\u00a0h"
    assert bar.frozen


def test_clock_bar_after_the_last_echeance(opening):
    Echeance.objects.all().delete()

    assert clock_bar(opening).next_echeance_label == ""


def test_clock_move_returns_to_the_page_it_came_from(opening, visitor: Client):
    response = visitor.post(CLOCK, {"move": "+1h", "next": "/aide/?a=1"})

    assert (response.status_code, response["Location"]) == (302, "/aide/?a=1")
    assert clock.now() == opening + timedelta(hours=1)


@pytest.mark.parametrize("next_page", ["", "https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"])
def test_clock_move_never_leads_elsewhere(opening, visitor: Client, next_page):
    assert visitor.post(CLOCK, {"move": "+1min", "next": next_page})["Location"] == "/"


def test_clock_refuses_to_go_back(opening, visitor: Client):
    response = visitor.post(CLOCK, {"move": "2026-09-30T11:29:59", "next": "/aide/"}, follow=True)

    assert "ne recule pas" in response.content.decode()
    assert clock.now() == opening


def test_clock_refuses_a_button_that_does_not_exist(opening, visitor: Client):
    response = visitor.post(CLOCK, {"move": "-1h", "next": "/aide/"}, follow=True)

    assert "n’existe pas" in response.content.decode()
    assert clock.now() == opening


def test_clock_unfrozen_runs_from_where_it_stood(opening, visitor: Client):
    visitor.post(CLOCK, {"move": "unfreeze"})

    assert timedelta() < clock.now() - opening < timedelta(minutes=1)
    assert clock.now() < clock.now()


def test_clock_frozen_stays(opening, visitor: Client):
    visitor.post(CLOCK, {"move": "unfreeze"})
    visitor.post(CLOCK, {"move": "freeze"})

    assert clock.now() == clock.now()


def test_clock_frozen_and_moved_stays_frozen_there(opening, visitor: Client):
    visitor.post(CLOCK, {"move": "echeance"})

    assert clock.now() == in_paris("2026-10-01 12:00")


def test_clock_starts_once(opening):
    with pytest.raises(ClockAlreadyStarted):
        start_clock(at=opening, machine=clock.machine_now())


def test_clock_is_one_row_read_by_requests_and_sweeps(opening, visitor: Client, rf):
    """Web, worker and beat have nothing in common but that row: each reads it at each use."""
    visitor.post(CLOCK, {"move": "+1h"})

    assert HorlogeDeDemonstration.objects.get().frozen_at == opening + timedelta(hours=1)
    assert visitor.get("/aide/").wsgi_request.at == clock.now() == opening + timedelta(hours=1)


def test_clock_needs_a_csrf_token(opening):
    assert Client(enforce_csrf_checks=True).post(CLOCK, {"move": "+1h"}).status_code == 403
    assert clock.now() == opening


def test_clock_is_not_moved_by_a_get(opening, visitor: Client):
    assert visitor.get(CLOCK, {"move": "+1h"}).status_code == 405
    assert clock.now() == opening
