"""The page of the coordinated path: what it says to each side, and where it leads."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from referencement.operations.retraits import withdraw_candidature
from segur_portal.demo import verbs
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.dispositifs import AT, World, a_world
from tests.ground import standing

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=3)
QUERIES = 16


def worlds() -> dict[str, World]:
    verbs.publish_the_catalogue(at=make.OPENING)
    return {code: a_world(code) for code in (DUI, ESSAI)}


both = standing(worlds)


@pytest.fixture(autouse=True)
def now(travel_to: Any) -> None:
    travel_to(NOW)


def page_of(world: World, situation: str, role: str = "mand") -> str:
    browser = Client()
    browser.force_login(world.people[role], backend=BY_PASSWORD)
    answer = browser.get(reverse("referencement:parcours", args=[world.situations[situation]["nru"]]))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\xa0", " ").split())


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_each_side_reads_its_own_next_acts(both: dict[str, World], code: str) -> None:
    editeur, ans = page_of(both[code], "proved"), page_of(both[code], "proved", "inst")

    assert "À faire par vous" in editeur
    assert "à déclarer" in editeur.partition("Vue d’ensemble")[0]
    assert "À faire par l’ANS Examiner le chapitre" in ans
    assert "Le collège pourrait examiner la candidature vers le" in editeur


def test_dispositif_that_goes_faster_expects_its_college_earlier(both: dict[str, World]) -> None:
    """The durations are those of each dispositif."""
    days = {code: re.search(r"vers le (\d.*?20\d\d)", page_of(world, "proved")) for code, world in both.items()}

    assert days[DUI]
    assert days[ESSAI]
    assert days[DUI][1] != days[ESSAI][1]


def test_what_is_attributed_is_all_done(both: dict[str, World]) -> None:
    page = page_of(both[DUI], "attributed")

    assert "Vous n’avez rien à faire pour l’instant." in page
    assert "Le collège pourrait" not in page


def test_path_of_what_is_withdrawn_leads_to_the_candidature(both: dict[str, World]) -> None:
    world = both[DUI]
    candidature = Candidature.objects.get(nru=world.situations["proved"]["nru"])
    withdraw_candidature(candidature_id=candidature.pk, by=world.people["mand"], at=NOW)
    browser = Client()
    browser.force_login(world.people["mand"], backend=BY_PASSWORD)

    answer = browser.get(reverse("referencement:parcours", args=[candidature.nru]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("referencement:candidature", args=[candidature.nru])


def test_page_asks_few_queries(both: dict[str, World], django_assert_num_queries: Any) -> None:
    browser = Client()
    browser.force_login(both[DUI].people["mand"], backend=BY_PASSWORD)
    url = reverse("referencement:parcours", args=[both[DUI].situations["proved"]["nru"]])
    browser.get(url)
    with django_assert_num_queries(QUERIES):
        browser.get(url)
