"""Many files at once: shown before anything is deposited, then deposited, one result for each preuve."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.models import Compte
from preuves.models import Revision
from preuves.operations.ensemble import Depose, NothingDeposited, deposit_together
from tests.candidatures.conftest import Team
from tests.factories import preuves as make

CAPTURE = "INS.01.01.01"
COMMON = {"evidence_date": "2026-10-20", "version_technique": "4.2.1"}
SignIn = Callable[[Compte], Client]


@pytest.fixture(autouse=True)
def in_autumn() -> Any:
    with clock.travel(make.AUTUMN):
        yield


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def previewed(client: Client, team: Team, *names: str, sha256: str = "") -> str:
    files = [{"nom": name, "taille": 100, "sha256": sha256} for name in names]
    address = reverse("preuves:ensemble_preview", args=[team.candidature.nru])
    answer = client.post(address, json.dumps({"fichiers": files}), content_type="application/json")
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_file_is_told_before_anything_is_deposited(team: Team, sign_in: SignIn) -> None:
    page = previewed(sign_in(team.salarie), team, f"{CAPTURE}.png", "MAT.01.01.01.png", "vacances.png")

    assert re.findall(r'data-sort="(\w+)"', page) == ["ready", "refused", "unknown"]
    assert "Prêt : 1 · N° inconnu : 1 · Refusé : 1" in text_of(page).replace("\u00a0", " ")
    assert not Revision.objects.exists()


def test_name_given_as_an_example_is_that_of_a_preuve_of_the_dossier(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    page = text_of(client.get(reverse("preuves:ensemble", args=[team.candidature.nru])).content.decode())
    example = re.search(r"devient un point ou un tiret\s: (\S+)\. ", page)

    assert example is not None
    assert re.findall(r'data-sort="(\w+)"', previewed(client, team, example[1])) == ["ready"]


def test_a_preuve_under_review_and_a_file_already_there(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    piece = make.a_file(team.candidature, team.salarie)
    revision = make.a_deposit(team.candidature, team.salarie, CAPTURE, make.some_files(piece))
    sha256 = revision.pieces.get().sha256
    make.a_submitted_chapitre(team.candidature, team.salarie)

    page = text_of(previewed(client, team, f"{CAPTURE}.png", "MAT.01.01.01.png", sha256=sha256))

    assert "Ce fichier est déjà déposé pour cette preuve" in page
    assert "Ce chapitre est soumis à l’ANS" in page


def test_what_is_no_list_of_files_is_refused(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    address = reverse("preuves:ensemble_preview", args=[team.candidature.nru])

    wrong = ("", "[]", '{"fichiers": [{"nom": "a.png"}]}', '{"fichiers": 3}', '{"fichiers": ["a"]}', "[" * 200_000)
    for body in (*wrong, '{"fichiers": [{"nom": "a.png", "taille": 1e400}]}', '{"fichiers": [[1]]}'):
        assert client.post(address, body, content_type="application/json").status_code == 422


def test_a_name_that_no_page_can_show_is_one_that_is_unknown(team: Team, sign_in: SignIn) -> None:
    page = previewed(sign_in(team.salarie), team, "a\ud800b.png", "a\x00.png", "", "x" * 5000)

    assert re.findall(r'data-sort="(\w+)"', page) == ["unknown"] * 4


def test_without_scripts_files_are_received_shown_then_deposited(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    files = [
        SimpleUploadedFile(f"{CAPTURE} une.png", make.PNG),
        SimpleUploadedFile(f"{CAPTURE} deux.png", make.PNG + b"\0"),
        SimpleUploadedFile("notes.exe", b"MZ"),
    ]
    page = client.post(reverse("preuves:ensemble", args=[team.candidature.nru]), {"fichiers": files, **COMMON})
    assert not Revision.objects.exists()
    shown = page.content.decode()
    hidden: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', shown):
        hidden.setdefault(name, []).append(value)
    assert len(hidden[f"pieces:{CAPTURE}"]) == 2

    address = reverse("preuves:ensemble_deposit", args=[team.candidature.nru])
    result = client.post(address, hidden | COMMON)

    assert "1 preuve déposée sur 1" in text_of(result.content.decode())
    assert Revision.objects.get().pieces.count() == 2


def test_without_scripts_and_without_a_file_the_page_asks_for_one(team: Team, sign_in: SignIn) -> None:
    address = reverse("preuves:ensemble", args=[team.candidature.nru])

    page = sign_in(team.salarie).post(address, COMMON)

    assert page.status_code == 422
    assert "Choisissez au moins un fichier." in text_of(page.content.decode())
    assert COMMON["version_technique"] in page.content.decode()


def test_a_file_that_is_refused_once_read_keeps_the_whole_preuve(team: Team, sign_in: SignIn) -> None:
    files = [SimpleUploadedFile(f"{CAPTURE} une.png", make.PNG), SimpleUploadedFile(f"{CAPTURE} deux.png", b"MZ" * 50)]
    page = sign_in(team.salarie).post(
        reverse("preuves:ensemble", args=[team.candidature.nru]), {"fichiers": files, **COMMON}
    )

    assert f'name="pieces:{CAPTURE}"' not in page.content.decode()


def test_a_program_hears_what_became_of_each(team: Team, sign_in: SignIn) -> None:
    client = sign_in(team.salarie)
    piece = make.a_file(team.candidature, team.salarie)
    asked = {"numero": [CAPTURE, "MAT.99"], f"pieces:{CAPTURE}": piece, f"seen:{CAPTURE}": 0, **COMMON}
    address = reverse("preuves:ensemble_deposit", args=[team.candidature.nru])

    results = client.post(address, asked, headers={"Accept": "application/json"}).json()["resultats"]
    again = client.post(address, asked, headers={"Accept": "application/json"}).json()["resultats"]
    undated = client.post(address, asked | {"evidence_date": ""}, headers={"Accept": "application/json"}).json()

    assert [result["depose"] for result in results] == [True, False]
    assert [result["depose"] for result in again] == [False, False], "Somebody deposited since."
    assert not undated["resultats"][0]["depose"]
    assert Revision.objects.count() == 1


def test_together_is_all_or_nothing(team: Team) -> None:
    depots = [Depose("MAT.01.01.01", make.a_number(), 0), Depose("MAT.01.01.02", make.a_number("x"), 0)]

    with pytest.raises(NothingDeposited, match="MAT.01.01.02\u00a0: Le numéro d’exécution"):
        deposit_together(candidature_id=team.candidature.pk, depots=depots, by=team.salarie, at=make.AUTUMN)
    assert not Revision.objects.exists()


def test_the_ans_and_strangers_bring_nothing(team: Team, sign_in: SignIn) -> None:
    for person in (team.instructeur, team.stranger):
        assert sign_in(person).get(reverse("preuves:ensemble", args=[team.candidature.nru])).status_code == 404
