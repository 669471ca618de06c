"""The thread of a candidature in a real browser, and what the ANS asks by a day and takes back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from candidatures.enums import VoletKind
from candidatures.models import LectureDeMessages, Message
from candidatures.operations.instruction import ask_complement
from candidatures.operations.messages import post_message
from candidatures.operations.modeles import create_modele
from comptes.enums import RoleANS
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove

DAY = timedelta(days=1)
AT = make.SUMMER


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None]) -> Team:
    """Two people of the éditeur wrote, the ANS answered and asked a complément, one message was corrected."""
    freeze(AT + 4 * DAY)
    prove.a_rem()
    team = make_team()
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    thread = (
        (team.salarie, "Bonjour, où lire ce qu’attend INS/va1.02 ?\nVoir aussi https://esante.example/guide", 0),
        (team.instructeur, "Bonjour, dans le guide joint.", 1),
        (team.salarie, "Merci, nous déposons la version 4.3.", 2),
    )
    for rank, (by, text, days) in enumerate(thread):
        post_message(
            candidature_id=team.candidature.pk,
            text=text,
            token=f"jeton-{rank}",
            mentions=["exigence:INS/va1.02"] if rank == 0 else [],
            uploads=[make.a_pdf("guide.pdf")] if rank == 1 else [],
            by=by,
            at=AT + days * DAY,
        )
    ask_complement(
        volet_id=volet.pk,
        champs=["version_technique", "solution_nom"],
        text="Indiquez la version que le logiciel affiche.",
        due_at=AT + 9 * DAY,
        seen_version=volet.version,
        by=team.instructeur,
        at=AT + 2 * DAY,
    )
    post_message(
        candidature_id=team.candidature.pk,
        text="Erratum : la version 4.4.",
        token="erratum",
        corrects_id=Message.objects.order_by("-pk")[0].pk,
        by=team.salarie,
        at=AT + 3 * DAY,
    )
    return team


@pytest.mark.long(
    "tests/navigateur/test_messagerie.py::test_a_page_that_is_shown_is_read_and_a_message_counts_what_is_typed",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_messagerie_is_accessible_and_fits(
    team: Team,
    enter: Callable[[Page, Any], None],
    screen: Page,
    look: Callable[[Page, str], None],
) -> None:
    nru = team.candidature.nru
    responsable = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], first_name="Odile", last_name="Roy")
    create_modele(
        dispositif_code=make.DUI,
        titre="Version illisible",
        kind=VoletKind.ADMINISTRATIF,
        champs=["version_technique"],
        text="La version doit être celle que le logiciel affiche.",
        by=responsable,
        at=AT,
    )
    of_the_editeur = {
        "messagerie": f"/candidatures/{nru}/messages/",
        "candidature-echanges": f"/candidatures/{nru}/",
        "volet-demande": f"/candidatures/{nru}/administratif/",
        "produits-messages": "/produits/",
    }
    of_the_ans = {
        "messagerie-ans": f"/candidatures/{nru}/messages/",
        "instruction-tour": "/instruction/",
        "volet-relu": f"/instruction/{nru}/administratif/",
        "demande-annuler": f"/instruction/{nru}/administratif/demande/annuler/",
        "modeles": "/instruction/modeles/",
        "modele-nouveau": "/instruction/modeles/nouveau/administratif/",
    }
    for person, pages in ((team.mandataire, of_the_editeur), (responsable, of_the_ans)):
        enter(screen, person)
        for name, address in pages.items():
            screen.goto(address)
            look(screen, name)
        screen.context.clear_cookies()


def test_a_page_that_is_shown_is_read_and_a_message_counts_what_is_typed(
    team: Team, enter: Callable[[Page, Any], None], desktop: Page
) -> None:
    page = desktop
    enter(page, team.mandataire)
    page.goto(f"/candidatures/{team.candidature.nru}/messages/")
    expect(page.get_by_text("Nouveau", exact=True).first).to_be_visible()
    # The form is read whole, with the page: it does not scroll by itself beside the thread.
    assert page.locator("aside:has(#ecrire)").evaluate("aside => aside.scrollHeight <= aside.clientHeight")
    page.wait_for_function("document.querySelector('.ps-typed')")
    page.get_by_label("Votre message").fill("Nous répondons.")
    expect(page.get_by_text("15 sur 10\u202f000 caractères")).to_be_visible()
    page.get_by_label("À propos de").select_option("exigence:INS/va1.02")
    page.get_by_role("button", name="Envoyer").click()

    expect(page.get_by_text("Votre message est envoyé.")).to_be_visible()
    expect(page.get_by_text("Nouveau", exact=True)).to_have_count(0)
    assert LectureDeMessages.objects.filter(compte=team.mandataire).exists()
    assert Message.objects.order_by("-pk")[0].mentions == ["exigence:INS/va1.02"]
