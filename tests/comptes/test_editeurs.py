from datetime import timedelta

import pytest

from comptes.enums import Role
from comptes.models import Editeur, Invitation
from comptes.operations.invitations import invite
from comptes.operations.rattachements import detach
from tests.factories.comptes import CompteFactory, EditeurFactory, InvitationFactory, RattachementFactory

COMPANY = {
    "entreprise-pays": "FR",
    "entreprise-numero": "732 829 320",
    "raison_sociale": "Alizé Informatique",
    "adresse": "3 rue du Phare",
    "code_postal": "56100",
    "commune": "Lorient",
    "pays": "France",
    "mandataire": "paule@alize.example",
}


def names_on(page) -> list[str]:
    return [line.name for line in page.context["lines"]]


def text_of(response) -> str:
    return response.content.decode()


def test_one_editeur_goes_straight_to_its_team(team, sign_in):
    response = sign_in(team.salarie.compte).get("/editeurs/")

    assert response.headers["Location"] == f"/editeurs/{team.editeur.pk}/"


def test_several_editeurs_are_listed(team, sign_in):
    RattachementFactory(compte=team.salarie.compte, editeur__raison_sociale="alizé")
    RattachementFactory(compte=team.salarie.compte, editeur__raison_sociale="Zéphyr", past=True)

    page = sign_in(team.salarie.compte).get("/editeurs/")

    assert names_on(page) == ["alizé", "Sirocco Logiciels"]
    assert [line.people for line in page.context["lines"]] == [1, 3]


def test_nobody_s_list_says_what_to_do(db, sign_in):
    assert "Vous ne faites partie d’aucun éditeur" in text_of(sign_in(CompteFactory()).get("/editeurs/"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["Alizé Informatique", "Éole", "Sirocco Logiciels"]),
        ("ALIZE", ["Alizé Informatique"]),
        ("éole", ["Éole"]),
        ("eole", ["Éole"]),
        ("logi siroc", ["Sirocco Logiciels"]),
        ("7328", ["Alizé Informatique"]),
        ("sirocco alizé", []),
        ("100%", []),
        ("\x00", ["Alizé Informatique", "Éole", "Sirocco Logiciels"]),
    ],
)
def test_ans_searches_without_accents(db, sign_in, typed, expected):
    EditeurFactory(raison_sociale="Sirocco Logiciels")
    EditeurFactory(raison_sociale="Éole")
    EditeurFactory(raison_sociale="Alizé Informatique", identifier="732829320")

    page = sign_in(CompteFactory(administrateur=True)).get("/editeurs/", {"q": typed})

    assert names_on(page) == expected
    assert ("Aucun éditeur ne correspond" in text_of(page)) is (not expected)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("732 829 320", "Alizé"),
        ("732\u00a0829\u00a0320", "Alizé"),
        ("732.829.320", "Alizé"),
        ("732\u2011829\u2011320", "Alizé"),
        ("SIREN : 732\u202f829\u202f320", "Alizé"),
        ("732 829 320 00074", "Alizé"),
        ("732 829", "Alizé"),
        ("alizé 732 829 320", "Alizé"),
        ("Objet : Alizé SAS (SIREN 732 829 320), Brest", "Alizé"),
        ("BE 0403.170.701", "Bise"),
        ("0403170701", "Bise"),
        ("be0403.170", "Bise"),
        ("403\u00a0170\u00a0701", "Bise"),
        ("FR 53 000004605", "Mistral"),
        ("hrb 86891", "Nord"),
        ("CHE-100.155.212 TVA", "Sud"),
        ("100.155.212", "Sud"),
        ("999 999 998", ""),
        ("BE 0403.170.702", ""),
    ],
)
def test_editeur_is_found_by_its_number_however_it_was_pasted(db, sign_in, typed, expected):
    companies = [
        ("Alizé", "FR", "732829320"),
        ("Bise", "BE", "0403170701"),
        ("Mistral", "MC", "FR53000004605"),
        ("Nord", "DE", "HRB86891"),
        ("Sud", "CH", "CHE100155212"),
    ]
    for name, country, number in companies:
        EditeurFactory(raison_sociale=name, country=country, identifier=number)

    page = sign_in(CompteFactory(administrateur=True)).get("/editeurs/", {"q": typed})

    assert names_on(page) == [expected][: bool(expected)]


def test_list_is_paginated(db, sign_in):
    EditeurFactory.create_batch(26)
    browser = sign_in(CompteFactory(administrateur=True))

    assert len(names_on(browser.get("/editeurs/", {"q": "siro"}))) == 25
    assert 'href="?q=siro&amp;page=2"' in text_of(browser.get("/editeurs/", {"q": "siro"}))
    assert len(names_on(browser.get("/editeurs/", {"page": "2"}))) == 1
    assert len(names_on(browser.get("/editeurs/", {"page": "n’importe quoi"}))) == 25


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_as_much_for_one_as_for_three(db, sign_in, django_assert_num_queries, rows):
    for editeur in EditeurFactory.create_batch(rows):
        RattachementFactory.create_batch(rows, editeur=editeur)
    browser = sign_in(CompteFactory(administrateur=True))

    with django_assert_num_queries(9):
        browser.get("/editeurs/")


def test_administrateur_registers_an_editeur(db, at, sign_in):
    browser = sign_in(CompteFactory(administrateur=True))
    assert browser.get("/editeurs/nouveau/").status_code == 200

    response = browser.post("/editeurs/nouveau/", COMPANY, follow=True)

    editeur = Editeur.objects.get(identifier="732829320")
    assert response.redirect_chain == [(f"/editeurs/{editeur.pk}/", 302)]
    assert "Aucune personne dans cette équipe" in text_of(response)
    assert "paule@alize.example" in text_of(response)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"entreprise-numero": "732829321"}, "entreprise"),
        ({"entreprise-numero": "73282932"}, "entreprise"),
        ({"entreprise-numero": "000000000"}, "entreprise"),
        ({"entreprise-numero": "BE 0403.170.701"}, "entreprise"),
        ({"entreprise-pays": "BE"}, "entreprise"),
        ({"entreprise-pays": "ZZ"}, "entreprise"),
        ({"code_postal": "35042 CEDEX 9"}, "code_postal"),
        ({"entreprise-numero": ""}, "entreprise"),
        ({"mandataire": "paule"}, "mandataire"),
        ({"raison_sociale": "  "}, "raison_sociale"),
        ({"commune": "x" * 101}, "commune"),
    ],
)
def test_registration_is_refused_at_its_field(db, sign_in, wrong, field):
    page = sign_in(CompteFactory(administrateur=True)).post("/editeurs/nouveau/", COMPANY | wrong)

    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {field}
    assert 'value="3 rue du Phare"' in text_of(page)
    assert (Editeur.objects.count(), Invitation.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ({"entreprise-numero": "732 829 320 00074"}, ("FR", "732829320", "France"), "C’est un SIRET"),
        ({"entreprise-pays": "RE"}, ("FR", "732829320", "France"), "SIREN\u00a0732\u00a0829\u00a0320"),
        (
            {"entreprise-pays": "BE", "entreprise-numero": "BE 0403.170.701", "code_postal": "B-1000"},
            ("BE", "0403170701", "Belgique"),
            "n°\u00a0d’entreprise\u00a00403.170.701 (Belgique)",
        ),
        (
            {"entreprise-pays": "MC", "entreprise-numero": "FR 53 0000 04605", "code_postal": "98000"},
            ("MC", "FR53000004605", "Monaco"),
            "TVA\u00a0FR\u00a053\u00a0000004605 (Monaco)",
        ),
        (
            {"entreprise-pays": "NC", "entreprise-numero": "0 132 720.001", "code_postal": "98800"},
            ("NC", "0132720", "Nouvelle-Calédonie"),
            "Le numéro de l’établissement n’est pas gardé",
        ),
        (
            {"entreprise-pays": "US", "entreprise-numero": "12-3456789", "pays": "Canada", "code_postal": "K1A 0B1"},
            ("US", "123456789", "Canada"),
            "n°\u00a0123456789 (États-Unis)",
        ),
    ],
)
def test_company_of_any_country_is_registered_and_shown_as_it_is_kept(db, sign_in, typed, kept, shown):
    browser = sign_in(CompteFactory(administrateur=True))

    page = browser.post("/editeurs/nouveau/", COMPANY | {"pays": ""} | typed, follow=True)

    editeur = Editeur.objects.get()
    assert (editeur.country, editeur.identifier, editeur.pays) == kept
    assert shown in text_of(page)


def test_one_number_of_two_countries_is_two_editeurs_and_twice_is_one(db, sign_in):
    browser = sign_in(CompteFactory(administrateur=True))
    french = {"entreprise-pays": "FR", "entreprise-numero": "732835889"}
    belgian = {"entreprise-pays": "BE", "entreprise-numero": "732835889"}

    answers = [browser.post("/editeurs/nouveau/", COMPANY | typed).status_code for typed in (french, belgian, belgian)]

    assert answers == [302, 302, 422]
    assert set(Editeur.objects.values_list("country", "identifier")) == {("FR", "732835889"), ("BE", "0732835889")}


def test_page_proposes_the_country_first_and_shows_what_was_typed_again(db, sign_in):
    browser = sign_in(CompteFactory(administrateur=True))
    wrong = {"entreprise-pays": "BE", "entreprise-numero": "0403.170.702"}

    page = text_of(browser.post("/editeurs/nouveau/", COMPANY | wrong))

    assert page.index('name="entreprise-pays"') < page.index('name="entreprise-numero"') < page.index("Raison sociale")
    assert '<option value="BE" selected>Belgique</option>' in page
    assert 'value="0403.170.702"' in page
    assert "sa clé de contrôle est fausse" in page


def test_registration_posted_twice(db, at, sign_in):
    browser = sign_in(CompteFactory(administrateur=True))
    browser.post("/editeurs/nouveau/", COMPANY)

    page = browser.post("/editeurs/nouveau/", COMPANY)

    assert page.context["form"].errors == {
        "entreprise": ["Un éditeur est déjà inscrit sous ce numéro (SIREN\u00a0732\u00a0829\u00a0320)."]
    }
    assert Editeur.objects.count() == 1


def test_only_an_administrateur_registers(team, sign_in):
    for compte in (team.mandataire.compte, team.instructeur):
        assert sign_in(compte).post("/editeurs/nouveau/", COMPANY).status_code == 403
    assert Editeur.objects.filter(identifier="732829320").count() == 0


def test_editeur_is_corrected(team, at, sign_in):
    path = f"/editeurs/{team.editeur.pk}/informations/"
    values = {key: COMPANY[key] for key in ("raison_sociale", "adresse", "code_postal", "commune", "pays")}

    for compte, status in [
        (team.salarie.compte, 403),
        (team.instructeur, 403),
        (team.stranger, 404),
        (team.representant.compte, 302),
    ]:
        assert sign_in(compte).post(path, values).status_code == status

    team.editeur.refresh_from_db()
    assert (team.editeur.raison_sociale, team.editeur.adresse) == ("Alizé Informatique", "3 rue du Phare")
    assert 'value="Lorient"' in text_of(sign_in(team.administrateur).get(path))


def test_journal_is_the_editeur_s_own(team, at, sign_in):
    path = f"/editeurs/{team.editeur.pk}/journal/"
    detach(rattachement_id=team.salarie.pk, by=team.mandataire.compte, at=at)

    for compte in (team.mandataire.compte, team.representant.compte, team.instructeur, team.administrateur):
        assert "ne fait plus partie de l’éditeur" in text_of(sign_in(compte).get(path))
    for compte in (team.stranger, team.salarie.compte):
        assert sign_in(compte).get(path).status_code == 404


@pytest.mark.parametrize("rows", [1, 3, 26])
def test_journal_asks_as_much_for_one_line_as_for_many(team, at, sign_in, django_assert_num_queries, rows):
    for number in range(rows):
        invite(
            editeur_id=team.editeur.pk,
            email=f"invite{number}@sirocco.example",
            role=Role.SALARIE,
            may_engage=False,
            by=team.mandataire.compte,
            at=at + timedelta(minutes=6 * number),  # no more than ten in an hour
        )
    browser = sign_in(team.mandataire.compte)

    with django_assert_num_queries(9):
        page = browser.get(f"/editeurs/{team.editeur.pk}/journal/")

    assert len(page.context["lines"]) == min(rows, 25)
    assert ("Page 1 sur 2" in text_of(page)) is (rows > 25)


@pytest.mark.parametrize("rows", [1, 3])
def test_team_asks_as_much_for_one_as_for_three(team, at, sign_in, django_assert_num_queries, rows):
    for _ in range(rows):
        RattachementFactory(editeur=team.editeur)
        RattachementFactory(editeur=team.editeur, past=True)
        InvitationFactory(editeur=team.editeur, invited_at=at)
    browser = sign_in(team.mandataire.compte)

    with django_assert_num_queries(8):
        browser.get(f"/editeurs/{team.editeur.pk}/")
