"""The pages of the échéances, on a phone and on a desktop; the time left, which the server's instant alone decides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from candidatures import operations
from candidatures.enums import VoletKind
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte, HorlogeDeDemonstration
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make

BEFORE = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)
AFTER = make.DATE_1 + timedelta(days=1)
LATER = datetime(2026, 10, 15, 10, 0, tzinfo=UTC)


@pytest.fixture
def team(portail: str) -> Team:
    return make_team()


def responsable(last_name: str) -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name=last_name)


def test_pages_of_the_echeances_are_accessible_and_fit(
    team: Team,
    freeze: Callable[[datetime], None],
    screen: Page,
    enter: Callable[[Page, Compte], None],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    screenshot: Callable[[Page, str], Any],
) -> None:
    """A move seen before it is proposed, refused, then approved; a dérogation; a forclusion, for both sides."""

    def look(name: str) -> None:
        axe(screen)
        fits(screen)
        screenshot(screen, f"echeances-{name}")

    freeze(BEFORE)
    olivier, odile = responsable("Olivier"), responsable("Odile")
    enter(screen, olivier)
    screen.goto("/echeances/ms-dui-va2/date-1/deplacer/")
    look("deplacer")
    screen.locator("[name=to]").fill("2026-09-01T12:00")
    screen.locator("[name=arrete]").fill("Arrêté du 18 septembre 2026 relatif au référencement")
    screen.locator("[name=motive]").fill("Indisponibilité nationale du service d’authentification pendant six jours.")
    screen.get_by_role("button", name="Voir l’effet").click()
    look("refuse")
    screen.locator("[name=to]").fill("2026-10-15T12:00")
    screen.get_by_role("button", name="Voir l’effet").click()
    look("effet")
    screen.get_by_role("button", name="Proposer ce déplacement").click()
    look("proposee")
    enter(screen, odile)
    screen.goto("/echeances/")
    screen.get_by_role("link", name="Voir ce qu’il change").click()
    look("a-approuver")
    screen.get_by_role("button", name="Approuver et prévenir").click()
    look("approuvee")
    enter(screen, team.salarie)
    for number, address in enumerate(("/", "/produits/", f"/candidatures/{team.candidature.nru}/"), start=1):
        screen.goto(address)
        look(f"bandeau-{number}")


def test_pages_of_a_derogation_are_accessible_and_fit(
    team: Team,
    freeze: Callable[[datetime], None],
    screen: Page,
    enter: Callable[[Page, Compte], None],
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    screenshot: Callable[[Page, str], Any],
) -> None:
    def look(name: str) -> None:
        axe(screen)
        fits(screen)
        screenshot(screen, f"derogation-{name}")

    freeze(AFTER)
    olivier, nru = responsable("Olivier"), team.candidature.nru
    operations.foreclose_candidature(
        candidature_id=team.candidature.pk,
        echeance="date-1",
        reason="Aucun des deux volets n’a été soumis.",
        by=olivier,
        at=AFTER,
    )
    enter(screen, team.mandataire)
    screen.goto(f"/candidatures/{nru}/")
    look("forclose")
    enter(screen, team.instructeur)
    screen.goto(f"/candidatures/{nru}/derogations/")
    screen.locator("[name=echeance]").select_option("date-1")
    screen.locator("[name=to]").fill("2026-10-15T12:00")
    screen.locator("[name=motive]").fill("Hospitalisation de la seule personne habilitée à engager l’éditeur.")
    screen.get_by_role("button", name="Demander la dérogation").click()
    look("demandee")
    enter(screen, olivier)
    screen.goto(f"/candidatures/{nru}/derogations/")
    look("a-accorder")
    screen.get_by_role("button", name="Accorder la dérogation").click()
    look("accordee")
    enter(screen, team.mandataire)
    screen.goto(f"/candidatures/{nru}/derogations/")
    look("editeur")


def test_time_left_runs_from_the_server_s_instant_and_ends(
    team: Team, desktop: Page, enter: Callable[[Page, Compte], None]
) -> None:
    """The browser believes that it is another year; the server's clock is a few seconds before Date 1."""
    HorlogeDeDemonstration.objects.update_or_create(
        pk=1, defaults={"offset": make.DATE_1 - timedelta(seconds=20) - clock.machine_now(), "frozen_at": None}
    )
    desktop.add_init_script("Date.now = () => 0;")
    enter(desktop, team.salarie)
    desktop.goto(f"/candidatures/{team.candidature.nru}/{VoletKind.ADMINISTRATIF}/soumettre/")
    left = desktop.locator(".ps-echeance-remaining").first

    expect(left).to_contain_text("seconde")
    expect(left).to_have_text("L’échéance est passée", timeout=25_000)


def test_time_left_stands_still_with_a_frozen_clock(
    team: Team, freeze: Callable[[datetime], None], desktop: Page, enter: Callable[[Page, Compte], None]
) -> None:
    freeze(make.DATE_1 - timedelta(hours=3))
    enter(desktop, team.salarie)
    desktop.goto(f"/candidatures/{team.candidature.nru}/{VoletKind.ADMINISTRATIF}/soumettre/")

    expect(desktop.locator(".ps-echeance-remaining").first).to_have_text("Dans 3 heures")
