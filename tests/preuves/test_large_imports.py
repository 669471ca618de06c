"""A large workbook is read by an effect: the page says so, then shows what was read."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from comptes.enums import RoleANS
from comptes.models import Compte
from preuves import effects
from preuves.catalogue.archives import AT_ONCE
from preuves.catalogue.reading import read_rem
from preuves.catalogue.stored import dumped, loaded
from preuves.models import ImportDuREM
from preuves.operations.imports import ImportNotRead, correct_natures, discard_import, publish_import, send_workbook
from preuves.queries.imports import is_read, large_to_read, preview_of, reading_of
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.workbooks import a_row, a_workbook, repacked, rows_of

DUI = "ms-dui-va2"
READING = "Le classeur est en cours de lecture"


@pytest.fixture
def administrateur(db: None) -> Compte:
    make.a_dispositif()
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])


@pytest.fixture
def client(client: Client, administrateur: Compte) -> Client:
    client.force_login(administrateur, backend="comptes.requests.PortalBackend")
    return client


@pytest.fixture
def large(administrateur: Compte) -> ImportDuREM:
    """Two preuves, one of a nature that its words do not tell, beside a picture that weighs."""
    file = a_workbook([a_row(preuve="Ce qu’il faut."), *rows_of(2)])
    heavy = repacked(file, {"xl/media/image1.png": bytes(AT_ONCE + 1)})
    return send_workbook(
        dispositif_code=DUI,
        workbook=SimpleUploadedFile("rem.xlsx", heavy.getvalue()),
        annotations="",
        date=date(2026, 7, 1),
        by=administrateur,
        at=make.SUMMER,
    )


def page_of(client: Client, sent: ImportDuREM) -> str:
    return client.get(reverse("preuves:rem_preview", args=[sent.pk])).content.decode()


def again(sent: ImportDuREM) -> ImportDuREM:
    return ImportDuREM.objects.select_related("dispositif").get(pk=sent.pk)


def test_reading_comes_back_from_its_lines() -> None:
    annotations = '["MAT.01.01.01"]\nsauf_profils = ["PA"]\nconstat = "CNDA:INSI"\nguichet = "CNDA"'
    rows = [a_row(id="MAT\u201101", profil="PA, PH"), *rows_of(2, 3), a_row(preuve="Autre.")]

    reading = read_rem([("rem.xlsx", a_workbook(rows))], spec_of(DUI), annotations=annotations)

    assert reading.warned
    assert reading.problems
    assert loaded(dumped(reading)) == reading


def test_ordinary_workbook_is_read_by_the_page(administrateur: Compte) -> None:
    sent = send_workbook(
        dispositif_code=DUI,
        workbook=SimpleUploadedFile("rem.xlsx", a_workbook(rows_of(1)).getvalue()),
        annotations="",
        date=date(2026, 7, 1),
        by=administrateur,
        at=make.SUMMER,
    )

    assert (sent.large, is_read(sent), large_to_read()) == (False, True, [])


def test_page_waits_for_the_effect_then_shows_what_it_read(client: Client, large: ImportDuREM) -> None:
    assert READING in page_of(client, large)

    effects.read_import(large.pk)

    page = page_of(client, large)
    assert READING not in page
    assert "Feuille lue" in page
    assert [label for label, *_ in preview_of(again(large)).counts] == [
        "Chapitres",
        "Exigences",
        "Scénarios",
        "Preuves",
    ]


def test_effect_may_run_twice(large: ImportDuREM) -> None:
    effects.read_import(large.pk)
    first = again(large).lecture.name

    effects.read_import(large.pk)

    assert again(large).lecture.name == first


def test_nothing_is_published_or_corrected_before_it_is_read(
    client: Client, administrateur: Compte, large: ImportDuREM
) -> None:
    with pytest.raises(ImportNotRead):
        publish_import(import_id=large.pk, seen="", latest_id=0, by=administrateur, at=make.SUMMER)
    with pytest.raises(ImportNotRead):
        correct_natures(import_id=large.pk, natures={}, by=administrateur, at=make.SUMMER)

    answer = client.post(reverse("preuves:rem_publish", args=[large.pk]), {"seen": "", "latest": "0"}, follow=True)

    assert "encore en cours de lecture" in answer.content.decode()


def test_corrected_natures_are_read_again(client: Client, administrateur: Compte, large: ImportDuREM) -> None:
    effects.read_import(large.pk)
    client.post(reverse("preuves:rem_preview", args=[large.pk]), {"nature-MAT.01.01.01": "TEXTE"})

    assert READING in page_of(client, large)
    assert large_to_read() == [large.pk]
    effects.read_import(large.pk)
    seen = reading_of(again(large)).spec
    version = publish_import(import_id=large.pk, seen=seen.sha256, latest_id=0, by=make.a_person(), at=make.SUMMER)

    assert version.preuves.get(numero="MAT.01.01.01").nature == "TEXTE"
    assert version.sha256 == seen.sha256


def test_next_version_makes_it_read_again(large: ImportDuREM) -> None:
    effects.read_import(large.pk)

    prove.a_rem()

    assert not is_read(again(large))


def test_what_is_thrown_away_is_not_read(administrateur: Compte, large: ImportDuREM) -> None:
    discard_import(import_id=large.pk, by=administrateur, at=make.SUMMER)

    effects.read_import(large.pk)

    assert (again(large).lecture_key, large_to_read()) == ("", [])
