"""The notifications of each person: sent in order, as they chose, kept in the portal, returned by a mail server."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from comptes import clock, effects, outbox, queries, sweeps
from comptes.enums import NoticeState, NotificationMode, Role
from comptes.models import Compte, Notice, Rattachement, Recueil
from comptes.operations.notifications import ModeNotPossible, choose_modes, confirm_address
from comptes.operations.rattachements import RattachementNotChangeable, change_role, detach
from comptes.rules import digest
from tests.comptes.conftest import Team
from tests.comptes.smtp import Server, serve
from tests.comptes.test_concurrency import at_once
from tests.factories.comptes import RattachementFactory

MINUTE = timedelta(minutes=1)
JOINED = "comptes.joined"


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with serve() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def post(team: Team, to: Compte, at: datetime, *, seat: Rattachement | None = None) -> Notice:
    """Tell somebody of the team that another person joined it."""
    newcomer = seat or RattachementFactory(editeur=team.editeur)
    outbox.post(JOINED, on=f"rattachement:{newcomer.pk}", to=to, at=at)
    return Notice.objects.order_by("-pk")[0]


def subjects(server: Server) -> list[str]:
    return [message["Message-ID"] for message in server.received]


# -- in order --------------------------------------------------------------------------------------------------------


def test_each_recipient_reads_in_the_order_of_what_happened(team: Team, at: datetime, server: Server) -> None:
    reader = team.mandataire.compte
    second, first = post(team, reader, at), post(team, reader, at - MINUTE)
    third = post(team, reader, at)

    effects.deliver_to(reader.email)

    assert subjects(server) == [first.message_id, second.message_id, third.message_id]


def test_what_cannot_leave_holds_what_follows_and_nobody_else(team: Team, at: datetime, server: Server) -> None:
    reader, other = team.mandataire.compte, team.representant.compte
    held = [post(team, reader, at) for _ in range(3)]
    server.refuses = True
    effects.deliver_to(reader.email)
    server.refuses = False
    free = post(team, other, at)
    effects.deliver_to(reader.email)
    effects.deliver_to(other.email)

    assert subjects(server) == [free.message_id]
    assert set(Notice.objects.filter(email=reader.email).values_list("attempts", flat=True)) == {0, 1}
    assert queries.due_recipients(at=at, most=10) == []
    with clock.travel(at + timedelta(hours=1)):
        assert queries.due_recipients(at=clock.now(), most=10) == [reader.email]
        effects.deliver_to(reader.email)
    assert subjects(server) == [free.message_id, *(notice.message_id for notice in held)]


def test_a_mail_server_down_for_an_hour_loses_nothing(
    team: Team, at: datetime, server: Server, effects_run: None
) -> None:
    readers = [team.mandataire.compte, team.representant.compte, team.salarie.compte]
    server.refuses = True
    posted = {reader.email: [post(team, reader, at + number * MINUTE) for number in range(4)] for reader in readers}
    for minutes in range(0, 60, 5):
        with clock.travel(at + minutes * MINUTE):
            sweeps.deliver_due_notices()
    assert server.received == []

    server.refuses = False
    with clock.travel(at + timedelta(minutes=95)):
        sweeps.deliver_due_notices()

    for email, wanted in posted.items():
        received = [message["Message-ID"] for message in server.received if message["To"] == email]
        assert received == [notice.message_id for notice in wanted]
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_one_recipient_send_each_once_in_order(server: Server) -> None:
    from tests.comptes.conftest import AT, make_team

    team = make_team()
    reader = team.mandataire.compte
    posted = [post(team, reader, AT + number * MINUTE) for number in range(6)]
    at_once(*[lambda: effects.deliver_to(reader.email)] * 4)
    effects.deliver_to(reader.email)

    assert subjects(server) == [notice.message_id for notice in posted]


# -- what a mail server refuses --------------------------------------------------------------------------------------


def test_an_unknown_address_fails_at_once_and_is_shown(team: Team, at: datetime, server: Server, sign_in: Any) -> None:
    reader = team.representant.compte
    server.unknown = {reader.email}
    notice = post(team, reader, at)
    effects.deliver_to(reader.email)
    following = post(team, reader, at)
    effects.deliver_to(reader.email)

    notice.refresh_from_db()
    reader.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.FAILED, 1)
    assert notice.last_error.startswith("550")
    assert reader.unreachable_at == at
    assert Notice.objects.get(pk=following.pk).attempts == 1
    for who in (team.salarie.compte, team.instructeur):
        assert "Ne reçoit plus nos e-mails" in sign_in(who).get(f"/editeurs/{team.editeur.pk}/").content.decode()
    assert "Vous ne recevez plus nos e-mails" in sign_in(reader).get("/mon-compte/").content.decode()


def test_somebody_says_that_their_address_works_again(team: Team, at: datetime, sign_in: Any) -> None:
    reader = team.representant.compte
    effects.note_unreachable(reader.pk, "550 inconnue", at=at)

    answer = sign_in(reader).post(reverse("comptes:address_confirm"), follow=True).content.decode()

    reader.refresh_from_db()
    assert (reader.unreachable_at, reader.unreachable_reason) == (None, "")
    assert "Adresse confirmée" in answer
    assert "Vous ne recevez plus nos e-mails" not in answer


REPORT = """\
From: MAILER-DAEMON@relais.example
To: ne-pas-repondre@portail-segur.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Nothing could be done.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example

Final-Recipient: rfc822; lea@sirocco.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 mailbox unknown

--b
Content-Type: {returned}

Message-ID: {message_id}
Subject: Bonjour

--b--
"""


def a_report(message_id: str, *, action: str = "failed", status: str = "5.1.1", whole: bool = False) -> bytes:
    returned = "message/rfc822" if whole else "text/rfc822-headers"
    return REPORT.format(message_id=message_id, action=action, status=status, returned=returned).encode()


def test_reports_are_read_from_a_folder_and_noted_once(team: Team, at: datetime, tmp_path: Any) -> None:
    notice = post(team, team.representant.compte, at)
    effects.deliver_to(notice.email)
    (tmp_path / "1").write_bytes(a_report(notice.message_id))
    (tmp_path / "2").write_bytes(a_report("<nobody@elsewhere>"))
    (tmp_path / "3").write_bytes(b"\x00\xff garbage")
    output = StringIO()
    for moment in (at, at + MINUTE):
        with clock.travel(moment):
            call_command("read_bounces", str(tmp_path), stdout=output)

    notice.refresh_from_db()
    assert (
        output.getvalue().splitlines() == ["1 message(s) revenu(s), 1 qui ne sont pas du portail, 1 non compris."] * 2
    )
    assert (notice.state, notice.bounced_at) == (NoticeState.SENT, at)
    assert Compte.objects.get(pk=team.representant.compte_id).unreachable_at == at


def test_a_folder_that_is_not_there_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="Introuvable"):
        call_command("read_bounces", "/nowhere/at/all")


def test_the_last_manager_who_can_be_reached_stays(team: Team, at: datetime) -> None:
    effects.note_unreachable(team.mandataire.compte_id, "550", at=at)

    with pytest.raises(RattachementNotChangeable, match="Aucun autre mandataire"):
        detach(rattachement_id=team.representant.pk, by=team.mandataire.compte, at=at)
    with pytest.raises(RattachementNotChangeable, match="Aucun autre mandataire"):
        change_role(
            rattachement_id=team.representant.pk,
            role=Role.SALARIE,
            may_engage=False,
            by=team.mandataire.compte,
            at=at,
        )
    confirm_address(compte_id=team.mandataire.compte_id)
    detach(rattachement_id=team.representant.pk, by=team.mandataire.compte, at=at)


# -- as they choose --------------------------------------------------------------------------------------------------


def prefer(compte: Compte, mode: NotificationMode) -> None:
    choose_modes(compte_id=compte.pk, modes={JOINED: mode})


def test_kept_in_the_portal_alone(team: Team, at: datetime) -> None:
    reader = team.mandataire.compte
    prefer(reader, NotificationMode.PORTAL)
    notice = post(team, reader, at)
    effects.deliver_to(reader.email)

    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, mail.outbox) == (NoticeState.KEPT, None, [])
    assert "a rejoint Sirocco Logiciels" in notice.subject
    assert notice.body


def test_the_wish_is_looked_at_when_it_leaves(team: Team, at: datetime) -> None:
    reader = team.mandataire.compte
    prefer(reader, NotificationMode.PORTAL)
    post(team, reader, at)
    prefer(reader, NotificationMode.NOW)
    effects.deliver_to(reader.email)

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("kind", ["comptes.invitation", "candidatures.complement_asked", "comptes.nothing"])
def test_what_is_legal_is_not_put_off(team: Team, kind: str) -> None:
    with pytest.raises(ModeNotPossible):
        choose_modes(compte_id=team.mandataire.compte_id, modes={kind: NotificationMode.PORTAL})
    assert queries.preferences_of(team.mandataire.compte) == {}


SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "hour"), [(SPRING, 6), (SPRING - timedelta(days=1), 7), (AUTUMN, 7), (AUTUMN - timedelta(days=1), 6)]
)
def test_the_resume_leaves_at_eight_in_paris_whatever_the_season(day: date, hour: int) -> None:
    instant = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    assert digest.instant_of(day) == instant
    assert digest.latest_day(instant) == day
    assert digest.latest_day(instant - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_one_resume_a_day_gathers_what_is_still_true(team: Team, at: datetime, effects_run: None) -> None:
    reader = team.mandataire.compte
    prefer(reader, NotificationMode.DAILY)
    for _ in range(3):
        post(team, reader, at)
    effects.deliver_to(reader.email)
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.GROUPED}
    with clock.travel(at + timedelta(hours=3)):
        sweeps.send_digests()
    assert mail.outbox == []

    with clock.travel(datetime(2026, 7, 2, 6, 0, tzinfo=UTC)):
        assert sweeps.send_digests() == 1
        assert sweeps.send_digests() == 0

    (message,) = mail.outbox
    assert message.subject == "Portail Ségur\u00a0: 3 notifications depuis hier"
    assert message.body.count("a rejoint Sirocco Logiciels") >= 3
    assert message.extra_headers["Message-ID"] == Recueil.objects.get().message_id
    assert set(Notice.objects.values_list("state", "recueil")) == {("sent", Recueil.objects.get().pk)}


def test_a_resume_that_could_not_leave_keeps_its_message_id(
    team: Team, at: datetime, effects_run: None, server: Server
) -> None:
    reader = team.mandataire.compte
    prefer(reader, NotificationMode.DAILY)
    post(team, reader, at)
    effects.deliver_to(reader.email)
    server.refuses = True
    morning = datetime(2026, 7, 2, 6, 0, tzinfo=UTC)
    with clock.travel(morning):
        sweeps.send_digests()
    known = Recueil.objects.get().message_id
    server.refuses = False
    with clock.travel(morning + timedelta(hours=3)):
        sweeps.send_digests()

    assert subjects(server) == [known]
    assert Notice.objects.get().state == NoticeState.SENT


def test_who_left_reads_no_resume(team: Team, at: datetime, effects_run: None) -> None:
    reader = team.representant
    prefer(reader.compte, NotificationMode.DAILY)
    post(team, reader.compte, at)
    effects.deliver_to(reader.compte.email)
    detach(rattachement_id=reader.pk, by=team.mandataire.compte, at=at)
    mail.outbox.clear()
    with clock.travel(datetime(2026, 7, 2, 6, 0, tzinfo=UTC)):
        sweeps.send_digests()

    assert mail.outbox == []
    assert Notice.objects.get(kind=JOINED).state == NoticeState.CANCELLED


# -- in the portal ---------------------------------------------------------------------------------------------------


def test_every_notification_is_in_the_portal_and_secrets_are_not(team: Team, at: datetime, sign_in: Any) -> None:
    reader = team.mandataire.compte
    notice = post(team, reader, at)
    with transaction.atomic():
        outbox.post("comptes.password_link", on=f"compte:{reader.pk}", to=reader, at=at)
    effects.deliver_to(reader.email)
    secret = Notice.objects.get(kind="comptes.password_link")
    client = sign_in(reader)

    page = client.get(reverse("comptes:notifications")).content.decode()
    assert "a rejoint Sirocco Logiciels" in page
    assert "Choix du mot de passe" in page
    assert page.count(">Non lue<") == 2
    assert '<span class="ps-count">2</span>' in page
    assert "a rejoint" in client.get(reverse("comptes:notification", args=[notice.pk])).content.decode()
    assert (secret.subject, secret.body) == ("", "")
    assert "personnel" in client.get(reverse("comptes:notification", args=[secret.pk])).content.decode()


def test_a_notification_is_marked_read_by_its_reader_only(team: Team, at: datetime, sign_in: Any) -> None:
    reader = team.mandataire.compte
    notice, other = post(team, reader, at), post(team, reader, at)
    effects.deliver_to(reader.email)
    address = reverse("comptes:notification", args=[notice.pk])
    client = sign_in(reader)
    client.get(address)
    assert Notice.objects.filter(read_at=None).count() == 2

    client.post(address)
    assert Notice.objects.get(read_at=None) == other
    assert sign_in(team.salarie.compte).post(address).status_code == 404
    assert (
        "Toutes vos notifications sont lues"
        in client.post(reverse("comptes:notifications"), follow=True).content.decode()
    )
    assert not Notice.objects.filter(read_at=None).exists()


def test_wishes_are_kept_from_the_page(team: Team, sign_in: Any) -> None:
    client, address = sign_in(team.mandataire.compte), reverse("comptes:notification_settings")
    page = client.get(address)
    assert "Complément demandé" in page.content.decode()
    typed = dict.fromkeys(page.context["form"].fields, NotificationMode.DAILY)

    assert client.post(address, typed).status_code == 302
    chosen = queries.preferences_of(team.mandataire.compte).values()
    assert {preference.mode for preference in chosen} == {NotificationMode.DAILY}
    assert client.post(address, dict.fromkeys(typed, "jamais")).status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_notifications_asks_as_much_whatever_its_length(
    team: Team, at: datetime, sign_in: Any, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        post(team, team.mandataire.compte, at)
    client = sign_in(team.mandataire.compte)
    client.get(reverse("comptes:notifications"))

    with django_assert_num_queries(8):
        client.get(reverse("comptes:notifications"))


@pytest.mark.parametrize("rest", ["", "12/", "reglages/"])
def test_addresses_of_messages_already_sent_lead_to_the_new_ones(team: Team, sign_in: Any, rest: str) -> None:
    client = sign_in(team.mandataire.compte)
    old, new = f"/mon-compte/avis/{rest}", f"/mon-compte/notifications/{rest}"

    moved = client.get(old, {"page": "2"})

    assert (moved.status_code, moved.headers["Location"]) == (301, f"{new}?page=2")
    assert client.get(old).headers["Location"] == new
    assert client.post(old).status_code == 405
