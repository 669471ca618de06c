import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from comptes.models import Editeur, Invitation
from comptes.views import resume
from tests.factories.comptes import PASSWORD, CompteFactory, RattachementFactory

SIGN_IN = "/connexion/"
WRONG = "Adresse e-mail ou mot de passe incorrect."


@pytest.fixture
def seat(db):
    """A mandataire who signs in by the page."""
    return RattachementFactory(mandataire=True, compte__password=PASSWORD)


def typed(seat, **more: str) -> dict[str, str]:
    return {"username": seat.compte.email, "password": PASSWORD, **more}


def carried_in(page: str) -> str:
    field = re.search(r'name="carried" value="([^"]+)"', page)
    return html.unescape(field[1]) if field else ""


def text_of(response) -> str:
    return response.content.decode()


def test_sign_in_then_out(seat, client: Client):
    client.get(SIGN_IN)
    assert client.post(SIGN_IN, typed(seat)).headers["Location"] == "/accueil/"
    assert client.get("/mon-compte/").status_code == 200

    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/").headers["Location"] == "/"
    assert client.get("/mon-compte/").headers["Location"] == "/connexion/?next=/mon-compte/"


def test_sign_in_whatever_the_case(seat, client: Client):
    seat.compte.email = "lea@sirocco.example"
    seat.compte.save()

    assert client.post(SIGN_IN, typed(seat) | {"username": "Lea@Sirocco.Example"}).status_code == 302


@pytest.mark.parametrize("username", ["known", "nobody@sirocco.example"])
def test_wrong_pair_says_nothing_of_which(seat, client: Client, username):
    email = seat.compte.email if username == "known" else username

    response = client.post(SIGN_IN, {"username": email, "password": "autre chose"})

    assert response.status_code == 422
    assert WRONG in text_of(response)
    assert f'value="{email}"' in text_of(response)


def test_closed_account_does_not_sign_in(seat, client: Client):
    seat.compte.is_active = False
    seat.compte.save()

    assert WRONG in text_of(client.post(SIGN_IN, typed(seat)))


@pytest.mark.parametrize(
    ("asked", "arrives"),
    [
        ("/mon-compte/", "/mon-compte/"),
        ("/editeurs/?q=a%C3%A9", "/editeurs/?q=a%C3%A9"),
        ("", "/accueil/"),
        ("https://ailleurs.example/", "/accueil/"),
        ("//ailleurs.example/", "/accueil/"),
        ("javascript:alert(1)", "/accueil/"),
        ("/\\ailleurs.example", "/accueil/"),
    ],
)
def test_next_stays_on_the_portal(seat, client: Client, asked, arrives):
    page = client.get(SIGN_IN, {"next": asked})
    assert ('name="next"' in text_of(page)) is (arrives != "/accueil/")

    assert client.post(SIGN_IN, typed(seat, next=asked)).headers["Location"] == arrives


def test_who_is_signed_in_is_sent_on(seat, sign_in):
    response = sign_in(seat.compte).get(SIGN_IN, {"next": "/mon-compte/"})

    assert response.headers["Location"] == "/mon-compte/"


def test_five_wrong_passwords_make_wait(seat, client: Client):
    answers = [client.post(SIGN_IN, typed(seat) | {"password": f"essai {n}"}).status_code for n in range(6)]
    assert answers == [422, 422, 422, 422, 422, 429]

    right = client.post(SIGN_IN, typed(seat))

    assert (right.status_code, 50 < int(right.headers["Retry-After"]) <= 60) == (429, True)
    assert "Le dernier n’a pas été pris en compte" in text_of(right)
    other = CompteFactory(password=PASSWORD)
    assert client.post(SIGN_IN, {"username": other.email, "password": PASSWORD}).status_code == 302


def test_wrong_passwords_are_counted_whatever_the_case(seat, client: Client):
    email = seat.compte.email
    spellings = (email, email.upper(), email.title(), f" {email} ", email, email)

    answers = [client.post(SIGN_IN, {"username": spelling, "password": "faux"}).status_code for spelling in spellings]

    assert answers == [422, 422, 422, 422, 422, 429]


def test_right_password_forgives_the_wrong_ones(seat, client: Client):
    for _ in range(2):
        for number in range(4):
            client.post(SIGN_IN, typed(seat) | {"password": f"essai {number}"})
        assert client.post(SIGN_IN, typed(seat)).status_code == 302
        client.post("/deconnexion/")


def test_expired_session_brings_back_what_was_typed(seat, client: Client):
    path = reverse("comptes:invite", args=[seat.editeur_id])
    page = f"http://testserver{path}"
    form = {"email": "lea@sirocco.example", "role": "representant", "may_engage": "on"}

    refused = client.post(path, form | {"csrfmiddlewaretoken": "x" * 64}, headers={"Referer": page})
    assert refused.status_code == 401
    assert "Votre session a expiré" in text_of(refused)

    wrong = client.post(SIGN_IN, typed(seat, carried=carried_in(text_of(refused))) | {"password": "faux"})
    assert WRONG in text_of(wrong)

    back = client.post(SIGN_IN, typed(seat, carried=carried_in(text_of(wrong))), follow=True)
    assert back.redirect_chain == [(path, 302)]
    assert "Votre saisie a été retrouvée" in text_of(back)
    assert 'value="lea@sirocco.example"' in text_of(back)
    assert back.context["form"].data.dict() == form
    assert Invitation.objects.count() == 0

    assert "Votre saisie a été retrouvée" not in text_of(client.get(path))


def test_expired_session_without_a_referer(seat, client: Client):
    refused = client.post("/mon-compte/", {"first_name": "Léa"})

    back = client.post(SIGN_IN, typed(seat, carried=carried_in(text_of(refused))), follow=True)

    assert back.redirect_chain == [("/mon-compte/", 302)]
    assert 'value="Léa"' in text_of(back)


def test_expired_session_at_a_button(seat, client: Client):
    """The page with the button comes back; the act is not done without a click."""
    team = reverse("comptes:team", args=[seat.editeur_id])

    refused = client.post("/invitations/1/annuler/", {"motif": "x"}, headers={"Referer": f"http://testserver{team}"})
    back = client.post(SIGN_IN, typed(seat, carried=carried_in(text_of(refused))), follow=True)

    assert back.redirect_chain == [(team, 302)]
    assert "Votre demande n’a pas été enregistrée" in text_of(back)
    assert resume.KEY not in client.session


def test_expired_session_at_a_button_without_a_referer(seat, client: Client):
    refused = client.post("/invitations/1/annuler/")

    assert client.post(SIGN_IN, typed(seat, carried=carried_in(text_of(refused)))).headers["Location"] == "/"


def test_expired_session_carries_no_secret(seat, client: Client):
    form = {"old_password": "secret", "new_password": "secret", "password": "secret", "first_name": "Léa"}

    refused = client.post("/mon-compte/", form)
    client.post(SIGN_IN, typed(seat, carried=carried_in(text_of(refused))))

    assert client.session[resume.KEY]["typed"] == {"first_name": ["Léa"]}


def test_expired_session_with_too_much_to_carry(seat, client: Client):
    import random

    noise = random.Random(1).randbytes(400_000).hex()

    refused = client.post("/mon-compte/", {"first_name": noise})

    assert (refused.status_code, carried_in(text_of(refused))) == (401, "")
    assert "trop longue pour être conservée" in text_of(refused)


@pytest.mark.parametrize("forged", ["n’importe quoi", "eyJwYWdlIjoiLyJ9:1abc:zzz"])
def test_forged_seal_is_ignored(seat, client: Client, forged):
    assert client.post(SIGN_IN, typed(seat, carried=forged)).headers["Location"] == "/accueil/"
    assert resume.KEY not in client.session


def test_post_without_csrf_token(seat):
    client = Client(enforce_csrf_checks=True)

    response = client.post(SIGN_IN, typed(seat))

    assert response.status_code == 403
    assert "Votre formulaire n’a pas été enregistré" in text_of(response)


def test_get_cannot_write(seat, sign_in):
    """What a page shows, it shows in a read-only transaction."""
    before = Editeur.objects.count()

    assert sign_in(seat.compte).get(reverse("comptes:team", args=[seat.editeur_id])).status_code == 200
    assert Editeur.objects.count() == before
