"""What every request goes through, seen from outside: its instant, its right to write, its sign-in."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from ipaddress import ip_network
from random import Random
from typing import Any

import pytest
from django.core import signing
from django.db import InternalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.http import urlencode
from pytest_django import Settings

from comptes import clock
from comptes.enums import Role
from comptes.models import Compte, Editeur, Invitation, JournalChain
from comptes.operations.horloge import start_clock
from comptes.operations.invitations import invite
from comptes.operations.passwords import choose_password
from comptes.views.resume import SALT
from segur_portal.middleware import arrival, arrival_of
from tests.factories import candidatures as make

PROXY, ELSEWHERE = "192.0.2.7", "198.51.100.9"
RECEIVED_AT = datetime(2026, 10, 1, 10, 0, 1, tzinfo=UTC)
STAMPED_AT = datetime(2026, 10, 1, 9, 59, 59, 900_000, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PASSWORD = "quatre mots sans rapport"
HOME = "/accueil/"

SignIn = Callable[[Compte | None], Client]


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


def stamp(at: datetime) -> str:
    return f"t={at.timestamp():.6f}"


def title_of(response: HttpResponse) -> str:
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    return unescape(heading[1]).strip() if heading else ""


def messages_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]  # type: ignore[attr-defined]


# -- the instant of arrival -----------------------------------------------------------------------------------------


@pytest.fixture
def behind_a_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("192.0.2.0/28"), ip_network("2001:db8::/64")]


def arriving(header: str, *, address: str = PROXY) -> datetime:
    request = RequestFactory().get("/", headers={"X-Request-Start": header}, REMOTE_ADDR=address)
    return arrival_of(request, received_at=RECEIVED_AT)


@pytest.mark.parametrize(
    "header",
    [
        "t=1790848799.900",
        "1790848799.9",
        "t=1790848799.900000",
        "t=1790848799.900000123",
        "t=1790848799900",
        "1790848799900",
        "t=1790848799900000",
        "1790848799900000",
        " t=1790848799.900 ",
    ],
)
def test_arrival_stamped_by_the_proxy_in_any_unit(behind_a_proxy: None, header: str) -> None:
    assert arriving(header) == STAMPED_AT


@pytest.mark.parametrize("header", ["t=1790848799", "1790848799", "t=1790848799.", "t=1790848799000"])
def test_arrival_stamped_to_the_second(behind_a_proxy: None, header: str) -> None:
    assert arriving(header) == STAMPED_AT.replace(microsecond=0)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=",
        "hier",
        "t=179084879",
        "-1790848799.900",
        "t=1790848799,900",
        "t=1790848799.9 s",
        "t=1790848799.9.9",
        "t=1790848799.900, t=1790848799.900",
        "t=0x6ABC",
        "1e9",
        "2026-10-01T09:59:59Z",
    ],
)
def test_arrival_stamped_with_garbage_is_the_reception(behind_a_proxy: None, header: str) -> None:
    assert arriving(header) == RECEIVED_AT


@pytest.mark.parametrize(
    ("waited", "counted"),
    [
        (timedelta(hours=2) - MICROSECOND, timedelta(hours=2) - MICROSECOND),
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(hours=2, seconds=1), timedelta(hours=2)),
        (timedelta(days=365), timedelta(hours=2)),
        (MICROSECOND, MICROSECOND),
        (timedelta(), timedelta()),
        (-MICROSECOND, timedelta()),
        (-timedelta(days=365), timedelta()),
    ],
)
def test_arrival_is_at_most_two_minutes_ago_and_never_in_the_future(
    behind_a_proxy: None, waited: timedelta, counted: timedelta
) -> None:
    assert arriving(stamp(RECEIVED_AT - waited)) == RECEIVED_AT - counted


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        (PROXY, True),
        ("192.0.2.15", True),
        ("192.0.2.16", False),
        ("2001:db8::1", True),
        ("2001:db8:1::1", False),
        (ELSEWHERE, False),
        ("127.0.0.1", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_arrival_is_believed_from_trusted_addresses(behind_a_proxy: None, address: str, trusted: bool) -> None:
    assert arriving(stamp(STAMPED_AT), address=address) == (STAMPED_AT if trusted else RECEIVED_AT)


def test_arrival_without_the_header_is_the_reception(behind_a_proxy: None, rf: RequestFactory) -> None:
    assert arrival_of(rf.get("/", REMOTE_ADDR=PROXY), received_at=RECEIVED_AT) == RECEIVED_AT


@pytest.mark.parametrize(("address", "arrived_at"), [(PROXY, STAMPED_AT), (ELSEWHERE, RECEIVED_AT)])
def test_arrival_reaches_the_view(behind_a_proxy: None, db: None, address: str, arrived_at: datetime) -> None:
    with clock.travel(RECEIVED_AT):
        headers = {"X-Request-Start": stamp(STAMPED_AT), "X-Forwarded-For": PROXY}
        page = Client().get(reverse("help"), headers=headers, REMOTE_ADDR=address)

    assert page.wsgi_request.at == arrived_at  # type: ignore[attr-defined]


def test_arrival_in_the_demonstration_is_moved_like_its_clock(
    behind_a_proxy: None, db: None, settings: Settings, rf: RequestFactory
) -> None:
    settings.DEMO = True
    start_clock(at=RECEIVED_AT + timedelta(days=30), machine=RECEIVED_AT)
    request = rf.get("/", headers={"X-Request-Start": stamp(STAMPED_AT)}, REMOTE_ADDR=PROXY)
    with clock.travel(RECEIVED_AT):
        arrival(lambda _: HttpResponse())(request)

    assert request.at == STAMPED_AT + timedelta(days=30)  # type: ignore[attr-defined]


# -- safe methods write nothing -------------------------------------------------------------------------------------


@pytest.fixture
def careless(settings: Settings) -> str:
    """The address of a page that writes whatever the method."""
    settings.ROOT_URLCONF = "tests.segur_portal.urls"
    return "/essai/ecrire/"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_safe_request_that_writes_is_refused_by_the_database(careless: str, db: None, method: str) -> None:
    with pytest.raises(InternalError, match="read-only transaction"):
        getattr(Client(), method)(careless)

    assert not JournalChain.objects.exists()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_unsafe_request_writes(careless: str, db: None, method: str) -> None:
    assert getattr(Client(), method)(careless).status_code == 200
    assert JournalChain.objects.get().name == "essai"


def test_safe_request_leaves_its_connection_able_to_write(careless: str, transactional_db: None) -> None:
    Client().get(reverse("help"))

    assert Client().post(careless).status_code == 200


@pytest.mark.parametrize(("page", "status"), [("comptes:account", 302), ("help", 200)])
def test_session_closed_by_a_new_password_is_emptied_by_a_safe_request(
    mandataire: Compte, sign_in: SignIn, page: str, status: int
) -> None:
    client = sign_in(mandataire)
    choose_password(compte_id=mandataire.pk, password="une tout autre phrase", at=clock.now())

    assert client.get(reverse(page)).status_code == status
    assert "_auth_user_id" not in client.session


# -- forms without their token --------------------------------------------------------------------------------------


@pytest.fixture
def mandataire(db: None) -> Compte:
    """A mandataire who signs in by password."""
    compte = make.a_person(make.an_editeur(), Role.MANDATAIRE, first_name="Nadia", last_name="Benali")
    compte.set_password(PASSWORD)
    compte.save()
    return compte


@pytest.fixture
def editeur(mandataire: Compte) -> Editeur:
    return mandataire.rattachements.get().editeur


@pytest.fixture
def page_to_invite(editeur: Editeur) -> str:
    return reverse("comptes:invite", args=[editeur.pk])


TYPED = {"email": "sami.leroy@sirocco.example", "role": Role.SALARIE.value}


def strict(compte: Compte) -> Client:
    """A browser in which this person is signed in, and whose posts are checked."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(compte, backend="comptes.requests.PortalBackend")
    return client


def token_of(client: Client, page: str) -> str:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(page).content.decode())
    assert token is not None
    return token[1]


def test_post_without_its_token_is_refused_in_french(mandataire: Compte, page_to_invite: str) -> None:
    refusal = strict(mandataire).post(page_to_invite, TYPED)

    assert (refusal.status_code, title_of(refusal)) == (403, "Votre formulaire n’a pas été enregistré")
    assert not Invitation.objects.exists()


def test_post_from_another_site_is_refused_even_with_a_token(mandataire: Compte, page_to_invite: str) -> None:
    client = strict(mandataire)
    typed = TYPED | {"csrfmiddlewaretoken": token_of(client, page_to_invite)}
    refusal = client.post(page_to_invite, typed, headers={"Origin": "https://ailleurs.example"})

    assert refusal.status_code == 403
    assert not Invitation.objects.exists()


def test_post_with_its_token_passes(mandataire: Compte, page_to_invite: str) -> None:
    client = strict(mandataire)
    client.post(page_to_invite, TYPED | {"csrfmiddlewaretoken": token_of(client, page_to_invite)})

    assert Invitation.objects.get().email == TYPED["email"]


# -- the sign-in ----------------------------------------------------------------------------------------------------


def test_page_asked_without_a_session_waits_behind_the_sign_in(page_to_invite: str) -> None:
    answer = Client().get(page_to_invite)

    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('comptes:sign_in')}?next={page_to_invite}")


@pytest.mark.parametrize(
    ("asked", "arrival_page"),
    [
        ("/mon-compte/", "/mon-compte/"),
        ("/editeurs/?q=a", "/editeurs/?q=a"),
        ("http://testserver/mon-compte/", "http://testserver/mon-compte/"),
        ("https://ailleurs.example/", HOME),
        ("//ailleurs.example/", HOME),
        ("/\\ailleurs.example/", HOME),
        ("///ailleurs.example/", HOME),
        ("http:///ailleurs.example/", HOME),
        ("javascript:alert(1)", HOME),
        ("", HOME),
    ],
)
@pytest.mark.parametrize("already_signed_in", [True, False])
def test_sign_in_leads_to_pages_of_the_portal_only(
    mandataire: Compte, sign_in: SignIn, asked: str, arrival_page: str, already_signed_in: bool
) -> None:
    address = f"{reverse('comptes:sign_in')}?{urlencode({'next': asked})}"
    if already_signed_in:
        answer = sign_in(mandataire).get(address)
    else:
        form = {"username": mandataire.email, "password": PASSWORD, "next": asked}
        answer = Client().post(reverse("comptes:sign_in"), form)

    assert answer["Location"] == arrival_page


@pytest.fixture
def returning(mandataire: Compte, sign_in: SignIn) -> Client:
    """The mandataire's browser, whose session has just ended: its cookie opens nothing any more."""
    client = sign_in(mandataire)
    client.session.delete()
    return client


def post_from(
    client: Client, page: str, typed: dict[str, Any], *, to: str = "", site: str = "http://testserver"
) -> Any:
    return client.post(to or page, typed, headers={"Referer": f"{site}{page}"})


def enter(client: Client, compte: Compte, carried: str, *, password: str = PASSWORD, **how: Any) -> Any:
    form = {"username": compte.email, "password": password, "carried": carried}
    return client.post(reverse("comptes:sign_in"), form, **how)


def opened(sealed: str) -> Any:
    return signing.loads(sealed, salt=SALT)


def test_form_posted_after_its_session_asks_to_sign_in_and_carries_what_was_typed(
    returning: Client, page_to_invite: str
) -> None:
    page = post_from(returning, page_to_invite, TYPED)

    assert (page.status_code, title_of(page)) == (401, "Se connecter")
    assert f'name="carried" value="{page.context["carried"]}"' in page.content.decode()
    assert opened(page.context["carried"]) == {
        "page": page_to_invite,
        "typed": {"email": [TYPED["email"]], "role": [TYPED["role"]]},
    }


def test_form_is_still_carried_after_a_wrong_password(
    returning: Client, mandataire: Compte, page_to_invite: str
) -> None:
    carried = post_from(returning, page_to_invite, TYPED).context["carried"]
    wrong = enter(returning, mandataire, carried, password="une autre phrase")

    assert (wrong.status_code, wrong.context["carried"]) == (422, carried)
    assert list(wrong.context["form"].non_field_errors()) == ["Adresse e-mail ou mot de passe incorrect."]


def test_form_comes_back_after_the_sign_in_and_nothing_was_done(
    returning: Client, mandataire: Compte, page_to_invite: str
) -> None:
    carried = post_from(returning, page_to_invite, TYPED).context["carried"]
    back = enter(returning, mandataire, carried, follow=True)

    assert back.redirect_chain == [(page_to_invite, 302)]
    assert {name: back.context["form"][name].value() for name in TYPED} == TYPED
    assert "Votre saisie a été retrouvée" in unescape(back.content.decode())
    assert not Invitation.objects.exists()


def test_form_come_back_is_shown_once_then_posted(returning: Client, mandataire: Compte, page_to_invite: str) -> None:
    carried = post_from(returning, page_to_invite, TYPED).context["carried"]
    enter(returning, mandataire, carried, follow=True)
    returning.post(page_to_invite, TYPED)

    assert Invitation.objects.get().email == TYPED["email"]
    assert returning.get(page_to_invite).context["form"]["email"].value() is None


def test_form_of_a_page_waits_for_that_page_only(returning: Client, mandataire: Compte, page_to_invite: str) -> None:
    carried = post_from(returning, page_to_invite, TYPED).context["carried"]
    enter(returning, mandataire, carried)

    assert returning.get(reverse("comptes:account")).context["carried"] is None
    assert returning.get(page_to_invite).context["form"]["email"].value() == TYPED["email"]


def test_passwords_are_never_carried(returning: Client, mandataire: Compte) -> None:
    page = reverse("comptes:password_change")
    typed = {"old_password": PASSWORD, "new_password": "une tout autre phrase", "csrfmiddlewaretoken": "x" * 64}
    carried = post_from(returning, page, typed).context["carried"]
    enter(returning, mandataire, carried)

    assert opened(carried) == {"page": page, "typed": {}}
    mandataire.refresh_from_db()
    assert mandataire.check_password(PASSWORD)


def test_button_pressed_after_its_session_is_to_be_pressed_again(
    returning: Client, mandataire: Compte, editeur: Editeur
) -> None:
    invitation = invite(
        editeur_id=editeur.pk, email=TYPED["email"], role=Role.SALARIE, may_engage=False, by=mandataire, at=make.SUMMER
    )
    team, cancel = (
        reverse("comptes:team", args=[editeur.pk]),
        reverse("comptes:invitation_cancel", args=[invitation.pk]),
    )
    carried = post_from(returning, team, {"csrfmiddlewaretoken": "x" * 64}, to=cancel).context["carried"]
    back = enter(returning, mandataire, carried, follow=True)

    assert back.redirect_chain == [(team, 302)]
    assert messages_of(back) == [
        "Votre session avait expiré. Votre demande n’a pas été enregistrée\u00a0: recommencez."
    ]
    invitation.refresh_from_db()
    assert invitation.cancelled_at is None


def test_carried_value_changed_on_the_way_is_ignored(
    returning: Client, mandataire: Compte, page_to_invite: str
) -> None:
    carried = post_from(returning, page_to_invite, TYPED).context["carried"]
    forged = carried[:5] + ("A" if carried[5] != "A" else "B") + carried[6:]

    assert enter(returning, mandataire, forged)["Location"] == HOME
    assert returning.get(page_to_invite).context["form"]["email"].value() is None


@pytest.mark.parametrize(("age", "held"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_carried_value_holds_for_a_day(
    returning: Client, mandataire: Compte, page_to_invite: str, age: timedelta, held: bool
) -> None:
    class Earlier(signing.TimestampSigner):
        def timestamp(self) -> str:
            sealed_at = signing.b62_decode(super().timestamp()) - int(age.total_seconds())
            return signing.b62_encode(sealed_at)

    content = {"page": page_to_invite, "typed": {"email": [TYPED["email"]]}}
    arrived = enter(returning, mandataire, Earlier(salt=SALT).sign_object(content))

    assert arrived["Location"] == (page_to_invite if held else HOME)


def test_form_too_long_to_be_carried_says_so(returning: Client, mandataire: Compte, page_to_invite: str) -> None:
    page = post_from(returning, page_to_invite, TYPED | {"email": Random(1).randbytes(450_000).hex()})

    assert (page.status_code, page.context["too_long"], page.context["carried"]) == (401, True, "")
    assert "trop longue pour être conservée" in unescape(page.content.decode())


@pytest.mark.parametrize(
    "site", ["https://ailleurs.example", "http://testserver.ailleurs.example", "http://testserver/"]
)
def test_form_is_carried_back_to_the_portal_whatever_the_referrer(
    returning: Client, mandataire: Compte, page_to_invite: str, site: str
) -> None:
    answer = returning.post(page_to_invite, TYPED, headers={"Referer": f"{site}/ailleurs.example/"})

    assert enter(returning, mandataire, answer.context["carried"])["Location"] == page_to_invite


def test_form_carried_by_one_person_shows_nothing_to_another(
    returning: Client, mandataire: Compte, page_to_invite: str
) -> None:
    stranger = make.a_person(make.an_editeur(), Role.MANDATAIRE)
    stranger.set_password(PASSWORD)
    stranger.save()
    carried = post_from(returning, page_to_invite, TYPED).context["carried"]

    assert enter(returning, stranger, carried, follow=True).status_code == 404


@pytest.mark.parametrize("path", ["/candidatures/%00/preuves/", "/solutions/%00"])
def test_address_that_holds_a_nul_leads_nowhere(db: None, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
