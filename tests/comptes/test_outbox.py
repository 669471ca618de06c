from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from time import perf_counter

import pytest
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from comptes import clock, effects, outbox, sweeps
from comptes.enums import NoticeState, Role
from comptes.models import Compte, Notice
from comptes.operations.invitations import accept_invitation, cancel_invitation, invite
from comptes.operations.passwords import send_password_link
from comptes.operations.rattachements import detach
from segur_portal.celery import app
from tests.comptes.conftest import AT, make_team, no_broker
from tests.comptes.smtp import Server, serve
from tests.comptes.test_concurrency import at_once, refusals
from tests.conftest import broker_emptied
from tests.factories.comptes import CompteFactory, InvitationFactory


@pytest.fixture
def server(settings) -> Iterator[Server]:
    """A mail server of this test's own, which the portal writes to."""
    with serve() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def notice(db, at) -> Notice:
    """The message of an invitation, not sent yet."""
    invitation = InvitationFactory(invited_at=at, email="lea@sirocco.example")
    outbox.post("comptes.invitation", on=f"invitation:{invitation.pk}", email=invitation.email, at=at)
    return Notice.objects.get()


def due_at(moment) -> list[int]:
    """What the sweep would deliver at that moment."""
    due = Notice.objects.filter(state=NoticeState.PENDING, next_attempt_at__lte=moment)
    return list(due.order_by("pk").values_list("pk", flat=True))


def test_same_notice_is_posted_once(db, at):
    compte = CompteFactory()

    for occurrence in ("a", "a", "b"):
        outbox.post("comptes.password_link", on="compte:1", to=compte, occurrence=occurrence, at=at)

    assert list(Notice.objects.order_by("pk").values_list("occurrence", "email")) == [
        ("a", compte.email),
        ("b", compte.email),
    ]


def many(*occurrences: str, to: Compte, superseded: bool = False) -> list[outbox.Post]:
    return [outbox.Post("compte:1", occurrence, to.pk, to.email, superseded) for occurrence in occurrences]


def states() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("occurrence", "state"))


def test_many_notices_are_posted_once_each(db, at, monkeypatch):
    monkeypatch.setattr(outbox, "CHUNK", 2)  # as with thousands of them
    compte = CompteFactory()
    outbox.post("comptes.password_link", on="compte:1", to=compte, occurrence="b", at=at)
    posts = [*many("a", to=compte, superseded=True), *many("b", "c", to=compte)]

    assert [outbox.post_many("comptes.password_link", posts, at=at) for _ in range(2)] == [2, 0]
    assert sorted(states()) == [("a", "superseded"), ("b", "pending"), ("c", "pending")]
    assert len(set(Notice.objects.values_list("message_id", flat=True))) == 3
    assert due_at(at) == list(Notice.objects.exclude(occurrence="a").order_by("pk").values_list("pk", flat=True))


def test_one_of_many_is_the_same_as_one_alone(db, at):
    compte = CompteFactory()
    outbox.post("comptes.password_link", on="compte:1", to=compte, occurrence="a", at=at)
    outbox.post_many("comptes.password_link", many("b", to=compte), at=at)
    alone, among = Notice.objects.order_by("occurrence").values()

    for own in ("id", "occurrence", "message_id"):
        assert alone.pop(own) != among.pop(own)
    assert among == alone


def test_many_of_an_unknown_kind_are_refused(db, at):
    with pytest.raises(KeyError):
        outbox.post_many("comptes.nothing", many("a", to=CompteFactory()), at=at)


def test_what_waits_is_superseded_and_nothing_else(db, at):
    compte = CompteFactory()
    outbox.post_many("comptes.password_link", many("a", "b", "c", to=compte), at=at)
    Notice.objects.filter(occurrence="c").update(state=NoticeState.CANCELLED)

    assert outbox.supersede("comptes.password_link", on=["compte:1", "compte:2"], but=["b"]) == 1
    assert sorted(states()) == [("a", "superseded"), ("b", "pending"), ("c", "cancelled")]


def test_what_is_leaving_is_neither_superseded_nor_waited_for(transactional_db):
    compte = CompteFactory()
    outbox.post_many("comptes.password_link", many("a", "b", to=compte), at=AT)
    leaving = Notice.objects.get(occurrence="a")
    with transaction.atomic():
        Notice.objects.select_for_update().get(pk=leaving.pk)
        (superseded,) = at_once(lambda: outbox.supersede("comptes.password_link", on=["compte:1"], but=[]))

    assert (superseded, sorted(states())) == (1, [("a", "pending"), ("b", "superseded")])


def test_notice_dies_with_its_act(transactional_db):
    compte = CompteFactory()

    @transaction.atomic
    def act_that_fails() -> None:
        outbox.post("comptes.password_link", on="compte:1", to=compte, at=AT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act_that_fails()

    assert Notice.objects.count() == 0


def test_notice_is_sent_once(notice, at):
    effects.deliver_to(notice.email)
    effects.deliver_to(notice.email)

    notice.refresh_from_db()
    (message,) = mail.outbox
    assert (notice.state, notice.attempts, notice.sent_at) == ("sent", 1, at)
    assert message.to == ["lea@sirocco.example"]
    assert message.extra_headers["Message-ID"] == notice.message_id
    assert message.extra_headers["Date"] == "Wed, 01 Jul 2026 08:00:00 +0000"


def test_notice_that_another_worker_holds_is_left_to_it(transactional_db):
    InvitationFactory(pk=1, invited_at=AT)
    outbox.post("comptes.invitation", on="invitation:1", email="lea@sirocco.example", at=AT)
    held = Notice.objects.get()

    def other_worker() -> None:
        try:
            effects.deliver_to(held.email)
        finally:
            connection.close()

    with transaction.atomic():
        Notice.objects.select_for_update().get(pk=held.pk)
        other = Thread(target=other_worker)
        other.start()
        other.join(timeout=10)
        assert not other.is_alive()

    held.refresh_from_db()
    assert (held.state, held.attempts, mail.outbox) == ("pending", 0, [])


def test_notice_delivered_by_four_hands_at_once_leaves_once(transactional_db, server):
    InvitationFactory(pk=1, invited_at=AT)
    outbox.post("comptes.invitation", on="invitation:1", email="lea@sirocco.example", at=AT)
    notice = Notice.objects.get()

    answers = at_once(*[lambda: effects.deliver_to(notice.email)] * 4)

    notice.refresh_from_db()
    assert refusals(answers) == []
    assert (notice.state, notice.attempts) == ("sent", 1)
    assert [message["Message-ID"] for message in server.received] == [notice.message_id]


def test_notice_of_what_no_longer_holds_is_not_sent(team, at):
    invitation = invite(
        editeur_id=team.editeur.pk,
        email="lea@sirocco.example",
        role=Role.SALARIE,
        may_engage=False,
        by=team.mandataire.compte,
        at=at,
    )
    cancel_invitation(invitation_id=invitation.pk, by=team.mandataire.compte, at=at)
    notice = Notice.objects.get()

    effects.deliver_to(notice.email)

    notice.refresh_from_db()
    assert (notice.state, mail.outbox) == ("cancelled", [])


def test_who_left_is_not_told_who_joins(team, at):
    by = team.representant.compte
    invitation = InvitationFactory(editeur=team.editeur, invited_by=by, invited_at=at)
    accept_invitation(token=invitation.token, names=("Léa", "Roux"), at=at)
    detach(rattachement_id=team.representant.pk, by=team.mandataire.compte, at=at)

    effects.deliver_to(Notice.objects.get(kind="comptes.joined").email)

    assert Notice.objects.get(kind="comptes.joined").state == "cancelled"


def test_every_kind_of_message(team, at):
    by = team.mandataire.compte
    invitation = invite(
        editeur_id=team.editeur.pk,
        email="lea@sirocco.example",
        role=Role.REPRESENTANT,
        may_engage=True,
        by=by,
        at=at,
    )
    for notice in Notice.objects.order_by("pk"):
        effects.deliver_to(notice.email)
    accept_invitation(token=invitation.token, names=("Léa", "Roux"), at=at)
    detach(rattachement_id=team.salarie.pk, by=by, at=at)
    send_password_link(email=by.email, at=at)
    for notice in Notice.objects.order_by("pk"):
        effects.deliver_to(notice.email)

    invited, *others = mail.outbox
    by_subject = {message.subject.split()[0]: message for message in others}
    joined, detached, password = by_subject["Léa"], by_subject["Vous"], by_subject["Choisissez"]
    assert invited.subject == f"{by.full_name} vous invite à rejoindre Sirocco Logiciels sur le Portail Ségur"
    assert "avec le rôle représentant et le pouvoir d’engager l’éditeur." in invited.body
    assert "avant le 8\u00a0juillet 2026 à 10\u00a0h (heure de Paris)" in invited.body
    assert f"http://testserver/invitation/{invitation.token}/" in invited.body
    assert (joined.to, joined.subject) == (
        [by.email],
        "Léa Roux a rejoint Sirocco Logiciels sur le Portail Ségur",
    )
    assert f"http://testserver/editeurs/{team.editeur.pk}/" in joined.body
    assert detached.to == [team.salarie.compte.email]
    assert "depuis le 1er\u00a0juillet 2026 à 10\u00a0h (heure de Paris)" in detached.body
    assert "http://testserver/mot-de-passe/" in password.body


def test_refusal_of_the_mail_server_is_tried_again(notice, at, server):
    server.refuses = True
    effects.deliver_to(notice.email)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("pending", 1)
    assert "451" in notice.last_error
    assert due_at(notice.next_attempt_at - timedelta(seconds=1)) == []
    assert due_at(notice.next_attempt_at) == [notice.pk]

    server.refuses = False
    with clock.travel(notice.next_attempt_at):
        effects.deliver_to(notice.email)
        effects.deliver_to(notice.email)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == ("sent", 2, "")
    assert [message["Message-ID"] for message in server.received] == [notice.message_id]


def test_mail_server_that_is_away(notice, at, server, settings):
    server.shutdown()
    server.server_close()

    effects.deliver_to(notice.email)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("pending", 1)
    assert "Connection refused" in notice.last_error


def test_name_kept_with_a_line_end_still_leaves(notice, at, server):
    """A row older than the rule, or written by hand: its header is made all the same."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE comptes_compte SET last_name = E'Roux\\nBcc: vol@vol.example https://vol.example'")

    effects.deliver_to(notice.email)

    notice.refresh_from_db()
    (message,) = server.received
    assert notice.state == "sent"
    assert message["Bcc"] is None
    assert "vol.example" not in notice.subject


def test_notice_of_an_unknown_kind_fails_alone(notice, at, server):
    Notice.objects.update(kind="comptes.nothing")
    compte = CompteFactory(email=notice.email)
    outbox.post("comptes.password_link", on="compte:1", to=compte, at=at)

    effects.deliver_to(notice.email)

    poisoned, behind = Notice.objects.order_by("pk")
    assert (poisoned.state, poisoned.last_error) == ("failed", "KeyError : 'comptes.nothing'")
    assert (behind.state, len(server.received)) == ("sent", 1)


def test_notice_that_cannot_be_written_fails_alone(at, db, server, monkeypatch):
    """Even when a statement of the database fails, the messages behind it leave in the same run."""
    invitation = InvitationFactory(invited_at=at, email="lea@sirocco.example")
    compte = CompteFactory(email=invitation.email)
    outbox.post("comptes.invitation", on="invitation:99999999999999999999", email=compte.email, at=at)
    outbox.post("comptes.password_link", on="compte:1", to=compte, at=at)

    effects.deliver_to(compte.email)

    assert list(Notice.objects.order_by("pk").values_list("state", flat=True)) in (
        ["failed", "sent"],
        ["cancelled", "sent"],
    )


def test_notice_refused_for_good_fails_alone(notice, at, server):
    server.refusal = 554
    effects.deliver_to(notice.email)
    notice.refresh_from_db()

    assert (notice.state, "554" in notice.last_error) == ("failed", True)


def test_message_refused_again_and_again_lets_the_others_pass(notice, at, server):
    """In order at first; when the server accepts the second, only the first is at fault."""
    compte = CompteFactory(email=notice.email)
    outbox.post("comptes.password_link", on="compte:1", to=compte, at=at)
    server.refuses_subject = "rejoindre"
    for _ in range(effects.HOLDS):
        notice.refresh_from_db()
        assert server.received == []
        with clock.travel(notice.next_attempt_at):
            effects.deliver_to(notice.email)

    states = list(Notice.objects.order_by("pk").values_list("state", "attempts"))
    assert states == [("pending", effects.HOLDS), ("sent", 1)]


def test_server_that_is_away_makes_no_message_fail_and_all_leave_at_its_return(notice, at, settings, server):
    settings.EMAIL_PORT, port = 9, settings.EMAIL_PORT
    moment = at
    for _ in range(effects.MAX_ATTEMPTS + 5):
        with clock.travel(moment):
            effects.deliver_to(notice.email)
        notice.refresh_from_db()
        assert notice.next_attempt_at - moment == effects.NEXT_RING
        moment = notice.next_attempt_at
    assert notice.state == "pending"

    settings.EMAIL_PORT = port
    with clock.travel(moment):
        effects.deliver_to(notice.email)
    notice.refresh_from_db()
    assert notice.state == "sent"


def test_notice_waits_longer_and_longer_then_fails(notice, at, server):
    server.refuses = True
    waits = []
    for _ in range(effects.MAX_ATTEMPTS):
        tried_at = notice.next_attempt_at
        with clock.travel(tried_at):
            effects.deliver_to(notice.email)
        notice.refresh_from_db()
        waits.append((notice.next_attempt_at - tried_at).total_seconds())

    assert waits[:8] == [40, 80, 160, 320, 640, 1280, 1800, 1800]
    assert notice.state == "failed"
    assert due_at(at + timedelta(days=365)) == []


def test_person_does_not_wait_for_a_broker_that_is_away(transactional_db, sign_in):
    team = make_team()
    browser, typed = sign_in(team.mandataire.compte), {"email": "lea@sirocco.example", "role": "salarie"}

    with no_broker():
        begun_at = perf_counter()
        answer = browser.post(f"/editeurs/{team.editeur.pk}/inviter/", typed)
        waited = perf_counter() - begun_at

    assert (answer.status_code, Notice.objects.get().state) == (302, "pending")
    assert waited < 2


def test_broker_away_then_back(transactional_db, wait_until):
    """The act is done and its message waits; the broker back, the sweep has it delivered, once."""
    team = make_team()
    with clock.travel(AT), no_broker():
        invite(
            editeur_id=team.editeur.pk,
            email="lea@sirocco.example",
            role=Role.SALARIE,
            may_engage=False,
            by=team.mandataire.compte,
            at=AT,
        )
        with pytest.raises(OperationalError):
            sweeps.deliver_due_notices()
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, mail.outbox) == ("pending", 0, [])

    with broker_emptied(), start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        assert sweeps.deliver_due_notices() == 1
        sweeps.deliver_due_notices()  # before the worker is done, perhaps: it is published twice, sent once
        wait_until(lambda: Notice.objects.get().state == "sent")
        assert sweeps.deliver_due_notices() == 0
    assert [message.to for message in mail.outbox] == [["lea@sirocco.example"]]
