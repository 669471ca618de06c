"""What a page takes of the screen: its head on one line, one primary act, twenty-five rows in a screen and a half."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comptes.models import Compte
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import Nature, Reception
from preuves.operations.confiees import give_preuves
from tests.candidatures.conftest import Team, make_team
from tests.factories import preuves as prove
from tests.factories.conventions import some_parties
from tests.factories.referencement import COLLEGE

ROWS, A_SCREEN_AND_A_HALF = 25, 1500
# As many rows as wanted, copies of the real ones.
FILL = """(rows) => {
  const body = document.querySelector("main table tbody");
  const drawn = [...body.children];
  while (body.children.length < rows) {
    body.append(drawn[body.children.length % drawn.length].cloneNode(true));
  }
  return body.closest("table").getBoundingClientRect().height;
}"""
HEAD = """() => [...document.querySelectorAll(".ps-page-header-line > *")].map((one) => {
  const box = one.getBoundingClientRect();
  return [box.top, box.bottom];
})"""
PRIMARY = "main .ps-button:not(.ps-button-secondary, .ps-button-quiet, .ps-button-danger)"


def test_pages_are_dense_and_lead_to_one_act(
    freeze: Callable[[datetime], None], somebody: Callable[[Compte | None], Page]
) -> None:
    freeze(COLLEGE - timedelta(days=1))
    parties = some_parties()
    instructor, signatory = somebody(parties.team.instructeur), somebody(parties.signatory)

    instructor.goto("/instruction/")
    assert instructor.evaluate(FILL, ROWS) <= A_SCREEN_AND_A_HALF

    signatory.goto(f"/candidatures/{parties.candidature.nru}/")
    tops, bottoms = zip(*signatory.evaluate(HEAD), strict=True)
    assert len(tops) == 2
    assert max(tops) < min(bottoms), "Title, éditeur and NRU are not on one line."
    assert signatory.locator(PRIMARY).count() == 1


A_CHAPITRE = 2400
SENTENCE = "Bloquer l’appel INSi pour une identité douteuse ou fictive."
ASKED = "<p>Copies d’écran commentées des étapes du scénario.</p>"
WIDTHS = (360, 800, 1280)
# Each state becomes the longest one.
LONGEST_STATE = """(label) => document.querySelectorAll(".ps-table-preuves .ps-badge")
  .forEach((badge) => { badge.lastChild.textContent = label; })"""


def a_team_with_a_long_chapitre() -> Team:
    """Eighteen preuves of one chapitre; one is deposited, and held by a colleague."""
    natures = (Nature.CAPTURE, Nature.GAZELLE)
    exigences = [
        prove.an_exigence(
            f"SC.INS/va1.{number:02}",
            *(
                prove.a_preuve_spec(f"SC.INS/va1.{number:02}.01.{place:02}", natures[place - 1], texte=ASKED)
                for place in (1, 2)
            ),
            fonction="Éléments constitutifs",
            texte=f"<p>{SENTENCE}</p>",
        )
        for number in range(9)
    ]
    other = prove.an_exigence("MAT.01", prove.a_preuve_spec("MAT.01.01.01"))
    prove.a_rem(
        RemSpec(
            (
                ChapitreSpec("MAT", "Prérequis de maturité technique", (other,)),
                ChapitreSpec("INS", "Gestion de l’Identité nationale de santé (INS)", tuple(exigences)),
            )
        )
    )
    team = make_team()
    team.candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    first = "SC.INS/va1.00.01.01"
    give_preuves(
        candidature_id=team.candidature.pk,
        numeros=[first],
        compte_id=team.salarie.pk,
        before=None,
        by=team.mandataire,
        at=prove.AUTUMN,
    )
    prove.a_deposit(
        team.candidature,
        team.salarie,
        first,
        prove.some_files(prove.a_file(team.candidature, team.salarie)),
    )
    return team


@pytest.mark.long("tests/preuves/test_confiees.py::test_the_lists_of_a_dossier_are_asked_in_their_address")
def test_a_chapitre_of_eighteen_preuves_is_short_and_takes_a_deposit_in_place(
    freeze: Callable[[datetime], None],
    somebody: Callable[[Compte | None], Page],
    fits: Callable[[Page], None],
    axe: Callable[[Page], None],
    screenshot: Callable[[Page, str], object],
) -> None:
    freeze(prove.AUTUMN)
    team = a_team_with_a_long_chapitre()
    nru = team.candidature.nru
    page = somebody(team.salarie)
    address = f"/candidatures/{nru}/chapitres/INS/"

    page.goto(address)
    assert page.locator("tbody tr").count() == 18
    height = page.evaluate("document.documentElement.scrollHeight")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for name, asked in (("chapitre", address), ("dossier", f"/candidatures/{nru}/preuves/?etat=a_deposer")):
            page.goto(asked)
            axe(page)
            fits(page)
            page.evaluate(LONGEST_STATE, str(Reception.IN_VERIFICATION.label))
            fits(page)
            screenshot(page, f"dense-{name}")

    assert height <= A_CHAPITRE
    page.goto(address)
    numero = "SC.INS/va1.03.01.02"
    page.get_by_role("link", name=f"Déposer {numero}").click()
    place = page.locator("#sur-place")
    place.get_by_label("Lien permanent Gazelle").fill("https://interop.referencement.esante.gouv.fr/evs/report?oid=1")
    place.locator("[name=evidence_date]").fill("2026-10-20")
    axe(page)
    screenshot(page, "dense-sur-place")
    place.get_by_role("button", name="Déposer la preuve").click()
    expect(page.get_by_text(f"La preuve {numero} est déposée.")).to_be_visible()
    expect(page.locator(f'[id="{numero}"]')).to_contain_text("Sami Leroy")
