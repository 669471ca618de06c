from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from comptes import clock
from comptes.models import Compte, Invitation, JournalEntry, Notice, Rattachement
from comptes.operations.invitations import accept_invitation
from tests.factories.comptes import PASSWORD, CompteFactory, InvitationFactory

JOIN = {"first_name": "Léa", "last_name": "Roux", "new_password": PASSWORD}


@pytest.fixture
def invitation(team, at) -> Invitation:
    return InvitationFactory(editeur=team.editeur, invited_by=team.mandataire.compte, invited_at=at)


@pytest.fixture
def path(invitation) -> str:
    return f"/invitation/{invitation.token}/"


def text_of(response) -> str:
    return response.content.decode()


def everything() -> list[Any]:
    """All that an invitation could move, row by row."""
    moved = (Invitation, Compte, Rattachement, Notice, JournalEntry)
    return [list(model.objects.order_by("pk").values_list()) for model in moved]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_mail_scanner_moves_nothing(path, method):
    before = everything()

    assert [getattr(Client(), method)(path).status_code for _ in range(2)] == [200, 200]
    assert everything() == before


def test_page_says_until_when(path, client: Client):
    assert 'datetime="2026-07-08T10:00:00+02:00"' in text_of(client.get(path))


def test_opening_the_link_changes_nothing(invitation, path, client: Client):
    for _ in range(3):
        page = client.get(path)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in page.headers["Cache-Control"]
        assert "Sirocco Logiciels" in text_of(page)
        assert "avec le rôle <strong>salarié</strong>" in text_of(page)
    assert client.head(path).status_code == 200
    invitation.refresh_from_db()
    assert (invitation.accepted_at, Rattachement.objects.filter(compte__email=invitation.email).count()) == (None, 0)
    assert JournalEntry.objects.count() == 0


def test_newcomer_joins_and_is_signed_in(invitation, path, client: Client):
    response = client.post(path, JOIN, follow=True)

    assert response.redirect_chain == [("/accueil/", 302)]
    assert "Bienvenue dans l’équipe de Sirocco Logiciels." in text_of(response)
    compte = Compte.objects.get(email=invitation.email)
    assert (compte.full_name, compte.check_password(PASSWORD)) == ("Léa Roux", True)
    assert client.session["_auth_user_id"] == str(compte.pk)


def test_newcomer_types_badly(invitation, path, client: Client):
    page = client.post(path, JOIN | {"first_name": "", "new_password": "court"})

    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"first_name", "new_password"}
    assert 'value="Roux"' in text_of(page)
    assert Compte.objects.filter(email=invitation.email).count() == 0


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"new_password": "court"}, "new_password", "Ce mot de passe est trop court. Il doit contenir au minimum 12"),
        ({"new_password": "123456789012"}, "new_password", "Ce mot de passe est entièrement numérique."),
        ({"new_password": "invites@sirocco"}, "new_password", "Le mot de passe est trop semblable au champ"),
        ({"last_name": " "}, "last_name", "Ce champ est obligatoire."),
        ({"first_name": "L\x00\u200b a@b.example"}, "first_name", "Un nom ne contient ni adresse"),
        ({"first_name": "\u200b"}, "first_name", "Ce champ est obligatoire."),
    ],
)
def test_newcomer_is_told_at_the_field(path, client: Client, wrong, field, sentence):
    errors = client.post(path, JOIN | wrong).context["form"].errors

    assert errors.keys() == {field}
    assert errors[field][0].replace("'", "’").startswith(sentence)


def test_newcomer_posts_again_elsewhere(path, client: Client):
    """The link forwarded to a colleague, or pressed on another screen: calm words, and nothing moves."""
    client.post(path, JOIN)
    after_the_first = everything()

    again = Client().post(path, JOIN | {"first_name": "Paule"})

    assert (again.status_code, again.context["reason"]) == (410, "Cette invitation a déjà servi.")
    assert everything() == after_the_first


def test_newcomer_posts_twice(invitation, path, client: Client):
    client.post(path, JOIN)

    again = client.post(path, JOIN, follow=True)

    assert again.redirect_chain == [("/accueil/", 302)]
    assert "Vous avez déjà rejoint Sirocco Logiciels par cette invitation." in text_of(again)
    assert Compte.objects.filter(email=invitation.email).count() == 1


def test_who_has_an_account_signs_in_first(invitation, path, client: Client):
    CompteFactory(email=invitation.email, password=PASSWORD)

    page = client.get(path)
    assert f'href="/connexion/?next={path}"' in text_of(page)
    assert client.post(path, JOIN).status_code == 410
    assert Rattachement.objects.filter(compte__email=invitation.email).count() == 0

    sign_in = {"username": invitation.email, "password": PASSWORD, "next": path}
    assert client.post("/connexion/", sign_in).headers["Location"] == path
    assert "Accepter l’invitation" in text_of(client.get(path))
    assert client.post(path).headers["Location"] == "/accueil/"
    assert Rattachement.objects.filter(compte__email=invitation.email).count() == 1


def test_who_is_signed_in_as_somebody_else(team, invitation, path, sign_in):
    browser = sign_in(team.salarie.compte)

    page = browser.get(path)
    assert "Cette invitation est adressée à une autre personne" in text_of(page)
    assert 'action="/deconnexion/"' in text_of(page)

    refused = browser.post(path)
    assert refused.status_code == 410
    assert Rattachement.objects.filter(detached_at=None, editeur=team.editeur).count() == 3


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_expired_invitation(invitation, path, client: Client, seconds):
    with clock.travel(invitation.expires_at + timedelta(seconds=seconds)):
        page, answer = client.get(path), client.post(path, JOIN)

    assert (page.status_code, answer.status_code) == ((200, 302) if seconds < 0 else (410, 410))
    assert ("Cette invitation a expiré" in text_of(page)) is (seconds >= 0)


def test_cancelled_invitation(invitation, path, client: Client, at):
    Invitation.objects.update(cancelled_at=at)

    assert client.post(path, JOIN).status_code == 410
    page = client.get(path)
    assert (page.status_code, page.headers["Referrer-Policy"]) == (410, "strict-origin")
    assert "Cette invitation a été annulée." in text_of(page)


def test_used_invitation_of_another(team, invitation, path, sign_in, client: Client):
    client.post(path, JOIN)

    for browser in (Client(), sign_in(team.stranger)):
        page = browser.get(path)
        assert page.status_code == 410
        assert "Cette invitation a déjà servi." in text_of(page)


def test_used_invitation_is_not_cancelled(team, invitation, at, sign_in):
    accept_invitation(token=invitation.token, names=("Léa", "Roux"), at=at)

    page = sign_in(team.mandataire.compte).post(f"/invitations/{invitation.pk}/annuler/")

    assert page.status_code == 409
    assert "Cette invitation a déjà servi." in page.content.decode()
    invitation.refresh_from_db()
    assert invitation.cancelled_at is None


def test_unknown_invitation(db, client: Client):
    assert client.get("/invitation/inconnu/").status_code == 404
    assert client.post("/invitation/inconnu/").status_code == 404
