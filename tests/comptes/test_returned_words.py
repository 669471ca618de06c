"""Reports that give no status: what servers and mailboxes write by themselves, in French and in English."""

import pytest

from comptes.rules.bounces import Bounce, Report, read_report

OURS = "<1@portail-segur.example>"
TO = "karim.benali@alize.example"
QUOTED = f"\nMessage-ID: {OURS}\n"
ANSWERS_US = f"In-Reply-To: {OURS}\n"


def read(sender: str, subject: str, text: str, headers: str = "", *, kind: str = "text/plain") -> Report:
    return read_report(
        f"From: {sender}\nTo: ne-pas-repondre@portail-segur.example\nSubject: {subject}\n{headers}"
        f"MIME-Version: 1.0\nContent-Type: {kind}; charset=utf-8\n\n{text}".encode()
    )


EXIM = f"A message that you sent could not be delivered. This is a permanent error.\n\n  {TO}\n    550 5.7.1 rejected\n"


@pytest.mark.parametrize(
    ("sender", "subject", "text", "headers"),
    [
        (
            "Mailer-Daemon@mx.example",
            "Mail delivery failed",
            f"{EXIM}{QUOTED}",
            f"X-Failed-Recipients: {TO}\nAuto-Submitted: auto-replied\n",
        ),
        (
            "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            "Delivery Status Notification (Failure)",
            f"Adresse introuvable. Votre message n'est pas parvenu à {TO}.{QUOTED}",
            f"X-Failed-Recipients: {TO}\nAuto-Submitted: auto-replied\n",
        ),
        (
            "MAILER-DAEMON@mx.example",
            "failure notice",
            f"Navré de n'avoir pas pu délivrer votre message.\n\n<{TO}>:\n(#5.1.1)\n{QUOTED}",
            "",
        ),
        (
            "MAILER-DAEMON@orange.example",
            "Mail non distribue",
            f"Votre message n'a pu etre remis :\n<{TO}>: host smtp said: 550 5.1.1 Adresse invalide. OFR_416{QUOTED}",
            "",
        ),
        (
            "MAILER-DAEMON@libre.example",
            "=?iso-8859-1?Q?=C9chec_de_remise?=",
            f"Votre message ne peut pas etre remis a:\n   {TO}\nLa boite aux lettres est pleine.\n{QUOTED}",
            "",
        ),
        ("postmaster@poste.example", "Message non remis", f"{TO} : utilisateur inconnu.\n> Message-ID: {OURS}", ""),
        (
            "Administrateur système <postmaster@alize.example>",
            "Non remis : Votre dossier",
            f"Votre message n'a pas atteint son destinataire.\n\n  {TO} le 24/09/2026\n  (5.1.1)\n",
            ANSWERS_US,
        ),
        (
            "MicrosoftExchange329e71@alize.example",
            "Undeliverable: Votre dossier",
            f"<p>Your message to {TO} couldn’t be delivered.</p><p>550 5.1.10</p>",
            f"Auto-Submitted: auto-replied\nX-MS-Exchange-Message-Is-Ndr:\n{ANSWERS_US}",
        ),
    ],
)
def test_server_that_gave_up_is_read_in_its_own_words(sender: str, subject: str, text: str, headers: str) -> None:
    report = read(sender, subject, text, headers, kind="text/html" if text.startswith("<p>") else "text/plain")

    assert [(bounce.message_id, bounce.recipients) for bounce in report.bounces] == [(OURS, (TO,))]


def test_address_that_only_helps_is_not_taken_for_the_one_that_failed() -> None:
    text = f"Message non remis à {TO}. Écrivez à aide@alize.example."

    assert read("postmaster@alize.example", "Non remis", text) == Report(
        (), False, "postmaster@alize.example", "Non remis"
    )
    assert read("postmaster@alize.example", "Non remis", text, ANSWERS_US).bounces == (Bounce(OURS, "Non remis", ()),)


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Réponse automatique : Votre dossier", ""),
        ("=?utf-8?B?UsOpcG9uc2UgYXV0b21hdGlxdWUgOiBWb3RyZSBkb3NzaWVy?=", ""),
        ("Automatic reply: Votre dossier", "Auto-Submitted: auto-generated\n"),
        ("Out of Office: Votre dossier", "Precedence: bulk\n"),
        ("Absent(e) du bureau : Votre dossier", ""),
        ("Votre dossier", f"X-MS-Exchange-Inbox-Rules-Loop: {TO}\n"),
        ("Votre dossier", "Precedence: auto_reply\n"),
        ("Votre dossier", "X-Autoreply: yes\n"),
        ("Votre dossier", "Auto-Submitted: auto-replied; owner-email=x\n"),
    ],
)
def test_answer_of_somebody_who_is_away_says_nothing(subject: str, headers: str) -> None:
    report = read(f"Karim <{TO}>", subject, "Absent jusqu’au 12, poste 550 5.1.1.", headers + ANSWERS_US)

    assert (report.bounces, report.understood) == ((), True)


@pytest.mark.parametrize(
    ("sender", "subject", "text", "headers"),
    [
        (
            "x@mailinblack.example",
            "En attente",
            f"Confirmez pour que {TO} le reçoive.",
            "Auto-Submitted: auto-replied\n",
        ),
        ("x@antispam.example", "Please confirm", f"Your message to {TO} is held.{QUOTED}", ""),
        (f"Karim <{TO}>", "Re: Votre dossier", f"Merci, le 550 5.1.1 est réglé.\n> Message-ID: {OURS}", ANSWERS_US),
        (f"Karim <{TO}>", "Absentéisme", "Une question.", ANSWERS_US),
        ("postmaster@alize.example", "Votre dossier", "Ce message ne peut être traité ici.", ANSWERS_US),
        (f"Karim <{TO}>", "=?nope?B?@@@?= =?utf-8?B?UsO?=", "Bonjour", ""),
    ],
)
def test_what_a_person_must_read_is_not_understood(sender: str, subject: str, text: str, headers: str) -> None:
    report = read(sender, subject, text, headers)

    assert (report.bounces, report.understood) == ((), False)


@pytest.mark.parametrize(
    "text",
    [
        f"Warning: your message to {TO} is delayed. It will be retried. 450 4.4.1",
        f"Votre message à {TO} n'a pas encore été remis : nouvelles tentatives pendant 4 jours.",
        f"Message non remis à {TO} pour le moment, il sera de nouveau envoyé.",
    ],
)
def test_server_that_goes_on_trying_is_no_failure(text: str) -> None:
    assert read("MAILER-DAEMON@mx.example", "Remise en cours", text + QUOTED).bounces == ()


def test_address_of_a_server_is_no_status() -> None:
    (bounce,) = read(
        "postmaster@mx.example", "Refus", f"5.196.12.7 said: the message to <{TO}> was not delivered.\n"
    ).bounces

    assert (bounce.reason, bounce.recipients) == ("Refus", (TO,))


def test_status_of_any_address_is_read() -> None:
    raw = f"""From: MAILER-DAEMON@mx.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=global-delivery-status; boundary=b

--b
Content-Type: text/plain

Rien.
--b
Content-Type: message/global-delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: utf-8; {TO}
Action: failed
Status: 5.7.26

--b
Content-Type: message/global-headers

Message-ID: {OURS}

--b--
"""

    assert read_report(raw.encode()).bounces == (Bounce(OURS, "5.7.26", (TO,)),)


@pytest.mark.parametrize(
    ("subject", "text", "alphabet"),
    [
        (
            "Unzustellbare Mail",
            f"Die Nachricht konnte nicht zugestellt werden:\n\n{TO}: Empfänger unbekannt",
            "latin-1",
        ),
        ("Onbestelbaar", f"Uw bericht kon niet worden bezorgd bij {TO}.", "utf-8"),
        ("No se puede entregar", f"No se pudo entregar el mensaje a {TO}.", "utf-8"),
        ("Mancata consegna", f"Il messaggio non è stato consegnato a {TO}: utente sconosciuto.", "utf-8"),
        ("Não entregue", f"A mensagem não pôde ser entregue a {TO}.", "utf-8"),
        ("User unknown", f"次のメールアドレスへの送信が失敗しました。\n<{TO}>", "iso-2022-jp"),
        ("Bounce", f"您的邮件被退信\n收件人: {TO}", "gb18030"),
        (
            "**Message you sent blocked by our bulk email filter**",
            f"Your message to {TO} has NOT BEEN DELIVERED.",
            "utf-8",
        ),
        ("Notification (Failure)", f"An error occurred while trying to deliver the mail to:\n{TO}", "utf-8"),
    ],
)
def test_server_that_gave_up_in_another_language_is_read(subject: str, text: str, alphabet: str) -> None:
    head = f"From: postmaster@mx.example\nSubject: {subject}\nContent-Type: text/plain; charset={alphabet}\n"
    report = read_report(f"{head}Content-Transfer-Encoding: 8bit\n\n".encode() + text.encode(alphabet))

    assert [bounce.recipients for bounce in report.bounces] == [(TO,)]


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Abwesenheitsnotiz: Ihr Dossier", ""),
        ("Automatisch antwoord: dossier", ""),
        ("Respuesta automática: dossier", ""),
        ("Risposta automatica: dossier", ""),
        ("自動応答: dossier", ""),
        ("En congés du 3 au 10 août", ""),
        ("Votre dossier", "X-Auto-Response-Suppress: All\n"),
        ("Votre dossier", "Precedence: junk\n"),
        ("[#1234] Demande enregistrée", "Auto-Submitted: auto-generated\n"),
    ],
)
def test_program_that_answers_says_nothing_in_any_language(subject: str, headers: str) -> None:
    report = read(f"Karim <{TO}>", subject, "Bonjour.", headers + ANSWERS_US)

    assert (report.bounces, report.understood) == ((), True)


@pytest.mark.parametrize(
    "text",
    [
        "Karim Benali a quitté la société. Écrivez à paul@alize.example.",
        "Mon adresse e-mail a changé : karim@mistral.example.",
        "Cette boîte n’est plus relevée.",
        "Karim Benali is no longer with Alizé.",
    ],
)
def test_departure_is_given_to_somebody_to_read(text: str) -> None:
    report = read(f"Karim <{TO}>", "Réponse automatique", text, "Auto-Submitted: auto-replied\n")

    assert (report.bounces, report.understood, report.subject) == ((), False, "Réponse automatique")


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("mailer-daemon@mx.example", "Warning: message delayed 24 hours", f"It has not yet been delivered to {TO}."),
        ("postmaster@orange.example", "Retard de remise", f"Message à {TO} : de nouvelles tentatives sont prévues."),
        ("noreply@google.example", "Report domain: agence.example Submitter: google.example Report-ID: 1", "…"),
    ],
)
def test_what_asks_nothing_of_anybody_is_understood(sender: str, subject: str, text: str) -> None:
    report = read(sender, subject, text)

    assert (report.bounces, report.understood) == ((), True)


def test_header_of_no_declared_alphabet_stops_no_detector(caplog: pytest.LogCaptureFixture) -> None:
    head = "From: Système de messagerie <MAILER-DAEMON@mx.example>\nSubject: Échec\n\n".encode("latin-1")
    report = read_report(head + f"<{TO}>: 550 5.1.1 unknown{QUOTED}".encode())

    assert [bounce.recipients for bounce in report.bounces] == [(TO,)]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
