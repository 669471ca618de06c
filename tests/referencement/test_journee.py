"""« Ma journée » and the board of the desks: each number is that of the list to which it leads."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.referents import assign_referent, note_absence
from comptes import clock
from comptes.enums import RoleANS
from guichets.operations.anomalies import acknowledge_anomalie
from preuves.models import Chapitre
from preuves.operations.instruction import claim_chapitre
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories.tours import project_everything
from tests.ground import standing

from .test_other_lists import AT, make_team_that_waits, more_candidatures, more_chapitres
from .test_tour import ask_derogation
from .test_worklists import a_capture, an_anomalie, another

JOURNEE, BOARD = "referencement:journee", "guichets:board"
COUNTED = re.compile(r'<a href="([^"]+)">[^<]*<span class="ps-count">([^<]+)</span></a>')
team = standing(make_team_that_waits)


@pytest.fixture(autouse=True)
def it_is_autumn() -> Iterator[None]:
    with clock.travel(AT):
        yield


def counts_on(client: Client, name: str) -> dict[str, str]:
    """Return the numbers that a page shows, by the address of the list to which each leads."""
    return {unescape(href): count for href, count in COUNTED.findall(client.get(reverse(name)).content.decode())}


def rows_of(client: Client, address: str) -> str:
    context = client.get(address).context
    if "day" in context:
        return str(context["day"].mine)
    if "page" in context:
        return str(context["page"].paginator.count_in_french)
    lists = [context.get(name) or [] for name in ("mesures", "reexamens", "waiting")]
    return str(sum(len(rows) for rows in lists))


@pytest.fixture
def heaps(team: Team) -> Team:
    """Some of each heap, and of each what is no longer to do: acknowledged, or of a withdrawn candidature."""
    by = {"by": team.instructeur, "at": AT}
    withdrawn = another(team, 1)
    for number, maker in enumerate((a_capture, a_capture, an_anomalie, an_anomalie)):
        maker(team, another(team, 10 + number))
    maker(team, withdrawn)
    looked_at = an_anomalie(team, another(team, 20))
    acknowledge_anomalie(anomalie_id=looked_at.pk, note="Vu avec le guichet.", **by)
    withdraw_candidature(candidature_id=withdrawn.pk, by=team.mandataire, at=AT)
    more_candidatures(team, 1, 2)
    more_chapitres(team, 3, 2)
    ask_derogation(team, echeance="date-2", at=AT)
    assign_referent(candidature_id=team.candidature.pk, compte_id=team.instructeur.pk, seen=None, **by)
    claim_chapitre(chapitre_id=Chapitre.objects.waiting().order_by("pk")[0].pk, **by)
    project_everything(at=AT)
    return team


def test_each_number_is_that_of_the_list_to_which_it_leads(heaps: Team, sign_in: Any) -> None:
    client = sign_in(heaps.instructeur)
    counts = counts_on(client, JOURNEE)

    assert {address: rows_of(client, address) for address in counts} == counts
    assert counts[reverse("guichets:anomalies")] == counts[reverse("guichets:captures")] == "2"
    assert counts[reverse("referencement:derogations_waiting")] == "1"
    assert counts[f"{reverse('preuves:a_examiner')}?vue=examen"] == "1"
    board = counts_on(client, BOARD)
    assert {address: rows_of(client, address) for address in board} == board
    assert board == {address: counts[address] for address in board.keys() & counts.keys()} | {reverse(JOURNEE): "1"}
    of_the_demarche = f"?dispositif={make.DUI}"
    narrowed = client.get(f"{reverse(BOARD)}{of_the_demarche}").content.decode()
    assert (f"{reverse('guichets:anomalies')}{of_the_demarche}", "2") in COUNTED.findall(narrowed)


@pytest.mark.parametrize(
    ("days", "is_there", "wanted"), [(0, True, "1"), (0, False, None), (1, True, None), (-1, True, None)]
)
def test_navigation_counts_what_somebody_stands_in_for_as_the_page_does(
    heaps: Team, sign_in: Any, days: int, is_there: bool, wanted: str | None
) -> None:
    absent, between, reader = (make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]) for _ in range(3))
    given = {"candidature_id": heaps.candidature.pk, "seen": heaps.instructeur.pk}
    assign_referent(**given, compte_id=absent.pk, by=heaps.instructeur, at=AT)
    day = AT.date() + timedelta(days=days)
    for gone, stand_in in ((absent, between), (between, reader)):
        note_absence(compte_id=gone.pk, from_date=day, until_date=day, stand_in_id=stand_in.pk, by=gone, at=AT)
    reader.roles_ans = [RoleANS.INSTRUCTEUR if is_there else RoleANS.SECRETAIRE_COLLEGE]
    reader.save()

    client = sign_in(reader)

    assert counts_on(client, BOARD).get(reverse(JOURNEE)) == wanted
    assert client.get(reverse(JOURNEE)).context["day"].mine == int(wanted or 0)
    assert counts_on(sign_in(absent), BOARD)[reverse(JOURNEE)] == "1"


def test_somebody_who_follows_nothing_sees_the_chapitre_that_they_hold(heaps: Team, sign_in: Any) -> None:
    reader = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
    page = reverse(JOURNEE)
    assert "Rien ne vous attend" in sign_in(reader).get(page).content.decode()

    waiting = Chapitre.objects.waiting().filter(claimed_by=None).order_by("pk")
    claim_chapitre(chapitre_id=waiting[0].pk, by=reader, at=AT)

    assert counts_on(sign_in(reader), JOURNEE)[f"{reverse('preuves:a_examiner')}?vue=examen"] == "1"
    assert "Rien ne vous attend" not in sign_in(reader).get(page).content.decode()


def test_heaps_are_counted_in_one_query_up_to_what_a_list_counts(heaps: Team, sign_in: Any) -> None:
    client = sign_in(heaps.instructeur)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(JOURNEE))

    (counting,) = [query["sql"] for query in queries if "guichets_capture" in query["sql"]]
    assert counting.count("LIMIT 1001") == counting.count("SELECT count(*)") == 7
