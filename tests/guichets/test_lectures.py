"""What a machine recognises in the page of a desk: proposed in a form, verified by its author, shown to the ANS."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from comptes import clock
from guichets.catalogue.guichets import spec_of_guichet
from guichets.models import Capture, DemandeAuGuichet
from guichets.rules.captures import Shown
from guichets.rules.lectures import Reconnu, noticed, recognised
from preuves import effects
from preuves.enums import LectureState
from preuves.models import LectureDeMachine
from preuves.rules.lectures import Lu
from tests.candidatures.conftest import Team
from tests.factories import guichets as make
from tests.factories import lectures
from tests.factories import preuves as prove
from tests.factories.guichets import MORNING

CNDA, EDC = spec_of_guichet("cnda"), spec_of_guichet("edc_psc")
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def it_is_noon() -> Iterator[None]:
    with clock.travel(MORNING + timedelta(hours=2)):
        yield


# -- the rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "etape"),
    [
        ("Étape : Pré-examen", "pre_examen"),
        ("ETAPE\nPré—examen", "pre_examen"),
        ("Statut | En cours l actif", "pre_examen"),
        ("En cours / actif", "pre_examen"),
        ("Étape Depuis le Retour prévu\nEn cours / actif 02/11/2026 01/12/2026", "pre_examen"),
        ("Initialisation > Pré-examen > Examen de conformité\nÉtat : Examen de conformité", "examen"),
        ("Initialisation > Pré-examen > Examen de conformité", ""),
        ("Étape : Finalisation\nStatut : En cours / actif", ""),
        ("Votre demande est accordée.", "granted"),
        ("Raccordée au service", ""),
        ("Rien de tout cela", ""),
        ("", ""),
    ],
)
def test_stage_of_a_page_is_the_one_that_it_says(text: str, etape: str) -> None:
    assert recognised(text, CNDA).etape == etape


def test_each_desk_has_its_own_words() -> None:
    assert recognised("Étape : Complément demandé", EDC).etape == "complement_requested"
    assert recognised("Étape : Complément demandé", CNDA).etape == ""


@pytest.mark.parametrize(
    ("text", "since", "due"),
    [
        ("Depuis le 12/10/2026\nDate de retour prévue : 20 novembre 2026", date(2026, 10, 12), date(2026, 11, 20)),
        ("Étape Depuis le Retour prévu\nEn cours 02/11/2026 01/12/2026", date(2026, 11, 2), date(2026, 12, 1)),
        ("Retour prévu\n01/12/2026", None, date(2026, 12, 1)),
        ("Retour prévu le 01/12/2026 au lieu du 01/11/2026", None, None),
        ("Imprimé le 01/12/2026", None, None),
    ],
)
def test_dates_are_those_that_their_words_announce(text: str, since: date | None, due: date | None) -> None:
    lecture = recognised(text, CNDA)
    assert (lecture.date_etape, lecture.retour_prevu) == (since, due)


@pytest.mark.parametrize(
    ("text", "declared", "logiciel"),
    [
        ("Logiciel : Sirocco Résidence (NIL-1)", "", "Sirocco Résidence"),
        ("nom du logiciel\u00a0: Sirocco", "", "Sirocco"),
        ("SIROCCO RESIDENCE 4.2", "Sirocco Résidence", "Sirocco Résidence"),
        ("Logiciel : Alizé Foyer", "Sirocco Résidence", "Alizé Foyer"),
        ("Logiciel : Un\nLogiciel : Deux", "", ""),
        ("Sirocco", "", ""),
    ],
)
def test_software_is_the_one_that_is_named(text: str, declared: str, logiciel: str) -> None:
    assert recognised(text, CNDA, logiciel=declared).logiciel == logiciel


def test_what_differs_from_what_was_typed_deserves_a_second_look() -> None:
    lu = Lu("a.png", LectureState.READ, text="Logiciel : Sirocco\nÉtape : Pré-examen\nRetour : 01/12/2026", by_ocr=True)
    typed = Shown("examen", None, "sirocco", date(2026, 12, 2))

    differences = [(indice.label, indice.value, indice.tone) for indice in noticed(lu, CNDA, declared=typed)]
    assert differences == [
        ("Étape au CNDA", "Pré-examen («\u00a0En cours / actif\u00a0» au guichet)", "attention"),
        ("Retour prévu le", "01/12/2026", "attention"),
        ("Logiciel affiché", "sirocco", "neutral"),
    ]
    assert {indice.tone for indice in noticed(lu, CNDA)} == {"neutral"}
    assert {indice.source for indice in noticed(lu, CNDA)} == {"reconnaissance de caractères, dans «\u00a0a.png\u00a0»"}


def test_nothing_is_recognised_in_an_empty_text() -> None:
    assert (recognised("", CNDA), Reconnu().values) == (Reconnu(), {})


# -- the form of a capture ------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def address(team: Team, demande: DemandeAuGuichet) -> str:
    return reverse("guichets:capture", args=[team.candidature.nru, demande.pk])


def send(client: Client, url: str, content: bytes) -> Any:
    return client.post(url, {"lire": "1", "capture": SimpleUploadedFile("espace.png", content)})


def test_capture_is_read_proposed_verified_and_recorded(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn, settings: Settings
) -> None:
    settings.TESSERACT = os.environ.get("TESSERACT") or shutil.which("tesseract") or "tesseract"
    salarie, url = sign_in(team.salarie), address(team, demande)
    assert "Faire lire la capture" in text_of(salarie.get(url))
    sent = send(salarie, url, lectures.a_desk_page())
    assert (sent.status_code, sent.url.partition("?lue=")[0]) == (302, url)
    assert "en cours de lecture" in text_of(salarie.get(sent.url))
    piece = team.candidature.pieces.get()
    effects.read_piece(piece.pk)

    form = salarie.get(sent.url).context["form"]
    values = {name: form[name].value() for name in ("etape", "date_etape", "retour_prevu", "logiciel")}
    assert values == {
        "etape": "pre_examen",
        "date_etape": date(2026, 10, 12),
        "retour_prevu": date(2026, 11, 20),
        "logiciel": "Sirocco Résidence",
    }
    assert text_of(salarie.get(sent.url)).count('data-proposed="true"') == 4
    assert not Capture.objects.exists()

    typed = {name: str(value) for name, value in values.items()} | {"lue": str(piece.pk), "nil": ""}
    refused = salarie.post(url, typed)
    assert refused.context["form"].errors == {
        "verifie": ["Vérifiez les valeurs proposées sur la capture, puis cochez cette case."]
    }
    assert not Capture.objects.exists()
    assert salarie.post(url, typed | {"verifie": "on"}).status_code == 302
    capture = Capture.objects.get()
    assert (capture.piece, capture.etape, capture.retour_prevu) == (piece, "pre_examen", date(2026, 11, 20))

    page = text_of(sign_in(team.instructeur).get(reverse("guichets:capture_read", args=[capture.pk])))
    assert "Repéré automatiquement, à vérifier" in page
    assert "Retour prévu le : <mark>20/11/2026</mark>" in page


def test_without_ocr_the_form_is_as_before_and_the_ans_is_told(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn, settings: Settings
) -> None:
    settings.TESSERACT = ""
    salarie, url = sign_in(team.salarie), address(team, demande)
    assert "Faire lire la capture" not in text_of(salarie.get(url))
    capture = make.a_capture(demande, team.salarie)
    effects.read_piece(capture.piece_id)

    page = text_of(sign_in(team.instructeur).get(reverse("guichets:capture_read", args=[capture.pk])))
    assert "Lecture automatique : <mark>non lu : elle n’est pas activée</mark>" in page


def test_capture_that_could_not_be_read_is_typed(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn, settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "ocr"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    settings.TESSERACT = str(broken)
    salarie, url = sign_in(team.salarie), address(team, demande)
    sent = send(salarie, url, prove.PNG)
    effects.read_piece(team.candidature.pieces.get().pk)

    page = salarie.get(sent.url)
    assert "n’a pas pu être lue" in text_of(page)
    assert "verifie" not in page.context["form"].fields


def test_what_is_no_capture_is_refused_and_another_person_s_is_not_shown(
    team: Team, demande: DemandeAuGuichet, sign_in: SignIn, settings: Settings
) -> None:
    settings.TESSERACT = "sh"
    salarie, url = sign_in(team.salarie), address(team, demande)
    for files, reason in (({}, "Joignez la capture de la page du guichet."), ({"capture": b"x"}, "")):
        given = {name: SimpleUploadedFile("a.txt", content) for name, content in files.items()}
        refused = salarie.post(url, {"lire": "1", **given})
        assert refused.status_code == 422
        assert reason in text_of(refused)
    sent = send(salarie, url, prove.PNG)
    assert "espace.png" in text_of(salarie.get(sent.url))
    assert "espace.png" not in text_of(sign_in(team.mandataire).get(sent.url))
    assert "Faire lire la capture" in text_of(salarie.get(f"{url}?lue=x"))
    assert LectureDeMachine.objects.count() == 1
