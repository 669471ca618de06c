"""The public pages of phase 3 in a real browser: the list, a solution référencée, a document that is verified."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from candidatures.enums import VoletKind
from comptes.models import Compte
from referencement.models import Document
from tests.factories import candidatures as make
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import COLLEGE, EARLIER, an_attributed_solution


@pytest.fixture
def parties(portail: str, freeze: Callable[[datetime], None]) -> Parties:
    """One solution whose chapitres are approved, one that is référencée, and its next version; one in progress."""
    freeze(COLLEGE + timedelta(days=1))
    parties = some_parties()
    mandataire = parties.team.mandataire
    for nom in ("Alizé Foyer", "Zéphyr Domicile"):
        candidature = make.a_candidature(make.a_produit(parties.team.editeur, mandataire, nom), mandataire)
        make.a_submitted_volet(candidature, mandataire, solution_nom=nom)
        noms = make.a_nom_commercial(make.a_piece(candidature, mandataire))
        make.a_submitted_volet(candidature, mandataire, kind=VoletKind.ELIGIBILITE, noms_commerciaux=noms)
        if nom == "Alizé Foyer":
            an_attributed_solution(candidature, mandataire)
    return parties


@pytest.fixture
def attestation(parties: Parties, tmp_path: Path) -> tuple[Document, Path]:
    document = Document.objects.get(kind="attestation")
    file = tmp_path / "attestation.pdf"
    file.write_bytes(b"".join(document.fichiers.get().read()))
    return document, file


@pytest.mark.long("tests/navigateur/test_browser.py::test_public_page_is_accessible_and_fits")
def test_public_pages_are_accessible_and_fit(
    attestation: tuple[Document, Path],
    screen: Page,
    look: Callable[[Page, str], None],
) -> None:
    document, _ = attestation
    assert document.candidature
    pages = {
        "solutions": "/solutions/",
        "solutions-aucune": "/solutions/?q=introuvable&etat=referencee",
        "solution": f"/solutions/{document.candidature.nru}/",
        "verifier": "/verifier/",
        "verifier-connu": f"/verifier/?numero={document.numero}",
        "accessibilite": "/accessibilite/",
        "contact": "/contact/",
        "mentions": "/mentions-legales/",
        "donnees": "/donnees-personnelles/",
        "plan": "/plan-du-site/",
        "verifier-inconnu": f"/verifier/?empreinte={'0' * 64}",
    }
    for name, address in pages.items():
        screen.goto(address)
        look(screen, f"publication-{name}")


@pytest.mark.long(
    "tests/navigateur/test_browser.py::test_public_page_is_accessible_and_fits",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
@pytest.mark.parametrize("who", ["signatory", "responsable"])
def test_overview_is_accessible_and_fits(
    who: str,
    parties: Parties,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    freeze: Callable[[datetime], None],
    look: Callable[[Page, str], None],
) -> None:
    freeze(EARLIER)
    enter(screen, getattr(parties, who))
    screen.goto(f"/candidatures/{parties.candidature.nru}/")
    look(screen, f"blocages-{who}")


def test_file_is_verified_without_leaving_the_computer(attestation: tuple[Document, Path], desktop: Page) -> None:
    document, file = attestation
    sent: list[str] = []
    desktop.on("request", lambda request: sent.append(f"{request.method} {request.post_data or ''}"))
    desktop.goto("/verifier/")
    desktop.get_by_label("Le PDF à vérifier").set_input_files(file)

    expect(desktop.get_by_role("heading", name="Ce fichier est authentique")).to_be_visible()
    expect(desktop.get_by_text(document.numero).first).to_be_visible()
    assert {message.strip() for message in sent} == {"GET"}


@pytest.mark.long("tests/navigateur/test_publication.py::test_file_is_verified_without_leaving_the_computer")
def test_changed_file_is_not_recognised(attestation: tuple[Document, Path], desktop: Page) -> None:
    _, file = attestation
    file.write_bytes(file.read_bytes() + b" ")
    desktop.goto("/verifier/")
    desktop.get_by_label("Le PDF à vérifier").set_input_files(file)

    expect(desktop.get_by_text("Ce document n’est pas reconnu")).to_be_visible()


@pytest.mark.long("tests/navigateur/test_publication.py::test_file_is_verified_without_leaving_the_computer")
def test_file_is_dropped_on_the_page(attestation: tuple[Document, Path], desktop: Page) -> None:
    _, file = attestation
    desktop.goto("/verifier/")
    dropped = desktop.evaluate_handle(
        "bytes => { const all = new DataTransfer();"
        " all.items.add(new File([new Uint8Array(bytes)], 'a.pdf', {type: 'application/pdf'})); return all; }",
        list(file.read_bytes()),
    )
    desktop.dispatch_event("[data-choose]", "drop", {"dataTransfer": dropped})

    expect(desktop.get_by_role("heading", name="Ce fichier est authentique")).to_be_visible()


@pytest.mark.long("tests/referencement/test_verification.py::test_file_is_known_by_its_fingerprint")
def test_fingerprint_is_typed_without_javascript(
    attestation: tuple[Document, Path], portail: str, new_context: Any
) -> None:
    document, _ = attestation
    page = new_context(base_url=portail, java_script_enabled=False).new_page()
    page.goto("/verifier/")
    expect(page.get_by_label("Le PDF à vérifier")).to_be_hidden()
    page.get_by_label("Empreinte SHA-256 du fichier").fill(document.fichiers.get().sha256)
    page.get_by_role("button", name="Vérifier l’empreinte").click()

    expect(page.get_by_role("heading", name="Ce fichier est authentique")).to_be_visible()
