"""The page of the coordinated path: what it says to each side, and where it leads."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from comptes.dates import day_in_words
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from referencement.documents import dessin
from referencement.operations.retraits import withdraw_candidature
from referencement.views import parcours_type
from tests.conftest import BY_PASSWORD
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.dispositifs import AT, World, both_worlds
from tests.factories.referencement import a_listed_examen
from tests.ground import standing

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=3)
QUERIES = 16


both = standing(both_worlds)


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


def test_day_of_the_seance_is_the_forecast_of_what_is_on_its_agenda(both: dict[str, World]) -> None:
    """Even when much is missing: each side reads the same day, on the page and on the picture."""
    candidature = Candidature.objects.get(nru=both[DUI].situations["proved"]["nru"])
    a_listed_examen(candidature, NOW + timedelta(days=2), is_open=False)
    day = day_in_words(NOW + timedelta(days=2)).replace("\xa0", " ")

    for role in ("mand", "inst"):
        page = page_of(both[DUI], "proved", role)
        assert f"à l’ordre du jour de la séance du collège du {day} ." in page
        assert "étapes ne sont pas faites : tant qu’il en reste, le référencement ne peut pas être attribué." in page
        assert f"Collège technique L’ANS · séance du {day}" in page
        assert f"Convention et collège {day} Date fixée" in page
        assert "Le collège pourrait" not in page
    assert f"Examiner la candidature en séance du collège Encore 2 jours · Séance du {day}" in page
    supposed = got(both[DUI], "referencement:parcours_et_si", query="etape=chapitre&jours=200").content.decode()
    assert f"le {day}, date de la séance" in supposed.replace("\xa0", " ")
    assert "elle ne dépend plus des durées" in supposed


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


# -- files, « et si… », and the path of any solution ------------------------------------------------------------------


def got(world: World, name: str, *args: str, query: str = "", role: str = "mand") -> Any:
    browser = Client()
    browser.force_login(world.people[role], backend=BY_PASSWORD)
    return browser.get(f"{reverse(name, args=[world.situations['proved']['nru'], *args])}?{query}")


@pytest.mark.parametrize(("forme", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_picture_is_downloaded(both: dict[str, World], forme: str, begins: bytes) -> None:
    answer = got(both[DUI], "referencement:parcours_image", forme, query="phase=2")

    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert f".{forme}" in answer["Content-Disposition"]
    assert got(both[DUI], "referencement:parcours_image", "gif").status_code == 404


def test_each_reader_is_told_when_the_ans_may_answer(both: dict[str, World]) -> None:
    for role in ("mand", "inst"):
        page = page_of(both[DUI], "proved", role)
        assert "Chapitres qui attendent l’examen de l’ANS" in page
        assert "1 sur 1" in page
        assert "Examen d’un chapitre par l’ANS 20 jours durée prévue par la démarche" in page


def test_chapitre_that_waits_leads_to_its_rank(both: dict[str, World]) -> None:
    browser, nru = Client(), both[DUI].situations["proved"]["nru"]
    browser.force_login(both[DUI].people["mand"], backend=BY_PASSWORD)
    waiting = Chapitre.objects.get(dossier__candidature__nru=nru, state=ChapitreState.SUBMITTED)
    path = reverse("referencement:parcours", args=[nru])

    page = browser.get(reverse("preuves:chapitre", args=[nru, waiting.code])).content.decode()
    assert f'href="{path}#previsions"' in page
    assert 'id="previsions"' in browser.get(path).content.decode()


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_supposing_moves_the_forecast_and_keeps_nothing(both: dict[str, World], code: str) -> None:
    world = both[code]
    form = got(world, "referencement:parcours_et_si")
    assert "Supposez quelque chose" in form.content.decode()
    path = reverse("referencement:parcours", args=[world.situations["proved"]["nru"]])
    assert f'<a href="{path}">Parcours</a>' in form.content.decode()

    page = " ".join(
        got(world, "referencement:parcours_et_si", query="etape=college&jours=200").content.decode().split()
    )
    assert "dure 200 jours." in page
    assert "<strong>vers le" in page
    assert "Avec ce changement" in page


def test_supposing_another_profil_changes_what_is_to_do(both: dict[str, World]) -> None:
    profils = spec_of(DUI).profils
    for profil in profils:
        answer = got(both[DUI], "referencement:parcours_et_si", query=f"profil={profil}")
        assert answer.status_code == 200
        assert "La solution est présentée" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("etape=college", "Indiquez un nombre de jours."),
        ("jours=4", "Choisissez une étape."),
        ("depart=college", "Indiquez une date."),
        ("depart=college&le=2020-01-01", "Indiquez une date à venir."),
        ("etape=rien&jours=4", "Sélectionnez un choix valide"),
    ],
)
def test_what_is_supposed_by_half_is_said(both: dict[str, World], query: str, sentence: str) -> None:
    page = got(both[DUI], "referencement:parcours_et_si", query=query).content.decode()

    assert sentence in page
    assert "Avec ce changement" not in page


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_anybody_reads_the_path_of_a_solution(both: dict[str, World], code: str) -> None:
    profil = next(iter(spec_of(code).profils))
    address = reverse("referencement:parcours_type")
    first = Client().get(address, {"dispositif": code}).content.decode()
    page = Client().get(address, {"dispositif": code, "profils": profil, "proxy": "propre"}).content.decode()

    assert "Choisissez au moins un profil" in first
    assert "Le collège pourrait se prononcer vers le" in page
    assert "Guichet Ségur" in page
    assert f"Le parcours type, vue d’ensemble, {spec_of(code).nom}" in page
    assert re.search(r"\d\xa0jours après le début", page)
    assert "dans " not in "".join(re.findall(r'<text class="ps-path-small"[^>]*>([^<]*)', page))
    assert both[code].situations["proved"]["nru"] not in page
    assert page.index('class="ps-path-now"') < page.index('class="ps-path-card"'), (
        "All of it comes after the first day."
    )


def test_whoever_is_not_concerned_reads_it_first(both: dict[str, World]) -> None:
    asked = {"reponses": "1", "role": "utilisateur", "profils": next(iter(spec_of(DUI).profils))}
    page = Client().get(reverse("referencement:parcours_type"), asked).content.decode()

    assert page.index("Cette démarche ne vous concerne pas") < page.index('id="reponses"')
    assert f"{reverse('guichets:questions')}?reponses=1" in page


@pytest.mark.parametrize(("forme", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_anybody_downloads_the_path_of_a_solution(both: dict[str, World], forme: str, begins: bytes) -> None:
    asked = {"profils": next(iter(spec_of(DUI).profils)), "phase": "2"}
    page = Client().get(reverse("referencement:parcours_type"), asked).content.decode()
    address = reverse("referencement:parcours_type_image", args=[forme])
    assert f'href="{address}?profils={asked["profils"]}&amp;phase=2"' in page

    answer = Client().get(address, asked)
    assert answer.content.startswith(begins)
    assert f'filename="parcours-type-{DUI}.{forme}"' in answer["Content-Disposition"]
    assert Client().get(address).status_code == 404
    assert Client().get(reverse("referencement:parcours_type_image", args=["gif"]), asked).status_code == 404


def test_visitor_does_not_wait_for_many_drawings_and_a_drawing_is_made_once(
    both: dict[str, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcours_type, "PATIENCE", 0.01)
    address = reverse("referencement:parcours_type_image", args=["pdf"])
    asked = {"profils": next(iter(spec_of(DUI).profils))}
    with dessin._ONE:
        refused = Client().get(address, asked)
        assert refused.status_code == 503
        assert "Recommencez dans quelques secondes" in refused.content.decode()

    first = Client().get(address, asked)
    with dessin._ONE:
        again = Client().get(address, asked)
    assert (first.status_code, again.content) == (200, first.content)
