"""The dossier administratif, whole: both volets, a complément, the admission and the public list, in a real browser."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, Route, expect

from candidatures.models import Candidature, Produit
from comptes.enums import Role, RoleANS
from comptes.models import Compte
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make

Opener = Callable[..., Page]
Clock = Callable[[datetime], None]
ONE_SECOND = timedelta(seconds=1)
COUNT_AUTOMATIC_SAVES = """() => {
  window.automatic = 0;
  document.addEventListener("htmx:beforeRequest", () => { window.automatic += 1; });
}"""


@pytest.fixture
def team(portail: str) -> Team:
    return make_team()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


@pytest.mark.long(
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
    "tests/navigateur/test_dossier_administratif.py::test_second_volet_around_noon",
)
def test_from_the_charte_to_the_public_list(portail: str, somebody: Opener, freeze: Clock) -> None:
    freeze(make.SUMMER)
    editeur = make.an_editeur(raison_sociale="Sirocco Logiciels")
    nadia = make.a_person(editeur, Role.MANDATAIRE, first_name="Nadia", last_name="Ferrand")
    theo = make.a_person(editeur, Role.SALARIE, first_name="Théo", last_name="Lambert")
    camille = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Camille", last_name="Roussel")
    make.a_candidature(a_shared_produit(nadia, theo), nadia, charte=False)
    nru = Candidature.objects.get().nru

    mandataire, salarie, instructrice = somebody(nadia), somebody(theo), somebody(camille)
    the_charte_is_accepted(mandataire, nru)
    the_administratif_is_filled(salarie, nru)
    the_eligibilite_is_filled(salarie, nru)
    freeze(make.DATE_1 - ONE_SECOND)
    both_are_submitted(mandataire, nru)
    a_complement_is_asked(instructrice, nru)
    only_the_two_champs_unlock(salarie, nru)
    freeze(make.DATE_1 + timedelta(days=2))
    the_complement_is_answered(salarie, nru)
    both_are_admitted(instructrice, nru)
    anybody_sees_it(somebody(), "Sirocco Résidence")
    call_command("verify_journal")


def a_shared_produit(nadia: Compte, theo: Compte) -> Produit:
    from candidatures.operations.produits import give_acces

    produit = make.a_produit(nadia.rattachements.get().editeur, nadia)
    give_acces(produit_id=produit.pk, rattachement_id=theo.rattachements.get().pk, by=nadia, at=make.SUMMER)
    return produit


def the_charte_is_accepted(mandataire: Page, nru: str) -> None:
    mandataire.goto(f"/candidatures/{nru}/")
    follow(mandataire, "Lire et accepter la charte")
    press(mandataire, "Accepter la charte")
    expect(mandataire.get_by_text("La charte est acceptée")).to_be_visible()


def the_administratif_is_filled(salarie: Page, nru: str) -> None:
    salarie.goto(f"/candidatures/{nru}/administratif/")
    for code, value in make.COMPLETE.items():
        if isinstance(value, str):
            salarie.locator(f"[name={code}]").fill(value)
    salarie.locator("[name=references_vague_2-stance][value=aucun]").check()
    salarie.locator("[name=references_vague_1-0-identifiant]").fill("W-123")
    salarie.locator("[name=references_vague_1-0-dispositif]").select_option("MS1")
    salarie.locator("[name=references_vague_1-0-profils][value=PA]").check()
    press(salarie, "Enregistrer et relire avant de soumettre")
    expect(salarie.get_by_text("Le volet est complet, mais pas encore soumis.")).to_be_visible()


def the_eligibilite_is_filled(salarie: Page, nru: str) -> None:
    salarie.goto(f"/candidatures/{nru}/eligibilite/")
    salarie.locator("[name=profils][value=PA]").check()
    expect(salarie.get_by_text("Enregistré le 1er juillet 2026")).to_be_visible()
    salarie.locator("[name=proxy]").select_option("propre")
    salarie.locator("[name=nie]").fill("NIE-42")
    salarie.locator("[name=nil]").fill("NIL-42")
    for code in ("groupement", "distributeurs", "additionnels", "obsolescence"):
        salarie.locator(f"[name={code}-stance][value=aucun]").check()
    salarie.locator("[name=noms_commerciaux-0-nom]").fill("Sirocco Senior")
    salarie.locator("[name=noms_commerciaux-0-nil]").fill("NIL-43")
    salarie.locator("[name=noms_commerciaux-0-version]").fill("4.2.1")
    attestation = {"name": "attestation.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    salarie.locator("[name=noms_commerciaux-0-attestation]").set_input_files([attestation])
    press(salarie, "Enregistrer et relire avant de soumettre")
    expect(salarie.get_by_role("link", name="attestation.pdf")).to_be_visible()
    salarie.goto(f"/candidatures/{nru}/")
    expect(salarie.get_by_text("Formulaire d’éligibilité\u00a0: complet, mais pas soumis")).to_be_visible()


def both_are_submitted(mandataire: Page, nru: str) -> None:
    mandataire.goto(f"/candidatures/{nru}/administratif/soumettre/")
    press(mandataire, "Soumettre à l’ANS")
    expect(mandataire.get_by_text("à l’ANS le 1er octobre 2026 à 11")).to_be_visible()

    mandataire.goto(f"/candidatures/{nru}/eligibilite/soumettre/")
    press(mandataire, "Soumettre à l’ANS")
    expect(mandataire.get_by_text("Avertissement à lire").first).to_be_visible()
    for box in mandataire.locator("[name=lu]").all():
        box.check()
    press(mandataire, "Soumettre à l’ANS")
    expect(mandataire.get_by_text("à l’ANS le 1er octobre 2026 à 11")).to_be_visible()


def a_complement_is_asked(instructrice: Page, nru: str) -> None:
    instructrice.goto(f"/instruction/{nru}/eligibilite/")
    follow(instructrice, "Demander un complément")
    instructrice.get_by_label("Distributeurs").check()
    instructrice.get_by_label("NIE").check()
    instructrice.get_by_label("Message à l’éditeur").fill("Le NIE ne correspond pas ; nommez vos distributeurs.")
    press(instructrice, "Envoyer la demande")
    expect(instructrice.get_by_text("La demande est envoyée")).to_be_visible()


def only_the_two_champs_unlock(salarie: Page, nru: str) -> None:
    salarie.goto(f"/candidatures/{nru}/eligibilite/")
    expect(salarie.get_by_text("nommez vos distributeurs")).to_be_visible()
    names = {field.get_attribute("name") or "" for field in salarie.locator("form[enctype] [name]").all()}
    asked = {re.split("-", name)[0] for name in names} - {"csrfmiddlewaretoken", "seen_version", "action"}
    assert asked == {"nie", "distributeurs"}


def the_complement_is_answered(salarie: Page, nru: str) -> None:
    salarie.locator("[name=nie]").fill("NIE-43")
    salarie.locator("[name=distributeurs-stance][value=lignes]").check()
    salarie.locator("[name=distributeurs-0-raison_sociale]").fill("Ouest Diffusion")
    salarie.locator("[name=distributeurs-0-immatriculation-numero]").fill("552 008 443")
    press(salarie, "Enregistrer et relire avant de soumettre")
    for box in salarie.locator("[name=lu]").all():
        box.check()
    press(salarie, "Soumettre à l’ANS")
    expect(salarie.get_by_text("à l’ANS le 3 octobre 2026 à 12")).to_be_visible()


def both_are_admitted(instructrice: Page, nru: str) -> None:
    instructrice.goto(f"/instruction/{nru}/eligibilite/")
    expect(instructrice.get_by_text("NIE-42")).to_be_visible()
    expect(instructrice.get_by_text("NIE-43")).to_be_visible()
    press(instructrice, "Déclarer recevable")
    instructrice.goto(f"/instruction/{nru}/administratif/")
    press(instructrice, "Déclarer recevable")
    expect(instructrice.get_by_text("La référence W-123 n’est ni confirmée ni refusée.")).to_be_visible()
    instructrice.goto(f"/instruction/{nru}/administratif/")
    instructrice.get_by_role("combobox", name="Décision").select_option("confirmed")
    press(instructrice, "Enregistrer la décision W-123")
    expect(instructrice.get_by_text("Votre décision sur W-123 est enregistrée.")).to_be_visible()
    press(instructrice, "Déclarer recevable")
    expect(instructrice.get_by_text("déclaré recevable").first).to_be_visible()


def anybody_sees_it(visitor: Page, name: str) -> None:
    visitor.goto("/solutions/")
    expect(visitor.get_by_role("rowheader", name=name)).to_be_visible()


def test_two_people_on_one_field_lose_nothing(team: Team, somebody: Opener, freeze: Clock) -> None:
    freeze(make.SUMMER)
    address = f"/candidatures/{team.candidature.nru}/administratif/"
    first, other = somebody(team.mandataire), somebody(team.salarie)
    first.goto(address)
    other.goto(address)
    first.locator("[name=solution_nom]").fill("Le nom de Marie")
    press(first, "Enregistrer")
    expect(first.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()
    other.locator("[name=solution_nom]").fill("Le nom de Sami")
    press(other, "Enregistrer")

    expect(other.get_by_text("Marie Dufour a répondu entre-temps").first).to_be_visible()
    expect(other.locator("[name=solution_nom]")).to_have_value("Le nom de Sami")
    press(other, "Enregistrer")
    expect(other.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()
    values = list(team.volet.reponses.filter(champ="solution_nom").order_by("version").values_list("value", flat=True))
    assert values == ["Le nom de Marie", "Le nom de Sami"]


@pytest.mark.parametrize(("offset", "passes"), [(0, True), (1, False)])
def test_second_volet_around_noon(team: Team, somebody: Opener, freeze: Clock, offset: int, passes: bool) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    page = somebody(team.mandataire)
    freeze(make.DATE_1 - ONE_SECOND)
    page.goto(f"/candidatures/{team.candidature.nru}/administratif/soumettre/")
    freeze(make.DATE_1 + offset * ONE_SECOND)
    press(page, "Soumettre à l’ANS")

    if passes:
        expect(page.get_by_text("à l’ANS le 1er octobre 2026 à 12")).to_be_visible()
    else:
        expect(page.get_by_text("La date limite (Date 1) est passée").first).to_be_visible()
    assert (team.volet.state == "submitted") is passes


def test_automatic_save_after_the_session_ended_does_not_pass_for_one(
    team: Team, somebody: Opener, freeze: Clock
) -> None:
    freeze(make.SUMMER)
    page = somebody(team.salarie)
    page.goto(f"/candidatures/{team.candidature.nru}/administratif/")
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=solution_nom]").fill("Sirocco")
    page.locator("[name=version_technique]").focus()
    expect(page.get_by_text("L’enregistrement automatique n’a pas abouti.")).to_be_visible()

    press(page, "Enregistrer")
    expect(page.get_by_text("Votre session a expiré")).to_be_visible()
    assert team.volet.reponses.count() == 0


def test_form_whose_sending_was_stopped_leaves_again(team: Team, somebody: Opener, freeze: Clock) -> None:
    freeze(make.SUMMER)
    page, posts = somebody(team.salarie), list[str]()
    address = f"/candidatures/{team.candidature.nru}/administratif/"
    page.clock.install()
    page.goto(address)
    page.evaluate(COUNT_AUTOMATIC_SAVES)

    def stop_the_first(route: Route) -> None:
        if route.request.method != "POST" or not route.request.is_navigation_request():
            route.continue_()
            return
        posts.append(route.request.url)
        route.abort("aborted") if len(posts) <= 2 else route.continue_()

    page.route(f"**{address}", stop_the_first)
    page.locator("[name=solution_nom]").fill("Sirocco")
    press(page, "Enregistrer")
    expect(page.get_by_role("button", name="Enregistrer", exact=True)).to_have_attribute("aria-disabled", "true")
    page.clock.run_for(3_000)
    assert page.evaluate("window.automatic") == 0  # nothing follows a form that is leaving
    page.clock.run_for(10_000)
    expect(page.get_by_text("Enregistré le 1er juillet 2026")).to_be_visible()  # what was held, once it did not leave

    page.locator("[name=solution_nom]").fill("Sirocco Senior")
    press(page, "Enregistrer")
    expect(page.get_by_role("button", name="Enregistrer", exact=True)).to_have_attribute("aria-disabled", "true")
    page.locator("[name=solution_nom]").fill("Sirocco Foyer")
    press(page, "Enregistrer")

    expect(page.get_by_text("Vos réponses sont enregistrées.")).to_be_visible()
    assert len(posts) == 3
    assert team.volet.reponses.filter(champ="solution_nom").latest("version").value == "Sirocco Foyer"


@pytest.mark.long("tests/navigateur/test_dossier_administratif.py::test_second_volet_around_noon")
def test_line_begun_before_the_list_is_declared_empty_stays_in_sight(
    team: Team, somebody: Opener, freeze: Clock
) -> None:
    """An untouched line goes; one with something typed stays, is refused in words, and can be emptied or removed."""
    freeze(make.SUMMER)
    page = somebody(team.mandataire)
    page.goto(f"/candidatures/{team.candidature.nru}/eligibilite/?parties=toutes")
    none, lines = (
        page.locator("[name=distributeurs-stance][value=aucun]"),
        page.locator("#champ-distributeurs .ps-line"),
    )

    none.check()
    expect(lines).to_be_hidden()
    page.locator("[name=distributeurs-stance][value=lignes]").check()
    typed = lines.locator("input:not([type=hidden])").first
    typed.fill("Un distributeur")
    typed.blur()
    none.check()

    expect(typed).to_be_visible()
    press(page, "Enregistrer")
    expect(page.locator("#champ-distributeurs")).to_contain_text("Vous avez coché « aucun » et rempli une ligne.")
    expect(page.locator("#champ-distributeurs .ps-line").first).to_be_visible()
    press(page, "Retirer la ligne 1")
    expect(page.locator("#champ-distributeurs")).not_to_contain_text("et rempli une ligne")
