"""The export of each list holds the rows of that list, under its tab, its filters and its search."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.operations.referents import assign_referent
from comptes import clock
from preuves.models import Chapitre
from preuves.operations.instruction import claim_chapitre
from referencement.views.listes import LISTES
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories.tours import project_everything
from tests.ground import standing

from .test_other_lists import AT, make_team_that_waits, more_candidatures, more_chapitres
from .test_worklists import MAKERS, another

PAGES = {
    "candidatures": "referencement:instruction",
    "volets": "referencement:volets",
    "chapitres": "preuves:a_examiner",
    "captures": "guichets:captures",
    "anomalies": "guichets:anomalies",
    "conventions": "referencement:conventions",
    "messages": "referencement:threads",
    "seances": "referencement:seances",
    "editeurs": "comptes:editeurs",
}
# Lists without a tab: what they hold is one query, which their page and their export both ask.
WITHOUT_TABS = {"retards", "candidatures-menacees", "comptes"}
FILTERS = (
    {},
    {"q": "mistral"},
    {"q": "nulle part"},
    {"dispositif": make.DUI},
    {"dispositif": "autre"},
    {"referent": "9"},
)
team = standing(make_team_that_waits)


@pytest.fixture(autouse=True)
def it_is_autumn() -> Iterator[None]:
    with clock.travel(AT):
        yield


def exported(client: Client, code: str, query: str) -> list[list[str]]:
    answer = client.get(f"{reverse('comptes:export', args=[code, 'csv'])}?{query}")
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")), delimiter=";"))[1:]


def test_each_list_is_compared_with_its_export() -> None:
    assert {liste.code for liste in LISTES} == PAGES.keys() | WITHOUT_TABS


def test_export_holds_the_rows_of_its_list_under_each_tab_and_filter(team: Team, sign_in: Any) -> None:
    by = {"by": team.instructeur, "at": AT}
    followed, _ = more_candidatures(team, 1, 2)
    more_chapitres(team, 3, 2)
    assign_referent(candidature_id=followed.pk, compte_id=team.instructeur.pk, seen=None, **by)
    claim_chapitre(chapitre_id=Chapitre.objects.waiting().order_by("pk")[0].pk, **by)
    project_everything(at=AT)
    for number, maker in enumerate(MAKERS.values()):
        maker(team, another(team, number))
    client = sign_in(team.instructeur)

    for code, name in PAGES.items():
        tabs = [dict(parse_qsl(tab.query.lstrip("?"))) for tab in client.get(reverse(name)).context["tabs"]]
        assert len(tabs) > 1
        lengths = set()
        for asked in ({**tab, **filters} for tab in tabs for filters in FILTERS):
            answer = client.get(reverse(name), asked)
            rows = exported(client, code, urlencode(asked))
            lengths.add(len(rows))
            assert len(rows) == answer.context["page"].paginator.count, (code, asked)
            if rows and hasattr(answer.context["lines"][0], "nru"):
                assert [row[0] for row in rows] == [line.nru for line in answer.context["lines"]], (code, asked)
        assert len(lengths) > 1 or code == "seances", code
