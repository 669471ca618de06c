"""Équivalences on a screen: a workbook imported, what it gives read by the éditeur, then taken away with its source."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from candidatures.operations.candidatures import withdraw_candidature
from comptes.enums import RoleANS
from preuves import sweeps
from tests.factories import candidatures as make
from tests.factories import equivalences as equal
from tests.factories.equivalences import HERE, SECOND_HERE, SECOND_THERE, THERE, Pair

LATER = equal.ACCEPTED_AT + timedelta(days=10)
AFTER = LATER + timedelta(minutes=1)


@pytest.fixture
def pair(portail: str, freeze: Callable[[datetime], None]) -> Pair:
    """A solution in two dispositifs; no table is published yet."""
    freeze(LATER)
    return equal.make_pair()


def publish_by_another(screen: Page, enter: Callable[..., None]) -> None:
    expect(screen.get_by_role("button", name="Publier cette version")).to_have_count(0)
    preview = screen.url
    enter(screen, make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    screen.goto(preview)
    screen.get_by_role("button", name="Publier cette version").click()
    screen.get_by_role("dialog").get_by_role("button", name="Publier cette version").click()
    expect(screen.get_by_text("La table est publiée.")).to_be_visible()


def send(screen: Page, path: Path) -> None:
    screen.goto("/rem/")
    screen.get_by_role("link", name="Équivalences").click()
    screen.get_by_role("link", name="Importer un classeur").click()
    screen.get_by_label("Démarche source").select_option("essai-va2")
    screen.get_by_label("Démarche cible").select_option("ms-dui-va2")
    screen.get_by_label("Classeur").set_input_files(path)
    screen.get_by_role("button", name="Envoyer et voir l’aperçu").click()


@pytest.mark.long(
    "tests/preuves/test_equivalences_views.py::test_workbook_is_sent_previewed_and_published",
    "tests/preuves/test_equivalences_views.py::test_editeur_reads_where_it_comes_from_on_every_page",
)
def test_equivalence_is_imported_granted_then_withdrawn(
    pair: Pair,
    screen: Page,
    tmp_path: Path,
    enter: Callable[..., None],
    look: Callable[[Page, str], None],
) -> None:
    path = tmp_path / "equivalences.xlsx"
    rows = [(THERE, HERE, None, "Le même module sert aux deux."), (SECOND_THERE, SECOND_HERE, "PA, PDS")]
    path.write_bytes(equal.a_workbook([*rows, ("X.99", "INS.01.01.01")]).getvalue())
    enter(screen, make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]))
    send(screen, path)
    expect(screen.get_by_text("La preuve X.99 n’est pas dans le REM")).to_be_visible()
    expect(screen.get_by_role("button", name="Publier cette version")).to_have_count(0)
    look(screen, "equivalences-bloquees")

    path.write_bytes(equal.a_workbook(rows).getvalue())
    send(screen, path)
    expect(screen.get_by_role("link", name=pair.here.produit.nom)).to_be_visible()
    look(screen, "equivalences-apercu")
    publish_by_another(screen, enter)
    look(screen, "equivalences-table")
    screen.goto("/rem/equivalences/")
    look(screen, "equivalences-liste")

    sweeps.follow_equivalences()
    enter(screen, pair.team.salarie)
    mine = f"/candidatures/{pair.here.nru}"
    for name, address, text in (
        ("dossier", "preuves/", "2 équivalences avec des preuves acceptées"),
        ("chapitre", "chapitres/MAT/", f"Équivalence avec la preuve {THERE}"),
        ("simulation", "preuves/simulation/", "2 par équivalence"),
    ):
        screen.goto(f"{mine}/{address}")
        expect(screen.get_by_text(text)).to_be_visible()
        look(screen, f"equivalences-{name}")

    withdraw_candidature(candidature_id=pair.there.pk, by=pair.team.mandataire, at=AFTER)
    sweeps.follow_equivalences()
    for name, address, text in (
        ("tombees", "preuves/", "Des preuves sont de nouveau à déposer"),
        ("preuve", f"preuve/{HERE}/", f"{pair.there.nru} a été retirée"),
    ):
        screen.goto(f"{mine}/{address}")
        expect(screen.get_by_text(text)).to_be_visible()
        look(screen, f"equivalences-{name}")
