"""The other desks in a real browser: from the four questions to the college's gate, while the desks' clock moves.

The desks are the simulators, in a process of their own, and play their script; the sweep asks them at each moment.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from guichets import sweeps
from guichets.models import Releve
from guichets.queries.desks import circuit_of, desk_of
from preuves.enums import Avis
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.queries.instruction import submitted_revisions
from tests.candidatures.conftest import Team, make_team
from tests.factories import preuves as prove
from tests.factories.guichets import CNDA, EDC_PSC
from tests.guichets.desks import PREFIX, simulator

DAY, TWELVE_MINUTES = timedelta(days=1), timedelta(minutes=12)
FIRST_DAY = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
ASKED = (EDC_PSC, CNDA)
SCRIPT = """
[edc_psc.demandes.EDC-1]
role = "utilisateur"
logiciel = "Sirocco Résidence"
etapes = [
    { depuis = 2026-11-03T08:00:00, etape = "submitted" },
    { depuis = 2026-11-04T08:00:00, etape = "in_review" },
    { depuis = 2026-11-05T08:00:00, etape = "granted", habilitation = "HAB-1" },
]

[edc_psc.demandes.EDC-2]
role = "proxy"
logiciel = "Sirocco Résidence"
etapes = [
    { depuis = 2026-11-03T08:00:00, etape = "submitted" },
    { depuis = 2026-11-04T08:00:00, etape = "in_review" },
    { depuis = 2026-11-05T08:00:00, etape = "complement_requested" },
    { depuis = 2026-11-06T08:00:00, etape = "in_review" },
    { depuis = 2026-11-07T08:00:00, etape = "granted", habilitation = "HAB-2" },
]

[cnda.demandes.CNDA-INSI]
nil = "NIL-1"
logiciel = "Sirocco Résidence"
teleservice = "INSI"
etapes = [
    { depuis = 2026-11-03T08:00:00, etape = "initialisation", retour_prevu = 2026-11-20 },
    { depuis = 2026-11-08T08:00:00, etape = "pre_examen", retour_prevu = 2026-11-20 },
    { depuis = 2026-11-09T08:00:00, etape = "examen", retour_prevu = 2026-11-27 },
    { depuis = 2026-11-10T08:00:00, etape = "finalisation", retour_prevu = 2026-12-04 },
    { depuis = 2026-11-11T08:00:00, etape = "granted", attestation = "ATT-1", lettre = "LR-1" },
]

[cnda.demandes.CNDA-DMP]
nil = "NIL-1"
logiciel = "Sirocco Résidence"
teleservice = "DMP"
etapes = [
    { depuis = 2026-11-03T08:00:00, etape = "initialisation" },
    { depuis = 2026-11-09T08:00:00, etape = "pre_examen" },
    { depuis = 2026-11-10T08:00:00, etape = "examen" },
    { depuis = 2026-11-11T08:00:00, etape = "finalisation" },
    { depuis = 2026-11-12T08:00:00, etape = "granted", attestation = "ATT-2", lettre = "LR-2" },
]
"""
PRE_EXAMEN = "Pré-examen («\u00a0En cours / actif\u00a0» au guichet)"  # ours, then the desk's own word
TESTS, HOMOLOGATIONS = "Accès aux environnements de test du CNDA", "Homologations du CNDA"
COMPLETE, COLLEGE = "Dossier réputé complet", "Passage devant le collège"
UTILISATEUR = "Habilitation EDC PSC, éditeur de logiciel utilisateur"
PROXY = "Habilitation EDC PSC, éditeur de proxy"
INSI, DMP = "Homologation CNDA INSi, composant principal", "Homologation CNDA DMP, composant principal"


@pytest.fixture
def desks(portail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The simulated desks, playing the script; the portal knows where they are, and their circuits are closed."""
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT, encoding="utf-8")
    with simulator("--scenario", str(script)) as address:
        for guichet in ASKED:
            where = {"url": f"{address}/{PREFIX[guichet]}", "hosts": address.partition("//")[2]}
            monkeypatch.setitem(settings.GUICHETS, guichet, settings.GUICHETS[guichet] | where)
            circuit_of(guichet).reset()
        yield
        for guichet in ASKED:
            desk_of(guichet).close()


@pytest.fixture
def morning(desks: None, freeze: Callable[[datetime], None]) -> Callable[[Page, int], None]:
    """Bring the clock to the morning of a day, let the sweep ask the desks, and read the page again."""

    def comes(page: Page, day: int) -> None:
        freeze(FIRST_DAY + (day - FIRST_DAY.day) * DAY)
        sweeps.pull_due_demandes()
        page.reload()

    return comes


@pytest.fixture
def a_team(portail: str, freeze: Callable[[datetime], None]) -> Callable[..., Team]:
    """An éditeur whose two volets are recevables, on the first day: `a_team(profils=["AHI"])`."""

    def made(**eligible: Any) -> Team:
        freeze(FIRST_DAY)
        prove.a_rem()
        team = make_team()
        team.candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur, **eligible)
        return team

    return made


def approve_the_prerequis(team: Team, at: datetime) -> None:
    chapitre = prove.a_submitted_chapitre(team.candidature, team.salarie, at=at)
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=at)
    for numero in prove.due_in(team.candidature, "MAT"):
        save_draft(
            chapitre_id=chapitre.pk,
            numero=numero,
            sha256=submitted_revisions(chapitre)[numero].sha256,
            avis=Avis.ACCEPTED,
            reason="",
            by=team.instructeur,
            at=at,
        )
    version = prove.the_chapitre(team.candidature).version
    conclude_review(chapitre_id=chapitre.pk, seen_version=version, by=team.instructeur, at=at)


def declare(page: Page, label: str, numero: str) -> None:
    page.get_by_role("link", name=f"Déclarer la demande {label}").click()
    page.get_by_label("Numéro de la demande").fill(numero)
    page.get_by_role("button", name="Déclarer").click()
    expect(page.get_by_text(f"{label}\u00a0: demande déclarée.")).to_be_visible()


def opened(page: Page) -> list[str]:
    """The gates that stand open in front of the reader, in order."""
    cards = page.get_by_role("complementary", name="Étapes qui dépendent l’une de l’autre").locator(".ps-card")
    return cards.filter(has=page.get_by_text("Ouvert", exact=True)).get_by_role("heading").all_inner_texts()


def demande(page: Page, label: str) -> Any:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=label, exact=True))


def stage(page: Page, label: str) -> str:
    """Where a demande stands in its lane: the stage under way, else the last that is passed."""
    lane = demande(page, label).locator(".ps-stages")
    current = lane.locator("[aria-current=step]")
    shown = current if current.count() else lane.locator("[data-state=done]").last
    return str(shown.inner_text()).partition(",")[0].strip()


@pytest.mark.long(
    "tests/guichets/test_views.py::test_demandes_known_of_the_formulaire_are_declared_in_one_act",
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
)
def test_from_the_four_questions_to_the_college(
    a_team: Callable[..., Team],
    morning: Callable[[Page, int], None],
    freeze: Callable[[datetime], None],
    somebody: Callable[..., Page],
    axe: Callable[[Page], None],
    screenshot: Callable[[Page, str], Any],
) -> None:
    team = a_team()
    nobody = somebody()
    nobody.goto("/")
    nobody.get_by_role("link", name="Répondez à quelques questions").click()
    nobody.get_by_label("Personnes âgées (PA)").check()
    nobody.get_by_label("Le nôtre\u00a0: nous en sommes l’éditeur").check()
    nobody.get_by_role("button", name="Voir la réponse").click()
    for label in (UTILISATEUR, PROXY, INSI, DMP):
        expect(nobody.get_by_role("heading", name=label, exact=True)).to_be_visible()

    sami = somebody(team.salarie)
    sami.goto(f"/candidatures/{team.candidature.nru}/")
    sami.get_by_role("link", name="Voir le suivi des autres guichets").click()
    for label, numero in ((UTILISATEUR, "EDC-1"), (PROXY, "EDC-2"), (INSI, "CNDA-INSI"), (DMP, "CNDA-DMP")):
        declare(sami, label, numero)
    assert opened(sami) == []

    seen = []
    for day in range(3, 13):
        if day == 4:
            approve_the_prerequis(team, at=FIRST_DAY + 12 * TWELVE_MINUTES)
        morning(sami, day)
        seen.append([day, *(stage(sami, objet) for objet in (UTILISATEUR, PROXY, INSI, DMP)), opened(sami)])
        if day in (3, 6, 9, 12):
            axe(sami)
            screenshot(sami, f"guichets-jour-{day:02d}")

    assert seen == [
        [3, "Déposée", "Déposée", "Initialisation", "Initialisation", []],
        [4, "En cours d’examen", "En cours d’examen", "Initialisation", "Initialisation", [TESTS]],
        [5, "Accordée", "Complément demandé", "Initialisation", "Initialisation", [TESTS]],
        [6, "Accordée", "En cours d’examen", "Initialisation", "Initialisation", [TESTS]],
        [7, "Accordée", "Accordée", "Initialisation", "Initialisation", [TESTS, HOMOLOGATIONS]],
        [8, "Accordée", "Accordée", PRE_EXAMEN, "Initialisation", [TESTS, HOMOLOGATIONS]],
        [9, "Accordée", "Accordée", "Examen de conformité", PRE_EXAMEN, [TESTS, HOMOLOGATIONS, COMPLETE]],
        [10, "Accordée", "Accordée", "Finalisation", "Examen de conformité", [TESTS, HOMOLOGATIONS, COMPLETE]],
        [11, "Accordée", "Accordée", "Accordée", "Finalisation", [TESTS, HOMOLOGATIONS, COMPLETE]],
        [12, "Accordée", "Accordée", "Accordée", "Accordée", [TESTS, HOMOLOGATIONS, COMPLETE, COLLEGE]],
    ]
    expect(demande(sami, DMP)).to_contain_text("Vérifié à l’instant")
    freeze(FIRST_DAY + 9 * DAY + TWELVE_MINUTES)
    sami.reload()
    expect(demande(sami, DMP)).to_contain_text("Vérifié il y a 12 minutes")


@pytest.mark.long("tests/guichets/test_views.py::test_ahi_alone_goes_to_the_cnda_and_not_to_the_edc_psc")
def test_ahi_alone_goes_to_the_college_without_the_edc_psc(
    a_team: Callable[..., Team],
    morning: Callable[[Page, int], None],
    somebody: Callable[..., Page],
    screenshot: Callable[[Page, str], Any],
) -> None:
    team = a_team(profils=["AHI"])
    nobody = somebody()
    nobody.goto("/guichets/questions/")
    nobody.get_by_label("Accueil, hébergement et insertion (AHI)").check()
    nobody.get_by_role("button", name="Voir la réponse").click()
    expect(nobody.get_by_text("Une solution présentée seulement pour AHI n’a rien à y demander.")).to_be_visible()

    sami = somebody(team.salarie)
    sami.goto(f"/candidatures/{team.candidature.nru}/guichets/")
    expect(sami.get_by_role("region", name="EDC PSC")).to_contain_text("Ce guichet ne concerne pas cette solution")
    for label, numero in ((INSI, "CNDA-INSI"), (DMP, "CNDA-DMP")):
        declare(sami, label, numero)
    approve_the_prerequis(team, at=FIRST_DAY)

    seen = []
    for day in (3, 8, 9, 10, 11, 12):
        morning(sami, day)
        seen.append([day, stage(sami, INSI), stage(sami, DMP), opened(sami)])

    assert seen == [
        [3, "Initialisation", "Initialisation", [TESTS, HOMOLOGATIONS]],
        [8, PRE_EXAMEN, "Initialisation", [TESTS, HOMOLOGATIONS]],
        [9, "Examen de conformité", PRE_EXAMEN, [TESTS, HOMOLOGATIONS, COMPLETE]],
        [10, "Finalisation", "Examen de conformité", [TESTS, HOMOLOGATIONS, COMPLETE]],
        [11, "Accordée", "Finalisation", [TESTS, HOMOLOGATIONS, COMPLETE]],
        [12, "Accordée", "Accordée", [TESTS, HOMOLOGATIONS, COMPLETE, COLLEGE]],
    ]
    assert set(Releve.objects.values_list("demande__guichet", flat=True)) == {"cnda"}
    screenshot(sami, "guichets-ahi")
