"""The list of the séances, found by their dossiers, sorted, and read one after the other."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comptes import clock
from referencement.models import SeanceDuCollege
from tests.candidatures.test_page_queries import count
from tests.ground import standing
from tests.referencement.test_seances import AT, Sitting, a_sitting
from tests.referencement.test_worklists import copied

LIST = "referencement:seances"
sitting = standing(a_sitting)


@pytest.fixture(autouse=True)
def it_is_the_day() -> Iterator[None]:
    with clock.travel(AT):
        yield


def listed(client: Client, **asked: str) -> list[int]:
    return [line.pk for line in client.get(reverse(LIST), asked).context["lines"]]


def test_seances_are_found_by_a_dossier_of_their_agenda_and_sorted(sitting: Sitting, sign_in: Any) -> None:
    seance, nru = sitting.seance, sitting.candidature.nru
    (other,) = copied(seance, 1, lambda number: {"held_at": seance.held_at + timedelta(days=7)})
    sitting.list()
    client = sign_in(sitting.secretaire)

    assert listed(client) == [other.pk, seance.pk]
    assert listed(client, tri="date") == [seance.pk, other.pk]
    assert listed(client, q=nru.replace("-", "–")) == [seance.pk]
    assert (listed(client, vue="a-venir"), listed(client, vue="closes")) == ([other.pk, seance.pk], [])
    tabs = {tab.label: tab.count for tab in client.get(reverse(LIST)).context["tabs"]}
    assert tabs == {"À venir": "2", "Closes": "0", "Annulées": "0", "Toutes": None}
    assert 'rel="next"' in client.get(reverse("referencement:seance", args=[seance.pk])).content.decode()


def test_list_asks_the_same_for_one_seance_three_and_a_hundred(sitting: Sitting) -> None:
    asked = [count(sitting.secretaire, reverse(LIST))]
    for number in (2, 97):
        copied(sitting.seance, number, lambda day: {"held_at": sitting.seance.held_at + timedelta(days=day)})
        asked.append(count(sitting.secretaire, reverse(LIST)))

    assert SeanceDuCollege.objects.count() >= 100
    assert asked == [8, 8, 8]
