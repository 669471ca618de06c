"""Each act of the list asks again who is there; see segur_portal/test_grave_acts.py for the page that asks."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from comptes import clock
from comptes.models import Compte, JournalEntry
from comptes.operations.facteurs import enrol_factor
from comptes.operations.passwords import choose_password
from comptes.views import confirm, factor
from segur_portal.acts import GRAVE_ACTS, grave_act
from tests.conftest import BY_PASSWORD
from tests.factories.comptes import PASSWORD
from tests.proofs import KEY, code_now, prove_strongly
from tests.urls_cast import Cast, cast_of_a_module

cast = cast_of_a_module()

pytestmark = pytest.mark.django_db

# What asks again, the gesture of the form or of the address, and who may do it. A line that leaves the list fails.
ASKS = {
    ("preuves:rem_publish", ""): "admi",
    ("preuves:rem_withdraw", ""): "admi",
    ("preuves:equivalences_publish", ""): "admi",
    ("preuves:equivalences_withdraw", ""): "admi",
    ("referencement:foreclose", ""): "resp",
    ("referencement:derogation_decide", "accorder"): "resp",
    ("referencement:derogation_decide", "refuser"): "resp",
    ("referencement:seance_close", ""): "secr",
    ("referencement:referencement_act", "prononcer"): "resp",
    ("referencement:convention_act", "signer"): "mand",
    ("referencement:withdraw", ""): "mand",
    ("referencement:renounce", ""): "mand",
    ("comptes:openid_start", "link"): "mand",
    ("comptes:seat", ""): "mand",
    ("comptes:see_as", ""): "admi",
    ("candidatures:transfert_decide", ""): "admi",
    ("comptes:agent_new", ""): "admi",
    ("comptes:agent", ""): "admi",
    ("comptes:agent_act", "suspendre"): "admi",
    ("comptes:agent_act", "fermer"): "admi",
    ("comptes:agent_act", "reinitialiser"): "admi",
    ("comptes:factor_enrol", ""): "sala",
    ("comptes:factor_renew", ""): "sala",
    ("comptes:factor_remove", ""): "sala",
}
ASKS_NOTHING = {
    ("referencement:convention_act", "preparer"),
    ("referencement:referencement_act", "proposer"),
    ("comptes:account", ""),
}


def posted(cast: Cast, address: str, gesture: str, role: str, more: Mapping[str, str] = MappingProxyType({})) -> Any:
    """Post the act as who may do it, and undo whatever was done; the browser forgets it too."""
    typed = {**cast.ours.typed.get(address, {}), **more}
    known = cast.ours.keys | cast.ours.special.get(address, {}) | ({"geste": gesture} if gesture else {})
    parameters = parameters_of(address)
    url = reverse(address, kwargs={parameter: known[parameter] for parameter in parameters})
    if gesture and "geste" not in parameters:
        typed["geste"] = gesture
    browser = cast.browsers[role]
    cookies = browser.cookies.copy()
    with transaction.atomic():
        before = JournalEntry.objects.count()
        answer = browser.post(url, typed)
        answer.written = JournalEntry.objects.count() - before
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer


def parameters_of(address: str) -> list[str]:
    namespace, name = address.split(":")
    for included in get_resolver().url_patterns:
        if getattr(included, "namespace", None) == namespace:
            for pattern in included.url_patterns:  # type: ignore[union-attr]  # an included list
                if pattern.name == name:
                    return list(pattern.pattern.converters)
    raise AssertionError(f"{address} leads nowhere.")


def test_every_act_of_the_list_is_an_address() -> None:
    assert {act.address for act in GRAVE_ACTS} == {address for address, _ in ASKS}
    for act in GRAVE_ACTS:
        parameters_of(act.address)


@pytest.mark.parametrize(("address", "gesture"), ASKS)
def test_act_asks_again_when_the_proof_is_old(cast: Cast, settings: Any, address: str, gesture: str) -> None:
    settings.PROOF_IS_FRESH_FOR = 0
    answer = posted(cast, address, gesture, ASKS[address, gesture])

    assert (answer.status_code, answer.written) == (401, 0)
    act = grave_act(address, gesture)
    assert act is not None
    assert act.sentence in answer.content.decode()
    assert "Confirmer votre identité" in answer.content.decode()


@pytest.mark.parametrize(("address", "gesture"), ASKS)
def test_act_asks_nothing_more_when_the_proof_is_fresh(cast: Cast, settings: Any, address: str, gesture: str) -> None:
    with transaction.atomic():
        if (address, gesture) in STRONGER:
            prove_strongly(cast.browsers[ASKS[address, gesture]])
        answer = posted(cast, address, gesture, ASKS[address, gesture])
        transaction.set_rollback(True)

    assert answer.status_code in (200, 302, 409, 422)


@pytest.mark.parametrize(("address", "gesture"), sorted(ASKS_NOTHING))
def test_other_acts_never_ask(cast: Cast, settings: Any, address: str, gesture: str) -> None:
    settings.PROOF_IS_FRESH_FOR = 0
    role = "inst" if address == "referencement:referencement_act" else "resp"

    assert posted(cast, address, gesture, role).status_code in (200, 302, 409, 422)


# -- what a mailbox is not enough for ---------------------------------------------------------------------------------

STRONGER = sorted((act.address, gesture) for act in GRAVE_ACTS if act.stronger for gesture in act.gestures)


@pytest.fixture
def who_signs(cast: Cast) -> Iterator[Compte]:
    """The mandataire, whose former proofs are forgotten, and whose factor is after the test as before."""
    with transaction.atomic():
        session = cast.browsers["mand"].session
        for key in (confirm.AT_THE_PROVIDER, factor.PROVED):
            session.pop(key, None)
        session.save()
        yield cast.ours.people["mand"]
        transaction.set_rollback(True)


def enrolled(compte: Compte) -> None:
    """Tie an application as the page does."""
    at = clock.now()
    enrol_factor(compte_id=compte.pk, key=KEY, typed=code_now(), machine=at, at=at)


@pytest.mark.parametrize(("address", "gesture"), STRONGER)
def test_password_signs_nothing(cast: Cast, who_signs: Compte, address: str, gesture: str) -> None:
    typed = {"identite": "oui", "identite-password": PASSWORD}
    for more in ({}, typed):
        answer = posted(cast, address, gesture, "mand", more)
        assert (answer.status_code, answer.written) == (401, 0)
        assert "Votre mot de passe ne suffit pas" in answer.content.decode()
        assert reverse("comptes:factor_enrol") in answer.content.decode()


@pytest.mark.parametrize(("address", "gesture"), STRONGER)
def test_factor_signs(cast: Cast, who_signs: Compte, address: str, gesture: str) -> None:
    enrolled(who_signs)
    asked = posted(cast, address, gesture, "mand")
    assert asked.status_code == 401
    assert "Code de l’application" in asked.content.decode()

    with clock.travel(clock.now() + timedelta(minutes=2)):
        typed = {"identite": "oui", "identite-code": code_now()}
        assert posted(cast, address, gesture, "mand", typed).status_code in (200, 302, 409, 422)


@pytest.mark.parametrize("hours", [0, 23, 24, 25])
def test_factor_tied_just_after_a_mailed_link_signs_a_day_later(cast: Cast, who_signs: Compte, hours: int) -> None:
    at = clock.now()
    choose_password(compte_id=who_signs.pk, password=PASSWORD, by_link=True, at=at - timedelta(hours=1))
    enrolled(who_signs)
    with clock.travel(at + timedelta(hours=hours)):
        browser = Client()
        browser.force_login(Compte.objects.get(pk=who_signs.pk), backend=BY_PASSWORD)
        session = browser.session
        session[factor.PROVED] = clock.machine_now().isoformat()
        session.save()
        answer = posted(
            Cast(cast.ours, cast.theirs, {"mand": browser}), "referencement:convention_act", "signer", "mand"
        )

    assert (answer.status_code == 401) is (hours < 24)
    if hours < 24:
        assert "peu après un changement de mot de passe par e-mail" in answer.content.decode()
