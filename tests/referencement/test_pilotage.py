"""Steering: what the sweeps keep of each dispositif, and what a responsable reads in under five clicks."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from comptes.dates import day_in_words, instant_in_words
from comptes.enums import RoleANS
from guichets.queries.sante import sante_of_guichets
from preuves.models import Chapitre
from referencement import sweeps
from referencement.models import RisqueDEcheance, TableauDePilotage
from referencement.queries.durees import known_durees
from referencement.queries.file import places_of, queue_of
from referencement.queries.mesures import Dernier
from referencement.queries.pilotage import dossiers_menaces, echeances_menacees, mesures_of
from referencement.queries.risques import counted_by_echeance
from tests.candidatures.test_demandes import text_of
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.comptes import CompteFactory
from tests.factories.dispositifs import AT, World, both_worlds
from tests.ground import standing

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=3)
QUERIES = 5


both = standing(both_worlds)


@pytest.fixture(autouse=True)
def now(travel_to: Any) -> Iterator[None]:
    travel_to(NOW)
    return


def swept() -> None:
    sweeps.compute_risques()
    assert sweeps.measure_pilotage() == 2


def test_each_open_candidature_has_its_risks_and_no_other(both: dict[str, World]) -> None:
    swept()

    opened = Candidature.objects.filter(state=CandidatureState.OPEN)
    assert set(RisqueDEcheance.objects.values_list("candidature", flat=True)) == set(
        opened.values_list("pk", flat=True)
    )
    assert sweeps.compute_risques() == 0, "what is fresh is not computed again"
    for code in (DUI, ESSAI):
        mesures, _ = mesures_of(code)
        assert mesures.echeances == counted_by_echeance(code)
        shown = echeances_menacees(code, mesures.echeances)
        count = opened.filter(dispositif=code).count()
        for each in shown:
            assert each.missed + each.near + each.safe + each.done == each.late + each.to_decide + each.in_time <= count


def test_candidature_that_will_miss_an_echeance_says_what_holds_it_up(both: dict[str, World], travel_to: Any) -> None:
    echeance = echeances_menacees(DUI, {})[1]
    travel_to(echeance.at - timedelta(days=1))
    sweeps.compute_risques()

    rows = dossiers_menaces(DUI, echeance.code)
    drafted = [row for row in rows if row.slack < timedelta(0)]
    assert drafted
    assert all(row.reason and row.owner for row in drafted)
    assert list(rows) == sorted(rows, key=lambda row: row.slack)


def test_counts_are_those_of_each_dispositif(both: dict[str, World]) -> None:
    swept()

    for code in (DUI, ESSAI):
        mesures, measured_at = mesures_of(code)
        assert measured_at == NOW
        assert sum(mesures.states.values()) == Candidature.objects.filter(dispositif=code).count()
        assert sum(week.received for week in mesures.semaines) > 0
        assert len(mesures.semaines) == 12
        desks = sante_of_guichets(at=NOW)
        assert [(desk.label, desk.due, desk.successes, desk.failures) for desk in mesures.guichets] == [
            (desk.label, desk.due, desk.successes, desk.failures) for desk in desks
        ]
    assert TableauDePilotage.objects.count() == 2


def test_page_says_the_same_forecast_as_the_editeur_is_told_with_few_queries(
    both: dict[str, World], sign_in: Any
) -> None:
    swept()
    client = sign_in(CompteFactory(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    address = reverse("referencement:pilotage") + f"?dispositif={ESSAI}"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = text_of(client.get(address))

    asked = [query["sql"] for query in queries if not re.match("SAVEPOINT|RELEASE|SET", query["sql"])]
    assert len(asked) == QUERIES, "\n".join(asked)
    queue = queue_of(ESSAI, at=NOW)
    assert f"{queue.total} chapitre" in page
    assert "Charge par personne" in page


def test_each_chapitre_has_the_forecast_of_its_last_in_the_queue(both: dict[str, World], sign_in: Any) -> None:
    swept()
    sweeps.measure_durations()
    last = Chapitre.objects.waiting().filter(dossier__candidature__dispositif=DUI).order_by("-submitted_at", "-pk")[0]
    mesures, queue = mesures_of(DUI)[0], queue_of(DUI, at=NOW)
    told = places_of(last.dossier.candidature, [last], *known_durees(DUI), at=NOW)[last.code]

    assert mesures.derniers.keys() == queue.chapitres.keys()
    assert mesures.derniers[last.code] == Dernier(queue.total, last.submitted_at.isoformat())
    client = sign_in(CompteFactory(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    page = text_of(client.get(reverse("referencement:pilotage"), {"dispositif": DUI}))
    month = "c’est ce qu’elle conclurait le mois prochain au même rythme" if queue.concluded else "la durée habituelle"
    assert month in page
    _, _, queued = page.partition("Dernier examiné vers le")
    assert day_in_words(told.forecast.likely) in queued.partition("Chapitres par semaine")[0]


def test_page_shows_no_number_before_the_first_count_and_then_says_when(both: dict[str, World], sign_in: Any) -> None:
    client = sign_in(CompteFactory(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    address = reverse("referencement:pilotage")
    page = text_of(client.get(address))
    assert "Mesures à venir" in page
    assert "Échéances menacées" not in page

    swept()
    page = text_of(client.get(address))
    assert "Mesures à venir" not in page
    assert "Échéances menacées" in page
    assert f"guichets comptés le {instant_in_words(NOW)}" in page


def test_board_kept_before_a_measure_was_added_is_still_read(both: dict[str, World]) -> None:
    swept()
    kept = TableauDePilotage.objects.get(dispositif=DUI)
    kept.contenu = {
        name: kept.contenu[name] for name in kept.contenu if name not in ("echeances", "guichets", "derniers")
    }
    kept.save()
    mesures, _ = mesures_of(DUI)
    assert (mesures.echeances, mesures.guichets, mesures.derniers) == ({}, [], {})
    assert mesures.semaines


@pytest.mark.parametrize(("role", "status"), [(RoleANS.INSTRUCTEUR, 403), (RoleANS.ADMINISTRATEUR, 200)])
def test_instructeurs_do_not_steer(role: RoleANS, status: int, sign_in: Any) -> None:
    make.a_dispositif()
    assert sign_in(CompteFactory(roles_ans=[role])).get(reverse("referencement:pilotage")).status_code == status


def test_risks_of_a_candidature_that_is_over_are_forgotten(both: dict[str, World]) -> None:
    swept()
    over = Candidature.objects.filter(state=CandidatureState.OPEN)[:1].get()
    Candidature.objects.filter(pk=over.pk).update(
        state=CandidatureState.WITHDRAWN, withdrawn_at=NOW, withdrawn_by=CompteFactory()
    )
    sweeps.compute_risques()
    assert not RisqueDEcheance.objects.filter(candidature=over).exists()
