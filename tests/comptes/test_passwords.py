import re
from datetime import timedelta
from unicodedata import normalize

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.tokens import default_token_generator as tokens
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from comptes import clock, effects
from comptes.models import Compte, Notice
from tests.factories.comptes import PASSWORD, CompteFactory

FORGOTTEN = "/mot-de-passe-oublie/"
NEW = "une autre phrase bien longue"


@pytest.fixture
def compte(db) -> Compte:
    return CompteFactory(password=PASSWORD)


def link_sent_to(compte: Compte, client: Client) -> str:
    client.post(FORGOTTEN, {"email": compte.email.upper()})
    for notice in Notice.objects.filter(state="pending").order_by("pk"):
        effects.deliver_to(notice.email)
    return re.search(r"http://testserver(/mot-de-passe/\S+)", mail.outbox[-1].body)[1]


def test_answer_is_the_same_for_everybody(compte, at, client: Client):
    known = client.post(FORGOTTEN, {"email": compte.email}, follow=True)
    unknown = client.post(FORGOTTEN, {"email": "personne@ailleurs.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain == [("/connexion/", 302)]
    assert list(map(str, known.context["messages"])) == list(map(str, unknown.context["messages"]))
    assert list(Notice.objects.order_by("pk").values_list("email", flat=True)) == [compte.email]


@pytest.mark.parametrize(("seconds", "letters"), [(0, 1), (119, 1), (120, 2)])
def test_links_leave_one_at_a_time(compte, at, client: Client, seconds, letters):
    client.post(FORGOTTEN, {"email": compte.email})
    with clock.travel(at + timedelta(seconds=seconds)):
        client.post(FORGOTTEN, {"email": compte.email})

    assert Notice.objects.count() == letters


def test_closed_account_receives_nothing(compte, client: Client):
    Compte.objects.update(is_active=False)

    client.post(FORGOTTEN, {"email": compte.email})

    assert Notice.objects.count() == 0


def test_link_is_opened_as_often_as_a_scanner_likes(compte, at, client: Client):
    link = link_sent_to(compte, client)

    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in page.headers["Cache-Control"]
    compte.refresh_from_db()
    assert compte.check_password(PASSWORD)


def test_link_serves_once(compte, at, client: Client):
    link = link_sent_to(compte, client)

    assert client.post(link, {"new_password": NEW}).headers["Location"] == "/connexion/"

    compte.refresh_from_db()
    assert compte.check_password(NEW)
    over = client.get(link)
    assert (over.status_code, over.headers["Referrer-Policy"]) == (410, "strict-origin")
    assert client.post(link, {"new_password": "encore une autre phrase"}).status_code == 410


@pytest.mark.parametrize(("age", "status"), [(3 * 24 * 3600 - 60, 200), (3 * 24 * 3600 + 1, 410)])
def test_link_holds_three_days(compte, client: Client, age, status):
    made_at = tokens._num_seconds(tokens._now()) - age
    token = tokens._make_token_with_timestamp(compte, made_at, tokens.secret)
    link = f"/mot-de-passe/{urlsafe_base64_encode(force_bytes(compte.pk))}/{token}/"

    assert client.get(link).status_code == status


@pytest.mark.parametrize(
    "weak", ["court", "123456789012345", "motdepasse", "motdepassesegur", "Portail-Segur-2026", ""]
)
def test_weak_password_is_refused_at_its_field(compte, at, client: Client, weak):
    page = client.post(link_sent_to(compte, client), {"new_password": weak})

    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"new_password"}


@pytest.mark.parametrize("uid", ["MQ", "!!", "zz", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_link_that_was_never_sent(db, client: Client, uid):
    assert client.get(f"/mot-de-passe/{uid}/jeton/").status_code == 410


def test_new_password_lifts_the_throttle(compte, at, client: Client):
    for number in range(6):
        client.post("/connexion/", {"username": compte.email, "password": f"essai {number}"})
    assert client.post("/connexion/", {"username": compte.email, "password": PASSWORD}).status_code == 429

    client.post(link_sent_to(compte, client), {"new_password": NEW})

    assert client.post("/connexion/", {"username": compte.email, "password": NEW}).status_code == 302


def test_password_is_changed_and_other_sessions_close(compte, sign_in):
    here, elsewhere = sign_in(compte), sign_in(compte)
    typed = {"old_password": PASSWORD, "new_password": NEW}

    wrong = here.post("/mon-compte/mot-de-passe/", typed | {"old_password": "faux"})
    assert wrong.context["form"].errors == {"old_password": ["Mot de passe actuel incorrect."]}

    assert here.post("/mon-compte/mot-de-passe/", typed).headers["Location"] == "/mon-compte/"
    assert here.get("/mon-compte/").status_code == 200
    assert elsewhere.get("/mon-compte/").status_code == 302


def test_account_of_the_ans_chooses_its_password(db, at, client: Client, capsys):
    names = ["--first-name", "Inès", "--last-name", "Garnier"]
    call_command("open_compte_ans", "ines@agence.example", *names, "--role", "instructeur")
    assert capsys.readouterr().out == "ines@agence.example : instructeur\n"
    compte = Compte.objects.get(email="ines@agence.example")
    assert not compte.has_usable_password()

    effects.deliver_to(Notice.objects.get().email)
    link = re.search(r"http://testserver(/mot-de-passe/\S+)", mail.outbox[0].body)[1]
    client.post(link, {"new_password": NEW})

    assert client.post("/connexion/", {"username": compte.email, "password": NEW}).status_code == 302


def test_change_of_password_is_told(compte, sign_in):
    sign_in(compte).post("/mon-compte/mot-de-passe/", {"old_password": PASSWORD, "new_password": NEW})

    assert list(Notice.objects.values_list("kind", "email")) == [("comptes.password_changed", compte.email)]
    effects.deliver_to(compte.email)
    assert mail.outbox[-1].subject == "Votre mot de passe du Portail Ségur a changé"


def test_old_password_has_a_count_of_its_own(compte, sign_in, client: Client):
    here = sign_in(compte)
    typed = {"old_password": "faux", "new_password": NEW}

    assert [here.post("/mon-compte/mot-de-passe/", typed).status_code for _ in range(6)] == [422] * 5 + [429]
    assert here.post("/mon-compte/mot-de-passe/", typed | {"old_password": PASSWORD}).status_code == 429
    assert client.post("/connexion/", {"username": compte.email, "password": PASSWORD}).status_code == 302


COMPOSED, DECOMPOSED = "une élève très étonnée", "une e\u0301le\u0300ve tre\u0300s e\u0301tonne\u0301e"


@pytest.mark.parametrize(
    ("chosen", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED), (COMPOSED.replace(" ", "\u00a0"), COMPOSED)]
)
def test_password_is_the_same_from_every_keyboard(db, client: Client, chosen, typed):
    compte = CompteFactory(password=chosen)

    assert client.post("/connexion/", {"username": compte.email, "password": typed}).status_code == 302


@pytest.mark.parametrize("former", [DECOMPOSED, COMPOSED.replace(" ", "\u00a0"), DECOMPOSED.replace(" ", "\u00a0")])
@pytest.mark.parametrize("form", [str, lambda text: normalize("NFC", text), lambda text: normalize("NFD", text)])
def test_hash_of_a_former_form_is_made_anew(db, client: Client, former, form):
    compte = CompteFactory()
    Compte.objects.filter(pk=compte.pk).update(password=make_password(former))

    assert client.post("/connexion/", {"username": compte.email, "password": form(former)}).status_code == 302

    compte.refresh_from_db()
    assert check_password(COMPOSED, compte.password)
    assert client.post("/connexion/", {"username": compte.email, "password": DECOMPOSED}).status_code == 302


def test_one_place_asks_for_few_links(db, client: Client):
    asked = [client.post(FORGOTTEN, {"email": f"personne{n}@sirocco.example"}).status_code for n in range(11)]

    assert asked == [302] * 10 + [429]
