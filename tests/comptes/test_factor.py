"""The second step of a sign-in: the password, or the mailbox, is not enough without the phone."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from comptes import clock, effects
from comptes.enums import RoleANS
from comptes.models import CodeDeSecours, Compte, JournalEntry, Notice
from comptes.operations.facteurs import FacteurNotPossible, enrol_factor, reset_factor, verify_factor
from comptes.operations.passwords import choose_password
from comptes.rules.facteurs import normalised_code, printed, typed_secret
from tests.conftest import BY_PASSWORD
from tests.factories.comptes import PASSWORD, CompteFactory, RattachementFactory

SIGN_IN, FACTOR, ENROL = "/connexion/", "/connexion/seconde-etape/", "/mon-compte/seconde-etape/"
KEY = "00112233445566778899aabbccddeeff00112233"
AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def code(steps: int = 0, key: str = KEY) -> str:
    """The code that the application shows now, or so many half-minutes later."""
    totp = TOTP(bytes.fromhex(key))
    totp.time = clock.machine_now().timestamp() + 30 * steps
    return f"{totp.token():06d}"


@pytest.fixture
def agent(db: None) -> Compte:
    made: Compte = CompteFactory(roles_ans=[RoleANS.INSTRUCTEUR], password=PASSWORD)
    return made


@pytest.fixture(autouse=True)
def half_a_minute() -> Iterator[None]:
    """Stop the clock of the codes in this thread, so that no half-minute ends during a test."""
    with clock.travel(AT):
        yield


@pytest.fixture
def mandatory(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def enrolled(compte: Compte) -> tuple[str, ...]:
    """Tie an application to the account half a minute ago, so that the present code is unused."""
    codes = enrol_factor(compte_id=compte.pk, key=KEY, typed=code(-1), machine=clock.machine_now(), at=AT)
    Notice.objects.all().delete()
    return codes


def signed_in(compte: Compte) -> Client:
    client = Client()
    assert client.post(SIGN_IN, {"username": compte.email, "password": PASSWORD}).status_code == 302
    return client


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


# -- enrolling ------------------------------------------------------------------------------------------------------


def test_agent_without_factor_does_nothing_before_enrolling(agent: Compte, mandatory: None) -> None:
    client = signed_in(agent)

    for page in ("/", "/instruction/", "/mon-compte/", "/mon-compte/mot-de-passe/", "/solutions/"):
        assert client.get(page).headers["Location"].startswith(f"{ENROL}?next=")
    assert client.post("/mon-compte/", {"first_name": "X", "last_name": "Y"}).headers["Location"].startswith(ENROL)
    agent.refresh_from_db()
    assert agent.first_name != "X"
    assert client.post("/deconnexion/").status_code == 302


def test_agent_enrols_from_the_page(agent: Compte, mandatory: None) -> None:
    client = signed_in(agent)
    page = client.get(f"{ENROL}?next=/instruction/")
    assert "<svg" in text_of(page)
    letters = page.context["typed_secret"]
    typed = {"secret": page.context["sealed"], "next": "/instruction/"}
    key = key_in(letters)

    wrong = client.post(ENROL, typed | {"code": code(key="ff" * 20)})
    assert "Code incorrect." in text_of(wrong)
    assert wrong.context["typed_secret"] == letters  # the application that was just set stays right
    assert TOTPDevice.objects.count() == 0

    shown = client.post(ENROL, typed | {"code": code(key=key)})
    codes = re.findall(r"<code>([A-Z]{4}-[A-Z]{4}-[A-Z]{4})</code>", text_of(shown))
    assert len(set(codes)) == 10
    assert "no-store" in shown.headers["Cache-Control"]
    assert client.get("/instruction/").status_code == 200
    assert codes[0] not in text_of(client.get(ENROL))
    stored = str(list(CodeDeSecours.objects.values()))
    assert not any(code in stored or normalised_code(code) in stored for code in codes)
    assert list(Notice.objects.values_list("kind", "email")) == [("comptes.factor_changed", agent.email)]
    effects.deliver_to(agent.email)
    assert "La seconde étape de connexion est activée" in mail.outbox[-1].body


def key_in(letters: str) -> str:
    from base64 import b32decode

    return b32decode(letters.replace(" ", "")).hex()


def test_secret_sealed_for_somebody_else_is_not_taken(agent: Compte, db: None) -> None:
    other = CompteFactory(password=PASSWORD)
    page = signed_in(other).get(ENROL)
    client = signed_in(agent)

    client.post(ENROL, {"secret": page.context["sealed"], "code": code(key=key_in(page.context["typed_secret"]))})

    assert TOTPDevice.objects.count() == 0


def test_editeur_may_enrol_and_then_is_asked(db: None) -> None:
    person = RattachementFactory(mandataire=True, compte__password=PASSWORD).compte
    client, thief = signed_in(person), signed_in(person)
    assert client.get("/mon-compte/").status_code == 200
    page = client.get(ENROL)
    client.post(ENROL, {"secret": page.context["sealed"], "code": code(key=key_in(page.context["typed_secret"]))})

    assert client.get("/mon-compte/").status_code == 200
    assert thief.get("/mon-compte/").headers["Location"].startswith(SIGN_IN)  # what was opened without it is ended
    assert signed_in(person).get("/mon-compte/").headers["Location"] == f"{FACTOR}?next=/mon-compte/"


def test_present_factor_is_proved_before_another_is_tied(agent: Compte) -> None:
    enrolled(agent)
    client = signed_in(agent)

    assert client.get(ENROL).headers["Location"] == FACTOR
    assert client.post(ENROL, {"secret": "", "code": code()}).headers["Location"] == FACTOR


# -- signing in with it ---------------------------------------------------------------------------------------------


def test_second_step_is_asked_once_a_session(agent: Compte, mandatory: None) -> None:
    enrolled(agent)
    client = signed_in(agent)
    assert client.get("/instruction/").headers["Location"] == f"{FACTOR}?next=/instruction/"

    assert client.post(f"{FACTOR}?next=/instruction/", {"code": code()}).headers["Location"] == "/instruction/"
    assert client.get("/instruction/").status_code == 200
    assert client.get(FACTOR).status_code == 302
    assert signed_in(agent).get("/instruction/").status_code == 302  # another session, asked again


@pytest.mark.parametrize("asked", ["-1", "accueil", "a:b", "\x00", "a\r\nb", "{{ 7 }}", "https://ailleurs.example/"])
def test_code_leads_home_when_next_is_no_address_of_ours(agent: Compte, client: Client, asked: str) -> None:
    client.force_login(agent, backend=BY_PASSWORD)

    home = client.get(FACTOR).headers["Location"]

    assert client.get(FACTOR, {"next": asked}).headers["Location"] == home


def test_code_serves_once(agent: Compte) -> None:
    enrolled(agent)
    typed = {"code": code()}

    assert signed_in(agent).post(FACTOR, typed).status_code == 302
    stolen = signed_in(agent).post(FACTOR, typed)

    assert stolen.status_code == 422
    assert "déjà utilisé" in text_of(stolen)


def test_code_of_the_enrolment_does_not_serve_again(agent: Compte) -> None:
    enrol_factor(compte_id=agent.pk, key=KEY, typed=code(), machine=clock.machine_now(), at=AT)

    assert not verify_factor(compte_id=agent.pk, typed=code(), machine=clock.machine_now(), at=AT)


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_of_the_phone_may_be_wrong_by_half_a_minute(agent: Compte, steps: int, accepted: bool) -> None:
    TOTPDevice.objects.create(user=agent, name="application", key=KEY)

    assert verify_factor(compte_id=agent.pk, typed=code(steps), machine=clock.machine_now(), at=AT) is accepted
    assert TOTPDevice.objects.get().drift == 0  # and never drifts further


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_twice_at_once_serves_once() -> None:
    agent = CompteFactory()
    TOTPDevice.objects.create(user=agent, name="application", key=KEY)
    typed = code()

    def verified(_: int) -> bool:
        try:
            return verify_factor(compte_id=agent.pk, typed=typed, machine=AT, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(verified, range(6))) == [False] * 5 + [True]


def test_wrong_codes_make_wait_and_do_not_touch_the_password(agent: Compte) -> None:
    enrolled(agent)
    client = signed_in(agent)

    assert [client.post(FACTOR, {"code": "000000"}).status_code for _ in range(6)] == [422] * 5 + [429]
    assert client.post(FACTOR, {"code": code()}).status_code == 429
    signed_in(agent)


@pytest.mark.parametrize("typed", ["", "abc", "12345", "0" * 41, "\uff19" * 6, "DROP TABLE", "\u0661\u0662\u0663456"])
def test_nonsense_opens_nothing(agent: Compte, typed: str) -> None:
    enrolled(agent)
    client = signed_in(agent)

    assert client.post(FACTOR, {"code": typed}).status_code == 422
    assert client.get("/mon-compte/").status_code == 302


def test_new_password_does_not_get_round_it(agent: Compte) -> None:
    """Whoever reads the mailbox can choose a password, and still lacks the phone."""
    enrolled(agent)
    choose_password(compte_id=agent.pk, password=PASSWORD, at=AT)

    assert signed_in(agent).get("/mon-compte/").headers["Location"].startswith(FACTOR)


# -- the day without a phone ----------------------------------------------------------------------------------------


def test_recovery_code_serves_once_and_is_told(agent: Compte) -> None:
    codes = enrolled(agent)

    assert signed_in(agent).post(FACTOR, {"code": f" {codes[3].lower()} "}).status_code == 302
    assert signed_in(agent).post(FACTOR, {"code": codes[3]}).status_code == 422
    assert CodeDeSecours.objects.filter(used_at=None).count() == 9
    effects.deliver_to(agent.email)
    assert "Un de vos codes de secours vient d’être utilisé." in mail.outbox[-1].body


def test_recovery_code_of_somebody_else_opens_nothing(agent: Compte) -> None:
    other = CompteFactory(password=PASSWORD)
    enrolled(agent)
    codes = enrolled(other)

    assert signed_in(agent).post(FACTOR, {"code": codes[0]}).status_code == 422


def test_new_codes_void_the_former(agent: Compte) -> None:
    former = enrolled(agent)
    client = signed_in(agent)
    client.post(FACTOR, {"code": code()})

    shown = client.post("/mon-compte/seconde-etape/codes/")

    fresh = shown.context["codes"]
    assert set(fresh).isdisjoint(former)
    assert not verify_factor(compte_id=agent.pk, typed=former[0], machine=clock.machine_now(), at=AT)
    assert verify_factor(compte_id=agent.pk, typed=fresh[0], machine=clock.machine_now(), at=AT)


def test_codes_without_application_are_refused(agent: Compte) -> None:
    assert signed_in(agent).post("/mon-compte/seconde-etape/codes/").status_code == 409
    assert CodeDeSecours.objects.count() == 0


def test_agent_does_not_remove_what_is_mandatory(agent: Compte, mandatory: None) -> None:
    enrolled(agent)
    client = signed_in(agent)
    client.post(FACTOR, {"code": code()})

    assert client.post("/mon-compte/seconde-etape/retirer/").status_code == 409
    assert TOTPDevice.objects.count() == 1


def test_editeur_removes_theirs(db: None) -> None:
    person = CompteFactory(password=PASSWORD)
    enrolled(person)
    client = signed_in(person)
    client.post(FACTOR, {"code": code()})

    assert client.post("/mon-compte/seconde-etape/retirer/").headers["Location"] == "/mon-compte/"
    assert (TOTPDevice.objects.count(), CodeDeSecours.objects.count()) == (0, 0)
    assert signed_in(person).get("/mon-compte/").status_code == 200


def test_administrateur_resets_somebody_else_s(agent: Compte) -> None:
    enrolled(agent)
    administrateur = CompteFactory(administrateur=True)

    reset_factor(compte_id=agent.pk, by=administrateur, at=AT)

    assert TOTPDevice.objects.count() == 0
    entry = JournalEntry.objects.get(act="compte.factor_reset")
    assert (entry.by, entry.params) == (administrateur, {"compte": agent.pk})
    effects.deliver_to(agent.email)
    assert "Un administrateur de l’ANS a réinitialisé" in mail.outbox[-1].body


@pytest.mark.parametrize("who", ["self", "instructeur", "editeur"])
def test_nobody_else_resets_it(agent: Compte, who: str) -> None:
    enrolled(agent)
    by: Callable[[], Compte] = {
        "self": lambda: _made_administrateur(agent),
        "instructeur": lambda: CompteFactory(instructeur=True),
        "editeur": lambda: RattachementFactory(mandataire=True).compte,
    }[who]

    with pytest.raises(FacteurNotPossible):
        reset_factor(compte_id=agent.pk, by=by(), at=AT)
    assert TOTPDevice.objects.count() == 1


def _made_administrateur(agent: Compte) -> Compte:
    agent.roles_ans = [RoleANS.ADMINISTRATEUR]
    agent.save()
    return agent


# -- before an act --------------------------------------------------------------------------------------------------


def test_grave_act_asks_for_the_code_and_not_the_password(db: None, settings: Any) -> None:
    settings.PROOF_IS_FRESH_FOR = 600
    person = RattachementFactory(mandataire=True, compte__password=PASSWORD)
    colleague = RattachementFactory(editeur=person.editeur)
    codes = enrolled(person.compte)
    client = signed_in(person.compte)
    client.post(FACTOR, {"code": codes[0]})
    settings.PROOF_IS_FRESH_FOR = 0
    address, typed = reverse("comptes:seat", args=[colleague.pk]), {"role": "representant", "identite": "oui"}

    assert "Code de l’application" in text_of(client.post(address, {"role": "representant"}))
    assert client.post(address, typed | {"identite-password": PASSWORD}).status_code == 401
    assert client.post(address, typed | {"identite-code": "000000"}).status_code == 401
    colleague.refresh_from_db()
    assert colleague.role == "salarie"
    assert client.post(address, typed | {"identite-code": code()}).status_code == 302
    colleague.refresh_from_db()
    assert colleague.role == "representant"


def test_codes_are_read_however_they_are_typed() -> None:
    assert normalised_code(" abcd-efgh jkmn ") == "ABCDEFGHJKMN"
    assert normalised_code("123 456") == "123456"
    assert printed("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
    assert typed_secret("00" * 20) == "AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA"
