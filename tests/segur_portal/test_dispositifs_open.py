"""Which dispositifs are open, and what the pages and the checks say when none is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import Settings

from candidatures.catalogue import dispositifs
from candidatures.catalogue.dispositifs import file_of
from candidatures.models import Candidature, Dispositif
from comptes import clock
from comptes.enums import Role, RoleANS
from comptes.models import Compte
from referencement.models import TourProjete
from segur_portal import health
from segur_portal.celery import app
from segur_portal.demo.verbs import publish_the_catalogue
from segur_portal.queues import schedule
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI
from tests.test_permission_table import addresses

WRONG = "essai-va2.toml, ligne 22, echeances.date-2.instant\u00a0: cette date vient avant celle de date-1."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of its own, empty."""
    monkeypatch.setattr(dispositifs, "FOLDER", tmp_path)
    dispositifs.read_also()
    health._kept.clear()
    yield tmp_path
    monkeypatch.undo()
    health._kept.clear()
    dispositifs.read_also(*settings.DISPOSITIF_FOLDERS, only=settings.DISPOSITIFS)


@pytest.fixture
def one_is_wrong(folder: Path, db: None) -> None:
    """Both were loaded; since then, the second échéance of the trial comes before the first."""
    text = {code: file.read_text("utf-8") for code, file in ORIGINALS.items()}
    for code in ORIGINALS:
        (folder / f"{code}.toml").write_text(text[code], encoding="utf-8")
    dispositifs.read_also()
    editeur = make.an_editeur()
    by = make.a_person(editeur, Role.MANDATAIRE)
    for code in ORIGINALS:
        make.a_dossier_handed_over(make.a_candidature(make.a_produit(editeur, by, code), by, code=code), by)
    wrong = text[ESSAI].replace("instant = 2027-12-01", "instant = 2026-06-20")
    (folder / f"{ESSAI}.toml").write_text(wrong, encoding="utf-8")
    dispositifs.read_also()


ORIGINALS = {code: file_of(code) for code in (DUI, ESSAI)}


def page(name: str, **asked: str) -> str:
    with clock.travel(make.SUMMER):
        answer = Client().get(reverse(name), asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", ["home", "help", "guichets:questions", "referencement:solutions"])
def test_page_of_a_portal_where_nothing_is_open_says_so(folder: Path, db: None, name: str) -> None:
    assert ("Aucune démarche n’est ouverte" in page(name)) is (name != "help")


def test_portal_starts_and_names_what_is_not_open(one_is_wrong: None) -> None:
    assert [warning.msg for warning in run_checks() if warning.id == "segur_portal.W001"] == [WRONG]
    home = page("home")
    assert ("Dossier usager informatisé" in home, "Dispositif d’essai" in home) == (True, False)
    assert "Éditeurs du vent" not in page("guichets:questions", dispositif=ESSAI)


def test_ans_reads_which_is_not_open_and_why(one_is_wrong: None) -> None:
    browser = Client()
    browser.force_login(make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]), backend="comptes.requests.PortalBackend")
    for name in ("referencement:echeances", "referencement:instruction"):
        html = browser.get(reverse(name)).content.decode()
        assert (WRONG in html, "Démarches impossibles à ouvrir" in html) == (True, True), name


def test_editeur_reads_nothing_of_it_and_cannot_attach(one_is_wrong: None) -> None:
    editeur = make.an_editeur()
    by = make.a_person(editeur, Role.MANDATAIRE)
    browser = Client()
    browser.force_login(by, backend="comptes.requests.PortalBackend")
    produit = make.a_produit(editeur, by)
    with clock.travel(make.SUMMER):
        html = browser.get(reverse("candidatures:attach", args=[produit.pk])).content.decode()
    assert ("Dossier usager informatisé" in html, "Dispositif d’essai" in html) == (True, False)
    assert "ligne 21" not in html


def test_page_of_a_candidature_whose_dispositif_is_not_open_says_so(one_is_wrong: None) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(make.a_person(roles_ans=[RoleANS.INSTRUCTEUR]), backend="comptes.requests.PortalBackend")
    pages = {
        candidature.dispositif_id: reverse("referencement:candidature", args=[candidature.nru])
        for candidature in Candidature.objects.all()
    }

    answers = {code: browser.get(page) for code, page in pages.items()}

    assert {code: answer.status_code for code, answer in answers.items()} == {DUI: 200, ESSAI: 503}
    assert "Cette démarche n’est pas ouverte" in answers[ESSAI].content.decode()


def test_product_is_attached_to_nothing_when_nothing_is_open(folder: Path, db: None) -> None:
    editeur = make.an_editeur()
    by = make.a_person(editeur, Role.MANDATAIRE)
    browser = Client()
    browser.force_login(by, backend="comptes.requests.PortalBackend")

    html = browser.get(reverse("candidatures:attach", args=[make.a_produit(editeur, by).pk])).content.decode()

    assert ("Aucune démarche n’est ouverte" in html, "Ouvrir la candidature" in html) == (True, False)


def test_missing_workbook_and_unknown_profil_of_a_preuve_are_named(folder: Path) -> None:
    for code, file in ORIGINALS.items():
        (folder / f"{code}.toml").write_text(file.read_text("utf-8"), encoding="utf-8")
    text = ORIGINALS[ESSAI].read_text("utf-8").replace('"essai-va2"', '"autre-va2"').replace('"ESS"', '"AUT"')
    (folder / "autre-va2.toml").write_text(text, encoding="utf-8")
    (folder / f"{ESSAI}.xlsx").write_bytes(b"")
    (folder / f"{ESSAI}.annotations.toml").write_text(
        '["PRE.01.01.01"]\nnature = "TEXTE"\nsauf_profils = ["AHI"]\n', encoding="utf-8"
    )
    dispositifs.read_also()

    workbook, profil = [warning.msg for warning in run_checks() if warning.id == "segur_portal.W002"]

    assert workbook.startswith(
        "autre-va2.toml\u00a0: aucun classeur autre-va2.xlsx, ni dans catalogue/rem/, ni à côté."
    )
    assert profil == (
        "essai-va2.annotations.toml, PRE.01.01.01.sauf_profils, ligne 3\u00a0: "
        "Le profil «\u00a0AHI\u00a0» n’est pas un profil métier du dispositif."
    )


def test_demonstration_begins_without_the_workbook_of_a_dispositif(folder: Path, db: None) -> None:
    (folder / f"{ESSAI}.toml").write_text(ORIGINALS[ESSAI].read_text("utf-8"), encoding="utf-8")
    dispositifs.read_also()

    publish_the_catalogue(at=make.OPENING)

    assert Dispositif.objects.get().pk == ESSAI
    browser = Client()
    browser.force_login(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]), backend="comptes.requests.PortalBackend")
    assert "Aucun référentiel n’est publié" in browser.get(reverse("preuves:rem")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_health_page_names_it(folder: Path) -> None:
    (folder / "essai-va2.toml").write_text("nom = 3\n", encoding="utf-8")
    dispositifs.read_also()
    assert not Dispositif.objects.exists()

    lines = Client().get("/sante/").content.decode().splitlines()

    assert lines[0] == "ok"
    assert [line for line in lines if line.startswith("essai-va2 shut=ligne 1, code\u00a0: cette clé manque")]


def test_no_list_fails_because_of_a_dispositif_that_is_not_open(one_is_wrong: None) -> None:
    mandataire = Compte.objects.get(rattachements__role=Role.MANDATAIRE)
    lists = [reverse(name) for name, parameters in addresses(get_resolver()) if not parameters]
    broken = {}
    for person in (mandataire, *(make.a_person(roles_ans=[role]) for role in RoleANS)):
        broken |= {url: person.roles_ans for url, status in statuses(lists, person).items() if status >= 500}
    TourProjete.objects.all().delete()
    secretaire = make.a_person(roles_ans=[RoleANS.SECRETAIRE_COLLEGE, RoleANS.INSTRUCTEUR])
    broken |= {url: "nothing kept" for url, status in statuses(lists, secretaire).items() if status >= 500}

    assert broken == {}
    assert len(lists) > 30
    browser = Client()
    browser.force_login(mandataire, backend="comptes.requests.PortalBackend")
    with clock.travel(make.SUMMER):
        page = browser.get(reverse("candidatures:produits")).content.decode()
    assert page.count("Cette démarche n’est pas ouverte pour le moment") == 1


def statuses(urls: list[str], person: Compte) -> dict[str, int]:
    browser = Client(raise_request_exception=False)
    browser.force_login(person, backend="comptes.requests.PortalBackend")
    with clock.travel(make.SUMMER):
        return {url: browser.get(url).status_code for url in urls}


def test_no_sweep_fails_because_of_a_dispositif_that_is_not_open(
    one_is_wrong: None, settings: Settings, tmp_path: Path
) -> None:
    settings.JOURNAL_ANCHORS_ROOT = str(tmp_path / "ancrages")  # of chains that the end of this test takes away
    app.loader.import_default_modules()
    with clock.travel(make.DATE_1 + timedelta(days=1)):
        ended = {entry["task"]: app.tasks[entry["task"]].apply() for entry in schedule().values()}

    assert {name: repr(done.result) for name, done in ended.items() if done.failed()} == {}
