"""Every page, on a phone and on a desktop: accessible, no wider than its screen, and kept as an image to look at."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from candidatures.enums import VoletKind
from candidatures.operations.instruction import ask_complement
from candidatures.operations.volets import save_answers, submit_volet
from comptes.enums import NoticeState, Role, RoleANS
from comptes.models import Compte, Invitation, Notice
from comptes.operations.invitations import invite
from comptes.operations.rattachements import detach
from comptes.operations.travaux import note_failure
from guichets.enums import RoleEdcPsc
from guichets.models import DemandeAuGuichet
from segur_portal.demo.replay import replay
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.guichets.conftest import INSI, make_team_with_constats
from tests.preuves.conftest import make_team_to_prove

pytestmark = pytest.mark.long(
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
    "tests/navigateur/test_browser.py::test_public_page_is_accessible_and_fits",
    "tests/navigateur/test_examen.py::test_review_from_the_keyboard_alone",
)


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None]) -> Team:
    """A team with something on each of its pages: somebody invited, somebody gone, a long name."""
    freeze(make.SUMMER)
    team = make_team()
    gone = make.a_person(
        team.editeur, Role.SALARIE, first_name="Amandine-Sophie", last_name="de La Rochefoucauld-Martin"
    )
    detach(rattachement_id=gone.rattachements.get().pk, by=team.mandataire, at=make.SUMMER)
    invite(
        editeur_id=team.editeur.pk,
        email="une.personne.dont.l.adresse.est.tres.longue@filiale.sirocco-logiciels.example",
        role=Role.REPRESENTANT,
        may_engage=True,
        by=team.mandataire,
        at=make.SUMMER,
    )
    return team


def pages_of_a_visitor(team: Team) -> Iterator[str]:
    yield from ("/", "/aide/", "/connexion/", "/mot-de-passe-oublie/", "/nulle-part/", "/solutions/")
    yield f"/invitation/{Invitation.objects.get().token}/"
    yield from ("/demo/personnages/", "/demo/messages/")


def pages_of_the_mandataire(team: Team) -> Iterator[str]:
    seat, produit, nru = team.salarie.rattachements.get(), team.produit, team.candidature.nru
    yield from ("/produits/", "/produits/nouveau/", "/mon-compte/calendrier/")
    yield from ("/mon-compte/", "/mon-compte/mot-de-passe/")
    yield from (f"/produits/{produit.pk}/", f"/produits/{produit.pk}/modifier/", f"/produits/{produit.pk}/rattacher/")
    home = f"/editeurs/{team.editeur.pk}/"
    yield from (home, f"{home}informations/", f"{home}inviter/", f"{home}journal/")
    yield from (f"/rattachements/{seat.pk}/", f"/rattachements/{seat.pk}/detacher/")
    yield from (f"/candidatures/{nru}/", f"/candidatures/{nru}/charte/", f"/candidatures/{nru}/journal/")
    yield f"/candidatures/{nru}/retirer/"
    for kind in VoletKind:
        volet = f"/candidatures/{nru}/{kind}/"
        yield from (volet, f"{volet}?verifier=1", f"{volet}soumettre/")


def pages_of_the_instructeur(team: Team) -> Iterator[str]:
    nru = team.candidature.nru
    yield from ("/instruction/", "/instruction/?q=introuvable", f"/candidatures/{nru}/")
    yield from (f"/instruction/{nru}/{kind}/" for kind in VoletKind)
    yield f"/instruction/{nru}/administratif/demande/"


def pages_of_the_administrateur(team: Team) -> Iterator[str]:
    refused = "554 5.7.1 Message refusé par la politique de filtrage du destinataire, contactez son support"
    Notice.objects.update(state=NoticeState.FAILED, sent_at=None, attempts=1, last_error=refused)
    no_file = ValueError("le fichier n’est plus dans le stockage")
    note_failure(task="preuves.effects.draw_pages", arguments=[41], error=no_file, at=make.SUMMER)
    yield from ("/editeurs/", "/editeurs/nouveau/", "/editeurs/?q=introuvable", "/non-parti/")


WHO: dict[str, Callable[[Team], Iterator[str]]] = {
    "visiteur": pages_of_a_visitor,
    "mandataire": pages_of_the_mandataire,
    "instructeur": pages_of_the_instructeur,
    "administrateur": pages_of_the_administrateur,
}


def account(team: Team, who: str) -> Compte | None:
    if who == "visiteur":
        return None
    if who == "administrateur":
        return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    reader: Compte = getattr(team, who)
    return reader


@pytest.mark.parametrize("who", WHO)
def test_every_page_is_accessible_and_fits(
    who: str,
    team: Team,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    if who == "instructeur":
        make.a_submitted_volet(team.candidature, team.salarie)
    if compte := account(team, who):
        enter(screen, compte)
    for number, address in enumerate(WHO[who](team), start=1):
        screen.goto(address)
        look(screen, f"{who}-{number:02d}")


def test_complement_is_accessible_on_both_sides(
    team: Team,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    """The volet half open, the demande beside it; then the answer beside the former one, and the public list."""
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    ask_complement(
        volet_id=volet.pk,
        champs=["version_technique", "references_vague_1"],
        text="Quelle est la version exacte ?",
        seen_version=volet.version,
        by=team.instructeur,
        at=make.SUMMER,
    )
    enter(screen, team.salarie)
    address = f"/candidatures/{team.candidature.nru}/administratif/"
    for page in (f"/candidatures/{team.candidature.nru}/", address, f"{address}soumettre/"):
        screen.goto(page)
        look(screen, f"complement-{page.strip('/').split('/')[-1]}")
    volet = make.the_volet(team.candidature)
    answers = {"version_technique": "4.2.2"}
    save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=team.salarie, at=make.SUMMER)
    submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)
    enter(screen, team.instructeur)
    screen.goto(f"/instruction/{team.candidature.nru}/administratif/")
    look(screen, "complement-instruction")


# -- the other desks ------------------------------------------------------------------------------------------------


@pytest.fixture
def at_the_desks(portail: str, freeze: Callable[[datetime], None]) -> Team:
    """One demande in each situation: granted, waited for, overdue with an anomaly and a capture, not declared."""
    freeze(desks.MORNING + timedelta(days=20))
    team = make_team_with_constats()
    utilisateur, proxy = (desks.a_demande(team.candidature, team.salarie, desks.edc(role)) for role in RoleEdcPsc)
    insi = desks.a_demande(team.candidature, team.salarie)
    desks.moved_to(utilisateur, "granted")
    desks.a_releve(proxy, "complement_requested", at=desks.MORNING + timedelta(days=20, minutes=-12))
    desks.a_releve(insi, "pre_examen", retour_prevu=desks.MORNING.date())
    desks.a_capture(insi, team.salarie, at=desks.MORNING + timedelta(hours=1), etape="examen")
    desks.a_releve(insi, "initialisation", at=desks.MORNING + timedelta(hours=2))
    desks.a_releve(insi, "recours gracieux", at=desks.MORNING + timedelta(hours=3))
    return team


def pages_at_the_desks(team: Team, who: str) -> Iterator[str]:
    nru = team.candidature.nru
    page, demande = f"/candidatures/{nru}/guichets/", DemandeAuGuichet.objects.get(teleservice="INSI")
    if who == "instructeur":
        yield from ("/instruction/guichets/", page, f"/candidatures/{nru}/")
        return
    yield from ("/guichets/questions/", "/guichets/questions/?profils=PA&proxy=tiers&additionnels=oui&groupement=oui")
    yield from ("/guichets/questions/?reponses=1", "/guichets/questions/?role=distributeur")
    yield from ("/guichets/questions/?profils=AHI", page, f"{page}declarer/cnda:/DMP/")
    yield from (f"{page}{demande.pk}/", f"{page}{demande.pk}/capture/", f"/candidatures/{nru}/")
    yield f"/candidatures/{nru}/preuve/{INSI}/"


@pytest.mark.parametrize("who", ["salarie", "instructeur"])
def test_pages_of_the_desks_are_accessible_and_fit(
    who: str,
    at_the_desks: Team,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    enter(screen, getattr(at_the_desks, who))
    for number, address in enumerate(pages_at_the_desks(at_the_desks, who), start=1):
        answer = screen.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        look(screen, f"guichets-{who}-{number:02d}")


def test_form_refused_is_accessible(
    team: Team, screen: Page, enter: Callable[[Page, Compte], None], axe: Callable[[Page], None]
) -> None:
    enter(screen, team.salarie)
    screen.goto(f"/candidatures/{team.candidature.nru}/administratif/")
    screen.locator("[name=entreprise_immatriculation-numero]").fill("1")
    screen.locator("[name=contact_email]").fill("pas une adresse")
    screen.locator("button[value=enregistrer]").last.click()
    axe(screen)


def test_states_that_no_address_has_are_accessible(
    portail: str,
    freeze: Callable[[datetime], None],
    screen: Page,
    enter: Callable[[Page, Compte], None],
    axe: Callable[[Page], None],
) -> None:
    """A dialog, a file refused before it leaves, what is folded when it is open, a list that finds nothing."""
    freeze(prove.AUTUMN)
    team = make_team_to_prove(confirm=True)
    prove.a_submitted_chapitre(team.candidature, team.salarie)
    enter(screen, team.salarie)
    screen.goto(f"/candidatures/{team.candidature.nru}/chapitres/MAT/")
    screen.locator("button[data-confirm]").first.click()
    expect(screen.get_by_role("dialog")).to_be_visible()
    axe(screen)
    screen.keyboard.press("Escape")
    expect(screen.locator("button[data-confirm]").first).to_be_focused()

    screen.goto(f"/candidatures/{team.candidature.nru}/preuve/INS.01.01.01/")
    refused = {"name": "notes.exe", "mimeType": "application/octet-stream", "buffer": b"MZ" + bytes(64)}
    screen.locator("input[type=file]").first.set_input_files([refused])
    expect(screen.get_by_role("button", name="Retirer notes.exe")).to_be_visible()
    screen.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    axe(screen)


def test_whole_form_with_the_keyboard_alone(team: Team, desktop: Page, enter: Callable[[Page, Compte], None]) -> None:
    enter(desktop, team.salarie)
    desktop.goto(f"/candidatures/{team.candidature.nru}/administratif/")
    desktop.locator("[name=responsable_prenom]").focus()
    desktop.keyboard.type("Lucie")
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("link", name="Poser une question : Responsable légal, prénom").first).to_be_focused()
    desktop.keyboard.press("Tab")
    desktop.keyboard.type("Marchand")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()

    assert desktop.locator("[name=responsable_nom]").input_value() == "Marchand"
    assert team.volet.reponses.filter(champ="responsable_nom", value="Marchand").count() == 1


def test_form_without_javascript(
    team: Team, portail: str, new_context: Any, enter: Callable[[Page, Compte], None]
) -> None:
    page = new_context(base_url=portail, java_script_enabled=False).new_page()
    enter(page, team.salarie)
    page.goto(f"/candidatures/{team.candidature.nru}/administratif/")
    page.locator("[name=references_vague_1-stance][value=lignes]").check()
    page.locator("[name=references_vague_1-0-identifiant]").fill("W-1")
    page.get_by_role("button", name="Enregistrer et ajouter une ligne").first.click()

    assert page.locator("[name=references_vague_1-0-identifiant]").input_value() == "W-1"
    assert page.locator("[name=references_vague_1-1-identifiant]").input_value() == ""


def test_story_of_the_demonstration_leaves_nothing_waiting(portail: str) -> None:
    replay("ouverture")

    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_pages_of_the_preuves_are_accessible_and_fit(
    portail: str,
    freeze: Callable[[datetime], None],
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[Page, str], None],
) -> None:
    """Chapitres to fill, complete, and with a dispense; a preuve of each kind of form, one refused; the simulation."""
    freeze(prove.AUTUMN)
    team = make_team_to_prove(confirm=True)
    prove.a_complete_chapitre(team.candidature, team.salarie)
    nru = team.candidature.nru
    enter(screen, team.salarie)
    names = {
        "apercu": f"/candidatures/{nru}/",
        "dossier": f"/candidatures/{nru}/preuves/",
        "simulation": f"/candidatures/{nru}/preuves/simulation/?profils=PA&profils=PH",
        "complet": f"/candidatures/{nru}/chapitres/MAT/",
        "a-soumettre": f"/candidatures/{nru}/chapitres/MAT/soumettre/",
        "incomplet": f"/candidatures/{nru}/chapitres/INS/",
        "obstacles": f"/candidatures/{nru}/chapitres/INS/soumettre/",
        "fichiers": f"/candidatures/{nru}/preuve/INS.01.01.01/",
        "dispense": f"/candidatures/{nru}/preuve/INS/va1.02.01.01/",
        "depose": f"/candidatures/{nru}/preuve/MAT.01.01.01/",
    }
    for name, address in names.items():
        screen.goto(address)
        look(screen, f"preuves-{name}")
    screen.locator("[name=value]").first.fill("abc")
    screen.get_by_role("button", name="Déposer la preuve").click()
    look(screen, "preuves-refusee")
