"""What a page says of a file before it travels: the same sentence as the server, from the one list of formats."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from candidatures.catalogue.formats import ATTESTATION, JOINED, Door
from candidatures.forms.doors import attributes_of
from candidatures.rules.formats import HEAD, recognised, refusal
from comptes.models import Compte
from tests.candidatures.test_formats import HEADS
from tests.cas.fichiers import FICHIERS, inputs
from tests.factories import candidatures as make
from tests.preuves.conftest import make_team_to_prove

DOORS = (Door(("video",)), Door(("zip",), is_xdm=True), ATTESTATION, JOINED)
ASK = """async (field, doors) => {
  const said = [];
  for (const door of doors) {
    for (const [name, value] of Object.entries(door)) field.setAttribute(name, value);
    for (const file of field.files) said.push(await window.portailFichiers.refusalOf(field, file));
  }
  return said;
}"""


@pytest.fixture
def page(
    portail: str,
    freeze: Callable[[datetime], None],
    desktop: Page,
    enter: Callable[[Page, Compte], None],
) -> Page:
    """The page where somebody writes a message."""
    freeze(make.SUMMER)
    team = make_team_to_prove()
    enter(desktop, team.salarie)
    desktop.goto(f"/candidatures/{team.candidature.nru}/messages/")
    return desktop


def test_page_and_server_say_the_same_of_every_file(page: Page, tmp_path: Path) -> None:
    files = []
    for number, (name, content) in enumerate((*inputs().items(), *((name, head) for name, head, _ in HEADS))):
        files.append(tmp_path / str(number) / name)
        files[-1].parent.mkdir()
        files[-1].write_bytes(content)
    field = page.locator("input[type=file]")
    field.evaluate("field => { field.dataset.nature = ''; field.dataset.nature = 'x'; }")  # nothing leaves the field
    field.set_input_files(files)

    refusals = field.evaluate(ASK, [attributes_of(door) for door in DOORS])
    assert refusals == [
        refusal(door, name=file.name, size=file.stat().st_size, actual=recognised(file.name, file.read_bytes()[:HEAD]))
        for door in DOORS
        for file in files
    ]


def test_refused_file_leaves_the_form_and_the_others_stay(
    page: Page, axe: Callable[[Page], None], look: Callable[[Page, str], None]
) -> None:
    page.get_by_label("Votre message").fill("Voici la vidéo.")
    field = page.locator("input[type=file]")
    field.set_input_files([FICHIERS / "ok.pdf", FICHIERS / "obs.mkv"])

    alert = page.get_by_role("alert").filter(has_text="obs.mkv")
    expect(alert).to_contain_text("Ce fichier est une vidéo Matroska (.mkv). Ici se déposent des images")
    assert field.evaluate("field => [...field.files].map((file) => file.name)") == ["ok.pdf"]
    look(page, "fichier-refuse-avant-envoi")

    field.set_input_files([FICHIERS / "a.png"])
    expect(alert).to_have_count(0)


@pytest.mark.long("tests/navigateur/test_formats.py::test_page_and_server_say_the_same_of_every_file")
def test_recording_of_a_mac_does_not_travel(
    portail: str, freeze: Callable[[datetime], None], desktop: Page, enter: Callable[[Page, Compte], None]
) -> None:
    freeze(make.SUMMER)
    team = make_team_to_prove()
    enter(desktop, team.salarie)
    desktop.goto(f"/candidatures/{team.candidature.nru}/preuve/INS.01.01.01/")
    field = desktop.locator("input[type=file]")
    for name, value in attributes_of(Door(("video",))).items():
        field.evaluate("(field, [name, value]) => field.setAttribute(name, value)", [name, value])
    sent: list[Any] = []
    desktop.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    field.set_input_files(FICHIERS / "enregistrement.mov")

    expect(desktop.locator(".ps-upload[data-state=refused]")).to_contain_text("exportez-la en MP4 (H.264)")
    assert sent == []
