"""Public statistics: read without an account, the same in three forms, and silent about small numbers."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from referencement.models import DureeObservee, TableauDePilotage
from referencement.queries.mesures import Mesures
from referencement.queries.statistiques import hidden
from tests.candidatures.test_demandes import text_of
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (300, 300)])
def test_small_number_is_hidden(number: int, shown: int | None) -> None:
    assert hidden(number) == shown


@pytest.mark.django_db
def test_two_dispositifs_are_told_apart_and_small_numbers_never_leave() -> None:
    for code, count in ((DUI, 137), (ESSAI, 4)):
        make.a_dispositif(code)
        mesures = Mesures(states={"open": count}, editeurs=count, referenced=count)
        TableauDePilotage.objects.create(dispositif_id=code, contenu=mesures.as_json(), measured_at=AT)
        given = {"low": 5 * DAY, "median": 11 * DAY, "high": 21 * DAY, "recent": 1, "measured_at": AT}
        DureeObservee.objects.create(dispositif_id=code, kind="examen-chapitre", cases=count, **given)
    client = Client()

    page = text_of(client.get(reverse("referencement:statistiques")))
    told = json.loads(client.get(reverse("referencement:statistiques_json")).content)["dispositifs"]
    table = client.get(reverse("referencement:statistiques_csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))

    by_code = {each["code"]: each for each in told}
    assert by_code[DUI]["candidatures"] == 137
    assert by_code[DUI]["delais"][0]["median"] == 11
    assert (by_code[ESSAI]["candidatures"], by_code[ESSAI]["editeurs"], by_code[ESSAI]["delais"]) == (None, None, [])
    assert page.count("Moins de cinq") == 3
    assert "entre 5 et 21 jours" in page
    counted = {(row["dispositif"], row["mesure"]): row["nombre"] for row in rows}
    assert (counted[DUI, "candidatures"], counted[ESSAI, "candidatures"]) == ("137", "")
    assert (ESSAI, "examen-chapitre") not in counted
