"""The security log: what is noted, in one query and without refusing anybody; and how an auditor reads it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from candidatures.enums import VoletKind
from comptes import clock, journal
from comptes.enums import Role, RoleANS, SecurityEvent
from comptes.models import Compte, EvenementDeSecurite
from comptes.operations.passwords import choose_password
from comptes.operations.rattachements import RattachementNotChangeable, change_role, detach
from preuves.enums import Nature
from tests.candidatures.conftest import make_team as make_team_of_a_candidature
from tests.comptes.conftest import Team
from tests.factories import candidatures as make
from tests.factories import fichiers
from tests.factories.comptes import CompteFactory

SignIn = Callable[[Compte | None], Client]
PASSWORD = "quatre mots sans rapport"
DAY = timedelta(days=1)


@pytest.fixture
def nadia(db: None, at: datetime) -> Compte:
    compte = CompteFactory(first_name="Nadia", last_name="Bénali", email="nadia@sirocco.example")
    compte.set_password(PASSWORD)
    compte.save()
    return compte


@pytest.fixture
def auditeur(db: None) -> Compte:
    return CompteFactory(roles_ans=[RoleANS.AUDITEUR])


def events() -> list[tuple[str, int | None, str]]:
    rows = EvenementDeSecurite.objects.order_by("pk")
    return [(event.kind, event.compte_id, event.email or event.about) for event in rows]


def enter(email: str, password: str, **options: Any) -> Any:
    return Client().post(reverse("comptes:sign_in"), {"username": email, "password": password}, **options)


# -- what is noted ---------------------------------------------------------------------------------------------------


def test_sign_in_failure_and_sign_out_are_noted_with_the_person_s_address(nadia: Compte, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("192.0.2.0/28")]
    browser = Client(headers={"X-Forwarded-For": "203.0.113.5"}, REMOTE_ADDR="192.0.2.7")
    for password in ("non", PASSWORD):
        browser.post(reverse("comptes:sign_in"), {"username": nadia.email, "password": password})
    browser.post(reverse("comptes:sign_out"))

    assert events() == [
        (SecurityEvent.SIGN_IN_FAILED, None, nadia.email),
        (SecurityEvent.SIGNED_IN, nadia.pk, ""),
        (SecurityEvent.SIGNED_OUT, nadia.pk, ""),
    ]
    assert set(EvenementDeSecurite.objects.values_list("origin", flat=True)) == {"203.0.113.5"}


def test_what_is_no_address_is_not_kept_since_it_may_be_a_password(db: None, at: datetime) -> None:
    enter("mon mot de passe secret", "non")

    (noted,) = EvenementDeSecurite.objects.all()
    assert (noted.kind, noted.email) == (SecurityEvent.SIGN_IN_FAILED, "")
    assert "secret" not in noted.about


def test_who_tries_too_much_is_noted(nadia: Compte) -> None:
    answers = {enter(nadia.email, "non").status_code for _ in range(12)}

    assert 429 in answers
    assert (SecurityEvent.SLOWED_DOWN, None, nadia.email) in events()


def test_changes_of_roles_and_passwords_are_noted_once_done(
    team: Team, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        change_role(
            rattachement_id=team.salarie.pk, role=Role.REPRESENTANT, may_engage=False, by=team.mandataire.compte, at=at
        )
        choose_password(compte_id=team.salarie.compte_id, password=PASSWORD, at=at)
    with pytest.raises(RattachementNotChangeable), django_capture_on_commit_callbacks(execute=True):
        detach(rattachement_id=team.mandataire.pk, by=team.stranger, at=at)

    assert [(kind, compte) for kind, compte, _ in events()] == [
        (SecurityEvent.ROLE_CHANGED, team.salarie.compte_id),
        (SecurityEvent.PASSWORD_CHANGED, team.salarie.compte_id),
    ]
    assert EvenementDeSecurite.objects.order_by("pk")[0].by == team.mandataire.compte


def test_noting_adds_one_query_and_failing_to_note_refuses_nobody(
    nadia: Compte, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with CaptureQueriesContext(connection) as asked:
        enter(nadia.email, PASSWORD)
    noted = [query["sql"] for query in asked if "comptes_evenementdesecurite" in query["sql"]]
    assert len(noted) == 1

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE comptes_evenementdesecurite ADD CONSTRAINT never CHECK (false) NOT VALID")
    answer = enter(nadia.email, PASSWORD)

    assert (answer.status_code, answer["Location"]) == (302, "/accueil/")
    assert "The security log could not be written: signed_in" in caplog.text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comptes_evenementdesecurite SET kind = 'signed_out'",
        "DELETE FROM comptes_evenementdesecurite",
        "TRUNCATE comptes_evenementdesecurite",
    ],
)
def test_database_refuses_to_rewrite_the_security_log(nadia: Compte, statement: str) -> None:
    journal.note(SecurityEvent.SIGNED_IN, compte=nadia)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("asked", ["", "bytes=0-9", "bytes=1-"])
def test_each_reading_of_a_file_is_noted(db: None, sign_in: SignIn, at: datetime, asked: str) -> None:
    """A range of the file counts too: without its first byte, it is nearly all of it."""
    team = make_team_of_a_candidature()
    make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    piece = fichiers.a_scanned_piece(team.candidature, team.salarie, "a.mp4", fichiers.MP4, nature=Nature.VIDEO)
    address = reverse("preuves:fichier", args=[team.candidature.nru, piece.pk])
    with CaptureQueriesContext(connection) as asking:
        b"".join(sign_in(team.salarie).get(address, headers={"Range": asked} if asked else {}).streaming_content)
    assert len([query for query in asking if "file_read" in query["sql"]]) == 1
    sign_in(team.stranger).get(address)
    sign_in(team.salarie).head(address)

    assert [event for event in events() if event[0] == SecurityEvent.FILE_READ] == [
        (SecurityEvent.FILE_READ, team.salarie.pk, address)
    ]


# -- how it is read --------------------------------------------------------------------------------------------------


@pytest.fixture
def three_days(nadia: Compte, at: datetime) -> None:
    for days in range(3):
        with clock.travel(at + days * DAY):
            journal.note(SecurityEvent.SIGNED_IN, compte=nadia)
            journal.note(SecurityEvent.SIGN_IN_FAILED, email="autre@mistral.example")


def read(auditeur: Compte, sign_in: SignIn, **filters: str) -> list[tuple[str, str]]:
    page = sign_in(auditeur).get(reverse("comptes:security_log"), filters)
    assert page.status_code == 200
    rows = [event for event in page.context["page"].object_list if event.compte_id != auditeur.pk]
    return [(event.kind, f"{event.at:%d}") for event in rows]


def test_auditor_filters_by_person_kind_and_days(
    three_days: None, auditeur: Compte, sign_in: SignIn, at: datetime
) -> None:
    entered, refused = SecurityEvent.SIGNED_IN.value, SecurityEvent.SIGN_IN_FAILED.value

    assert len(read(auditeur, sign_in)) == 6
    assert read(auditeur, sign_in, personne="benali") == [(entered, day) for day in ("03", "02", "01")]
    assert read(auditeur, sign_in, personne="mistral", du="2026-07-02") == [(refused, "03"), (refused, "02")]
    assert read(auditeur, sign_in, nature=entered, du="2026-07-02", au="2026-07-02") == [(entered, "02")]
    assert read(auditeur, sign_in, personne="personne") == []


def test_reading_the_log_is_noted(auditeur: Compte, sign_in: SignIn, at: datetime) -> None:
    read(auditeur, sign_in, personne="nadia")

    assert events()[-1] == (SecurityEvent.SECURITY_READ, auditeur.pk, "personne=nadia")


@pytest.mark.parametrize("filters", [{"du": "hier"}, {"nature": "x"}, {"du": "2026-07-02", "au": "2026-07-01"}])
def test_filter_that_means_nothing_is_refused_in_words(
    auditeur: Compte, sign_in: SignIn, at: datetime, filters: dict[str, str]
) -> None:
    page = sign_in(auditeur).get(reverse("comptes:security_log"), filters)

    assert page.status_code == 422
    assert page.context["form"].errors


@pytest.mark.parametrize("count", [1, 60])
def test_page_asks_the_same_queries_whatever_it_shows(
    nadia: Compte, auditeur: Compte, sign_in: SignIn, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        journal.note(SecurityEvent.SIGNED_IN, compte=nadia, by=auditeur)
    browser = sign_in(auditeur)
    browser.get(reverse("comptes:security_log"))

    with django_assert_num_queries(7):
        page = browser.get(reverse("comptes:security_log"))
    assert len(page.context["page"].object_list) == min(count + 2, 50)
