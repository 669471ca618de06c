from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from segur_portal.demo import mailbox
from segur_portal.demo.cast import CAMILLE, NADIA, PERSONAS
from segur_portal.demo.mailbox import MailPart, messages

PERSONNAGES, MESSAGES = "/demo/personnages/", "/demo/messages/"


def send(to: str, subject: str, body: str = "Bonjour", *, second: int = 0) -> None:
    headers = {"Date": f"Wed, 30 Sep 2026 11:30:{second:02} +0200"}
    EmailMessage(subject, body, "Portail <portail@portail.example>", [to], headers=headers).send()


@pytest.mark.parametrize("path", [PERSONNAGES, MESSAGES, "/demo/messages/0123456789abcdef/"])
def test_doors_are_closed_outside_the_demonstration(demo, settings, visitor: Client, path):
    """Even when the addresses are routed: here they are, DEMO alone is off."""
    settings.DEMO = False

    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("path", [PERSONNAGES, "/demo/horloge/"])
def test_acts_are_refused_outside_the_demonstration(opened: None, demo, settings, visitor: Client, path):
    settings.DEMO = False

    assert visitor.post(path, {"persona": NADIA.key, "move": "+1h"}).status_code == 404
    assert "_auth_user_id" not in visitor.session


def test_personas_are_on_the_page(opened: None, demo, visitor: Client):
    page = visitor.get(PERSONNAGES).content.decode()
    assert [persona.name for persona in PERSONAS if persona.name not in page] == []


def test_personas_before_the_story(demo, visitor: Client):
    assert "L’histoire n’est pas encore rejouée" in visitor.get(PERSONNAGES).content.decode()


@pytest.mark.parametrize(("persona", "arrival"), [(NADIA, "/accueil/"), (CAMILLE, "/accueil/")])
def test_persona_signs_in_and_arrives_where_they_work(opened: None, demo, visitor: Client, persona, arrival):
    response = visitor.post(PERSONNAGES, {"persona": persona.key})

    assert response["Location"] == arrival
    assert visitor.get("/aide/").wsgi_request.user.email == persona.email


def test_persona_after_another_begins_a_new_session(opened: None, demo, visitor: Client):
    visitor.post(PERSONNAGES, {"persona": NADIA.key})
    first = visitor.session.session_key

    visitor.post(PERSONNAGES, {"persona": CAMILLE.key})

    assert visitor.session.session_key != first
    assert visitor.get("/aide/").wsgi_request.user.email == CAMILLE.email


@pytest.mark.parametrize("key", ["", "personne", "hugo-petit"])
def test_nobody_else_signs_in_that_way(opened: None, demo, visitor: Client, key):
    assert visitor.post(PERSONNAGES, {"persona": key}).status_code == 404


def test_persona_needs_a_csrf_token(opened: None, demo):
    assert Client(enforce_csrf_checks=True).post(PERSONNAGES, {"persona": NADIA.key}).status_code == 403


def test_mailbox_empty(demo, visitor: Client):
    assert "Aucun message pour l’instant" in visitor.get(MESSAGES).content.decode()


def test_mailbox_without_a_folder(demo, settings):
    settings.MAIL_ROOT = ""

    assert messages() == []


def test_mailbox_lists_the_latest_first(demo):
    for number in range(3):
        send("a@editeur.example", f"Message {number}", second=number)

    assert [mail.subject for mail in messages()] == ["Message 2", "Message 1", "Message 0"]


def test_mailbox_reads_two_messages_of_one_file(demo, tmp_path: Path):
    text = b"Subject: %s\nTo: a@editeur.example\nMessage-ID: <%s@portail.example>\n\nBonjour\n" + b"-" * 79 + b"\n"
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "un.log").write_bytes(text % (b"un", b"1") + text % (b"deux", b"2"))

    assert [(mail.subject, mail.body) for mail in messages()] == [("deux", "Bonjour"), ("un", "Bonjour")]


def test_mailbox_of_one_person(demo, visitor: Client):
    send("a@editeur.example", "Pour a")
    send("b@editeur.example", "Pour b")

    page = visitor.get(MESSAGES, {"a": "b@editeur.example"}).content.decode()
    assert "Pour b" in page
    assert "Pour a" not in page


def test_mailbox_has_pages(demo, visitor: Client):
    for number in range(26):
        send("a@editeur.example", f"Message {number:02}", second=number)

    assert "Message 00" not in visitor.get(MESSAGES).content.decode()
    assert "Message 00" in visitor.get(MESSAGES, {"page": 2}).content.decode()


def test_message_shows_its_headers_and_its_text(demo, visitor: Client):
    send("a@editeur.example", "Été : <b>gras</b>", "Bonjour <script>alert(1)</script>")
    mail = messages()[0]

    page = visitor.get(f"{MESSAGES}{mail.key}/").content.decode()

    assert mail.message_id.strip("<>") in page
    assert "a@editeur.example" in page
    assert "Été : &lt;b&gt;gras&lt;/b&gt;" in page
    assert "Bonjour &lt;script&gt;" in page


def test_message_unknown(demo, visitor: Client):
    assert visitor.get(f"{MESSAGES}0123456789abcdef/").status_code == 404


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Voir http://portail.example/produits/2/", ["http://portail.example/produits/2/"]),
        ("http://portail.example", ["http://portail.example"]),
        ("« http://portail.example/aide/ »", ["http://portail.example/aide/"]),
        ("http://portail.example.ailleurs.example/", []),
        ("http://portail.example@ailleurs.example/", []),
        ("https://ailleurs.example/", []),
        ("javascript:alert(1)", []),
    ],
)
def test_message_links_lead_to_the_portal_only(demo, text, links):
    parts = list(mailbox._parts(text))

    assert [part.href for part in parts if part.href] == links
    assert "".join(part.text for part in parts) == text


def test_message_without_link(demo):
    assert [part for part in mailbox._parts("Bonjour") if part.text] == [MailPart("Bonjour")]
