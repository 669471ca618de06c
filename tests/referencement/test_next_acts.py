"""The start page, the page of a candidature and the picture of its path never name different acts."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from comptes import clock
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.dispositifs import AT, World, both_worlds
from tests.ground import standing

from .acts import assert_pages_agree

pytestmark = pytest.mark.django_db
# Soon after the acts of the world, then before, between and after its échéances.
INSTANTS = [AT + timedelta(days=days) for days in (3, 40, 200, 600)]


both = standing(both_worlds)


@pytest.mark.parametrize("code", [DUI, ESSAI])
@pytest.mark.parametrize("at", INSTANTS, ids=lambda at: at.date().isoformat())
def test_pages_name_the_same_acts_in_every_situation(both: dict[str, World], code: str, at: datetime) -> None:
    world = both[code]
    mand = world.people["mand"]
    fresh = make.a_candidature(make.a_produit(mand.rattachements.get().editeur, mand, "Ulysse"), mand, code=code)
    browser = Client()
    browser.force_login(mand, backend=BY_PASSWORD)

    def read(address: str) -> Any:
        with clock.travel(at):
            answer = browser.get(address)
        assert answer.status_code == 200
        return answer

    every = [fresh.nru, *(keys["nru"] for keys in world.situations.values())]
    assert sum(assert_pages_agree(read, nru) for nru in every)
