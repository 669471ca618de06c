"""The state of a dossier as a PDF: asked for on a page, printed by an effect, read aloud, and true."""

import io
import json
import zipfile
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from candidatures.operations.messages import post_message
from comptes import clock
from preuves import effects, sweeps
from preuves.models import ExportDeDossier
from preuves.queries import exports
from referencement.queries.etat import etat_of
from segur_portal.demo import verbs
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI
from tests.factories.dispositifs import AT, World, a_world
from tests.ground import standing

from .conftest import PRINTS
from .test_documents_read import elements, read_aloud

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=3)


def worlds() -> dict[str, World]:
    verbs.publish_the_catalogue(at=make.OPENING)
    return {code: a_world(code) for code in (DUI, ESSAI)}


both = standing(worlds)


@pytest.fixture(autouse=True)
def now(travel_to: Any) -> None:
    travel_to(NOW)


def candidature_of(world: World, situation: str) -> Candidature:
    return Candidature.objects.get(nru=world.situations[situation]["nru"])


def asked(world: World, candidature: Candidature, forme: str) -> tuple[Client, str]:
    """Ask for a file on the page, have it made, and return its browser and its address."""
    browser = Client()
    browser.force_login(world.people["mand"], backend=BY_PASSWORD)
    page = reverse("preuves:exports", args=[candidature.nru])
    assert browser.post(page, {"forme": forme}).status_code == 302
    export = ExportDeDossier.objects.get()
    effects.make_export(export.pk)
    return browser, reverse("preuves:export", args=[candidature.nru, export.pk])


@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_state_is_told_in_every_situation(both: dict[str, World], code: str) -> None:
    """Whatever was done: its volets, its Dates, its chapitres; what is over has nothing left to do."""
    world = both[code]
    for keys in world.situations.values():
        candidature = Candidature.objects.get(nru=keys["nru"])
        told = etat_of(candidature.pk, at=NOW)
        assert json.loads(json.dumps(told)) == told
        assert told["phase"]
        assert len(told["volets"]) == 2
        assert told["echeances"]
        assert told["chapitres"]
    proved = etat_of(candidature_of(world, "proved").pk, at=NOW)
    preuves = [preuve for chapitre in proved["chapitres"] for preuve in chapitre["preuves"]]
    assert proved["actes"]
    assert any(preuve["depose_le"] and preuve["par"] for preuve in preuves)
    assert all(preuve["titre"] and preuve["etat"] for preuve in preuves)
    assert etat_of(candidature_of(world, "attributed").pk, at=NOW)["actes"] == []


@PRINTS
@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_state_is_asked_for_then_downloaded_until_its_time_is_over(both: dict[str, World], code: str) -> None:
    world = both[code]
    candidature = candidature_of(world, "proved")
    browser, address = asked(world, candidature, "etat")

    answer = browser.get(address)

    assert answer["Content-Type"] == "application/pdf"
    assert f"etat-{candidature.nru}.pdf" in answer["Content-Disposition"]
    page = browser.get(reverse("preuves:exports", args=[candidature.nru])).content.decode()
    assert "Télécharger le PDF" in page
    content = b"".join(answer)
    aloud = "".join(read_aloud(content).split())
    for text in ("À faire par l’éditeur", "Échéances", "Dossier administratif", "Preuves", candidature.produit.nom):
        assert "".join(text.split()) in aloud
    with clock.travel(NOW + effects.EXPORTS_KEPT):
        assert browser.get(address).status_code == 404
        sweeps.take_up_exports()
    assert ExportDeDossier.objects.get().file.name == ""


@PRINTS
def test_state_is_tagged_for_whoever_does_not_see_it(both: dict[str, World]) -> None:
    candidature = candidature_of(both[DUI], "proved")
    browser, address = asked(both[DUI], candidature, "etat")
    with pikepdf.open(io.BytesIO(b"".join(browser.get(address)))) as pdf:
        assert str(pdf.docinfo.Title) == f"État du dossier – {candidature.produit.nom}"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "fr"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        read = list(elements(pdf))
        levels = [int(str(element.S)[2:]) for element in read if str(element.S) in ("/H1", "/H2", "/H3")]
        cells = [element for element in read if element.S == "/TD" and "/Headers" not in element.get("/A", {})]
    assert levels[0] == levels.count(1) == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))
    assert cells == []


@PRINTS
def test_copy_holds_the_messages_as_pdf(both: dict[str, World], monkeypatch: pytest.MonkeyPatch) -> None:
    """Oldest first; so many in each file; their files are named."""
    world = both[DUI]
    candidature = candidature_of(world, "proved")
    monkeypatch.setattr(exports, "MESSAGES_TOGETHER", 2)
    for number, person in enumerate(("mand", "inst", "mand")):
        post_message(
            candidature_id=candidature.pk,
            text=f"Message numéro {number}.\nUne autre ligne.",
            token=f"jeton-{number}",
            by=world.people[person],
            at=NOW + timedelta(minutes=number),
        )
    browser, address = asked(world, candidature, "copie")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(browser.get(address))))
    printed = sorted(name for name in archive.namelist() if name.endswith(".pdf") and name.startswith("messages"))
    assert printed == ["messages-1.pdf", "messages-2.pdf"]
    first, second = ("".join(read_aloud(archive.read(name)).split()) for name in printed)
    assert first.index("Messagenuméro0.") < first.index("Messagenuméro1.")
    assert "Messagenuméro2." in second
    assert "journal.csv" in archive.namelist()
