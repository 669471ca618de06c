"""What becomes of a référencement, and of what the collège refused, act by act at several screens, and what is public.

After each act anybody reads the same on the page of the solution, in the list, the exports and the verification.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from comptes import journal
from referencement.enums import Decision, ReferencementState
from referencement.models import Examen, Referencement
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen
from tests.navigateur.test_dossier_administratif import follow, press

Opener = Callable[..., Page]
Clock = Callable[[datetime], None]
AT = COLLEGE + timedelta(days=30)
DAY = timedelta(days=1)
MOTIF = "L’exigence INS 12 n’est plus tenue."


@pytest.fixture
def parties(portail: str, freeze: Clock) -> Parties:
    freeze(AT)
    return some_parties()


@pytest.mark.long(
    "tests/referencement/test_referencement_machine.py::test_suspension_takes_two_people_and_an_answer",
    "tests/referencement/test_fin_views.py::test_referenced_candidature_is_led_from_its_withdrawal_to_its_renonciation",
)
def test_what_is_referenced_is_suspended_restored_and_withdrawn(
    parties: Parties, freeze: Clock, somebody: Opener, look: Callable[[Page, str], None]
) -> None:
    nru = parties.candidature.nru
    an_attributed_solution(parties.candidature, parties.signatory)
    camille, olivier = somebody(parties.team.instructeur), somebody(parties.responsable)
    nadia, anybody = somebody(parties.signatory), somebody()
    everybody_reads(anybody, nru, "Référencée")

    proposed(camille, nru, "Suspension")
    everybody_reads(anybody, nru, "Référencée")
    nadia.goto(f"/candidatures/{nru}/referencement/")
    look(nadia, "referencement-annonce")
    nadia.get_by_label("Votre réponse").fill("La correction est livrée le mois prochain.")
    press(nadia, "Envoyer ma réponse à l’ANS")
    pronounced(olivier, nru)
    look(olivier, "referencement-suspendu")
    everybody_reads(anybody, nru, "Suspendue")

    freeze(AT + 10 * DAY)
    proposed(camille, nru, "Levée de la suspension")
    pronounced(olivier, nru)
    everybody_reads(anybody, nru, "Référencée")

    freeze(AT + 20 * DAY)
    proposed(camille, nru, "Retrait")
    pronounced_too_early(olivier, nru)
    freeze(AT + 60 * DAY)  # the éditeur let its delay pass
    pronounced(olivier, nru)
    everybody_reads(anybody, nru, "Retirée")
    nadia.goto(f"/candidatures/{nru}/")
    expect(nadia.get_by_text("retiré", exact=False).first).to_be_visible()
    nadia.goto(f"/candidatures/{nru}/referencement/")
    expect(nadia.get_by_text("Recours contentieux").first).to_be_visible()
    look(nadia, "referencement-retire")
    assert list(journal.verify()) == []


@pytest.mark.long(
    "tests/referencement/test_fin_views.py::test_referenced_candidature_is_led_from_its_withdrawal_to_its_renonciation",
)
def test_editeur_renounces(
    parties: Parties, freeze: Clock, somebody: Opener, look: Callable[[Page, str], None]
) -> None:
    nru = parties.candidature.nru
    an_attributed_solution(parties.candidature, parties.signatory)
    nadia, anybody = somebody(parties.signatory), somebody()

    nadia.goto(f"/candidatures/{nru}/referencement/")
    follow(nadia, "Renoncer au référencement")
    look(nadia, "referencement-renoncer")
    press(nadia, "Renoncer au référencement")
    nadia.get_by_role("dialog").get_by_role("button", name="Renoncer au référencement").click()
    expect(nadia.get_by_text("La renonciation est enregistrée.")).to_be_visible()

    everybody_reads(anybody, nru, "Renoncée")
    assert Referencement.objects.get().state == ReferencementState.RENOUNCED


@pytest.mark.long(
    "tests/referencement/test_referencement_machine.py::test_refused_candidature_goes_on_once_two_people_say_so"
)
def test_what_was_refused_is_examined_again_and_referenced(
    parties: Parties, freeze: Clock, somebody: Opener, look: Callable[[Page, str], None]
) -> None:
    nru = parties.candidature.nru
    an_examen(parties.candidature, parties.signatory, Decision.NOT_ATTRIBUTED, reasons=[MOTIF])
    camille, olivier = somebody(parties.team.instructeur), somebody(parties.responsable)
    nadia, anybody = somebody(parties.signatory), somebody()
    nadia.goto(f"/candidatures/{nru}/")
    look(nadia, "fin-non-attribuee")
    expect(nadia.get_by_text("Recours contentieux").first).to_be_visible()
    expect(nadia.get_by_text("C’est à vous")).to_have_count(0)
    assert nru not in every_word(anybody)

    camille.goto(f"/candidatures/{nru}/nouvel-examen/")
    camille.get_by_label("Fondement").select_option(label="Le dossier est corrigé")
    camille.get_by_label("Motif").first.fill("Les preuves manquantes sont déposées.")
    press(camille, "Proposer le nouvel examen")
    olivier.goto(f"/candidatures/{nru}/nouvel-examen/")
    press(olivier, "Accorder le nouvel examen")
    expect(olivier.get_by_text("de nouveau en cours").first).to_be_visible()
    nadia.goto(f"/candidatures/{nru}/")
    look(nadia, "fin-rouverte")
    expect(nadia.get_by_role("region", name="Parcours")).to_contain_text(
        "Collège technique Quand les étapes précédentes seront faites, à tous les guichets"
    )

    an_attributed_solution(parties.candidature, parties.signatory, at=AT + DAY)
    freeze(AT + 2 * DAY)
    everybody_reads(anybody, nru, "Référencée")
    assert Examen.objects.filter(candidature=parties.candidature).count() == 2


def proposed(page: Page, nru: str, kind: str) -> None:
    page.goto(f"/candidatures/{nru}/referencement/")
    page.get_by_label("Mesure", exact=True).select_option(label=kind)
    page.get_by_label("Motifs", exact=True).fill(MOTIF)
    press(page, "Proposer cette mesure")
    expect(page.get_by_text("Une autre personne de l’ANS doit décider.").first).to_be_visible()


def pronounced(page: Page, nru: str) -> None:
    page.goto(f"/candidatures/{nru}/referencement/")
    page.get_by_label("Motifs de la décision").fill("Vu la réponse de l’éditeur.")
    press(page, "Prononcer la mesure")
    page.get_by_role("dialog").get_by_role("button", name="Prononcer la mesure").click()
    expect(page.get_by_text("La mesure est prononcée.")).to_be_visible()


def pronounced_too_early(page: Page, nru: str) -> None:
    page.goto(f"/candidatures/{nru}/referencement/")
    expect(page.get_by_text("vous ne pouvez pas prononcer la mesure avant la fin de son délai")).to_be_visible()
    expect(page.get_by_role("button", name="Prononcer la mesure")).to_have_count(0)


def every_word(page: Page) -> str:
    """The whole public list, as machines read it."""
    return str(page.request.get("/solutions.json").text())


def everybody_reads(page: Page, nru: str, label: str) -> None:
    """The page, the list, the verification, CSV, JSON and Atom all say that state."""
    page.goto(f"/solutions/{nru}/")
    expect(page.get_by_text(label, exact=True).first).to_be_visible()
    page.goto("/solutions/")
    line = page.get_by_role("row").filter(has=page.locator(f"a[href='/solutions/{nru}/']"))
    expect(line.get_by_text(label, exact=True)).to_be_visible()
    page.goto(f"/verifier/?numero=ATT-{nru}")
    expect(page.get_by_text(re.compile(f"^{label} depuis le")).first).to_be_visible()
    [row] = [solution for solution in json.loads(every_word(page))["solutions"] if solution["nru"] == nru]
    told = page.request.get("/solutions.csv").text().removeprefix("\ufeff")
    [cells] = [line for line in csv.DictReader(io.StringIO(told), delimiter=";") if line["nru"] == nru]
    assert row["etat"] == cells["etat"]
    feed = page.request.get("/solutions.atom").text()
    [entry] = [entry for entry in feed.split("<entry>")[1:] if f"/solutions/{nru}/" in entry]
    assert f"{label.lower()}</title>" in entry
    choices: Any = {"Référencée": "referencee", "Suspendue": "suspendue", "Retirée": "retiree", "Renoncée": "renoncee"}
    assert row["etat"] == choices[label]
