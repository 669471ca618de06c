"""The tests are really stricter than Django, and their fixtures do what they say."""

import socket
import urllib.request
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client
from django.urls import path, reverse

from comptes import clock, outbox
from comptes.models import Compte, JournalEntry, Notice
from comptes.operations.passwords import send_password_link
from tests.strictness import NetworkBlocked, RefusedAsAccepted, UndefinedVariable

AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def three_comptes() -> list[int]:
    return [Compte.objects.create_user(f"p{n}@sirocco.example", first_name="P", last_name=str(n)).pk for n in range(3)]


def send_a_mail_to_a_compte() -> None:
    Compte.objects.create_user("nadia@sirocco.example", first_name="Nadia", last_name="Benali")
    send_password_link(email="nadia@sirocco.example", at=AT)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80), ("example.org", 80)])
def test_network_elsewhere_is_blocked(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(NetworkBlocked):
        sock.connect(address)


def test_network_by_name_is_blocked() -> None:
    with pytest.raises(NetworkBlocked):
        urllib.request.urlopen("http://example.org/")


def test_cache_answers_from_this_machine() -> None:
    cache.set("strictness", "here", 10)

    assert cache.get("strictness") == "here"


def _refused(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<title>\n  Erreur\u00a0: Compte – Portail Ségur</title>", status=int(request.POST["status"]))


urlpatterns = [path("refus/", login_not_required(_refused))]


@pytest.mark.urls(__name__)
def test_refusal_that_answers_200_fails() -> None:
    client = Client()

    assert client.post("/refus/", {"status": 422}).status_code == 422
    with pytest.raises(RefusedAsAccepted):
        client.post("/refus/", {"status": 200})


@pytest.mark.parametrize("text", ["{{ x }}", "{{ x.y }}", "{{ x|upper }}", "{% if y %}{% else %}{{ x }}{% endif %}"])
def test_undefined_variable_fails(text: str) -> None:
    with pytest.raises(UndefinedVariable):
        Template(text).render(Context())


@pytest.mark.parametrize(
    "text", ["{% if x %}{{ x }}{% endif %}", '{{ x|default:"" }}', "{{ y|default:x.y|default:'' }}"]
)
def test_undefined_variable_is_allowed_where_it_is_said_to_be_optional(text: str) -> None:
    assert Template(text).render(Context({"y": "", "x": {"y": ""}} if "x.y" in text else {})) == ""


def test_unordered_queryset_comes_back_last_first(db: None) -> None:
    first, second, third = three_comptes()

    assert [compte.pk for compte in Compte.objects.all()] == [third, second, first]
    assert list(Compte.objects.values_list("pk", flat=True)) == [third, second, first]
    assert list(Compte.objects.order_by("pk").values_list("pk", flat=True)) == [first, second, third]
    assert Compte.objects.filter(pk__in=Compte.objects.filter(last_name="1")).count() == 1
    assert Compte.objects.filter(last_name="2").distinct().get().pk == third


@pytest.mark.parametrize("turn", [1, 2])
def test_tables_that_refuse_truncate_are_emptied_between_tests(transactional_db: None, turn: int) -> None:
    from comptes import journal
    from comptes.enums import Act

    assert not JournalEntry.objects.exists()
    with transaction.atomic():
        journal.record(journal.PORTAIL, Act.COMPTE_ANS_OPENED, on="compte:1", by=None, at=AT)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("TRUNCATE comptes_journalentry")


def test_without_effects_run_nothing_leaves(db: None) -> None:
    send_a_mail_to_a_compte()

    assert mail.outbox == []
    assert Notice.objects.get().sent_at is None


def test_effects_run_in_a_test_that_rolls_back(db: None, effects_run: None) -> None:
    send_a_mail_to_a_compte()

    assert [message.to for message in mail.outbox] == [["nadia@sirocco.example"]]


def test_effects_run_not_for_an_act_that_is_rolled_back(db: None, effects_run: None) -> None:
    with transaction.atomic():
        outbox.post("comptes.password_link", on="compte:1", at=AT, email="nadia@sirocco.example")
        transaction.set_rollback(True)

    assert mail.outbox == []


def test_effects_run_in_a_test_that_commits(transactional_db: None, effects_run: None) -> None:
    send_a_mail_to_a_compte()

    assert [message.to for message in mail.outbox] == [["nadia@sirocco.example"]]


def test_worker_delivers(worker: None, wait_until) -> None:
    send_a_mail_to_a_compte()

    wait_until(lambda: mail.outbox)
    assert [message.to for message in mail.outbox] == [["nadia@sirocco.example"]]


def test_travel_to_is_the_portal_s_instant(db: None, travel_to, client) -> None:
    travel_to(AT)

    assert clock.now() == AT
    assert client.get(reverse("help")).wsgi_request.at == AT


def test_demonstration_is_off() -> None:
    assert settings.DEMO is False
