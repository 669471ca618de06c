"""The operator's first morning, in production mode: from the first administrateur to an éditeur at work.

Played over TLS, without JavaScript, with mails that are really sent; it begins with a command of docs/exploitation.md.
"""

from __future__ import annotations

import base64
import mailbox
import re
import secrets
import ssl
import time
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Protocol

import httpx
from django_otp.oath import TOTP

from checks.person import Failed, Page, Person, Typed, fill, wait_until

ADMINISTRATEUR, MANDATAIRE = "camille.martin@agence.example", "lea.roche@sirocco.example"
PASSWORD = f"Matin-{secrets.token_hex(8)}"
NOM = "Sirocco Matin"
# A minimal valid PDF.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


# The file that the antivirus is told to find, for machines without signatures.
INFECTED = PDF + b"% a test of the antivirus\n"


class Parts(Protocol):
    """What this story needs of script/production."""

    base: str
    certificate: Path
    mails: Path
    light: bool

    def manage(self, *arguments: str) -> None: ...


class Morning:
    """The story; its attributes are what each step leaves to the next."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        trust = ssl.create_default_context(cafile=str(parts.certificate))
        self.ans, self.mandataire, self.visitor = (Person(parts.base, verify=trust) for _ in range(3))

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("a plain http request is sent to https, and no page says who serves it", self.doors),
            ("the operator opens the first administrateur, by the command of the documentation", self.first),
            ("whose link came by mail, and who ties an application of codes", self.factor),
            ("a wrong code opens nothing, the right one does", self.codes),
            ("the administrateur registers an éditeur, whose mandataire receives an invitation", self.editeur),
            ("the mandataire joins, records a product and attaches it to the démarche", self.join),
            ("accepts the charte, and what is answered is kept", self.answer),
            ("writes to the ANS with a file, which goes to the bucket and comes back the same", self.file),
            ("a file that the antivirus finds infected stays shut", self.infected),
            ("no queue is late", self.health),
        ]

    def doors(self) -> None:
        answer = self.visitor.browser.get("/")
        if "Strict-Transport-Security" not in answer.headers or "gunicorn" in answer.headers.get("Server", ""):
            raise Failed(f"headers: {dict(answer.headers)}")

    def first(self) -> None:
        arguments = ("--first-name", "Camille", "--last-name", "Martin", "--role", "administrateur")
        self.parts.manage("open_compte_ans", ADMINISTRATEUR, *arguments)

    def factor(self) -> None:
        page = self.ans.goes(link_in(self.message(ADMINISTRATEUR), "/mot-de-passe/"))
        self._choose(self.ans, page)
        page = self._signs_in(self.ans, ADMINISTRATEUR)
        secret = re.search(r"saisissez ce secret : ((?:[A-Z2-7]{4} ?)+)", page.text)
        if secret is None:
            raise Failed("no secret to type in the application", page)
        self.secret = secret[1].replace(" ", "")
        form = page.form(control="secret")
        field = next(control.name for control in form.controls if control.kind not in ("hidden", "submit"))
        page = self.ans.sends(page, form, {field: self._code()})
        page.says("codes de secours")

    def codes(self) -> None:
        form = (page := self.ans.goes("/")).form(action="/deconnexion/")
        self.ans.sends(page, form)
        page = self._signs_in(self.ans, ADMINISTRATEUR).says("Seconde étape")
        form = page.form(button="Continuer")
        field = next(control.name for control in form.controls if control.kind not in ("hidden", "submit"))
        page = self.ans.sends(page, form, {field: "000000"}).says("Code incorrect")
        wait_until(lambda: self._codes().t() > self.used, "next code: one serves once")
        self.ans.sends(page, page.form(button="Continuer"), {field: self._code()})

    def editeur(self) -> None:
        page = self.ans.goes("/editeurs/nouveau/")
        typed: Typed = {
            "entreprise-numero": "552100554",
            "raison_sociale": "Sirocco Logiciels",
            "mandataire": MANDATAIRE,
        }
        typed |= {"adresse": "1 rue du Vent", "code_postal": "13001", "commune": "Marseille"}
        self.ans.sends(page, page.form(control="entreprise-numero"), typed).says("Sirocco Logiciels")

    def join(self) -> None:
        page = self.mandataire.goes(link_in(self.message(MANDATAIRE), "/invitation/"))
        form = page.form(control="first_name")
        typed: Typed = {control.name: PASSWORD for control in form.controls if control.kind == "password"}
        self.mandataire.sends(page, form, typed | {"first_name": "Léa", "last_name": "Roche"}).says("Bienvenue")
        page = self.mandataire.goes("/produits/nouveau/")
        page = self.mandataire.sends(page, page.form(control="nom"), {"nom": NOM}).says(NOM)
        page = self.mandataire.goes(page.link(r"/rattacher/$"))
        form = page.form(control="dispositif")
        page = self.mandataire.sends(page, form, fill(form) | {"dispositif": "ms-dui-va2"})
        if not (match := re.fullmatch(r"/candidatures/([^/]+)/", page.path)):
            raise Failed("no candidature was opened", page)
        self.nru = match[1]

    def answer(self) -> None:
        page = self.mandataire.goes(f"/candidatures/{self.nru}/charte/")
        self.mandataire.sends(page, page.form(control="charte")).says("La charte est acceptée")
        address = f"/candidatures/{self.nru}/administratif/"
        page = self.mandataire.goes(address)
        form = page.form(control="seen_version")
        typed = fill(form)
        self.mandataire.sends(page, form, typed)
        kept = {
            control.name: control.value
            for control in self.mandataire.goes(address).form(control="seen_version").controls
        }
        lost = [name for name, value in typed.items() if isinstance(value, str) and kept.get(name) != value]
        if len(lost) > len(typed) // 2:
            raise Failed(f"not kept: {lost}", page)

    def file(self) -> None:
        page = self.mandataire.goes(f"/candidatures/{self.nru}/messages/")
        form = page.form(control="text")
        field = next(control.name for control in form.controls if control.kind == "file")
        sent = {field: ("essai.pdf", PDF)}
        page = self.mandataire.sends(page, form, {"text": "Voici un fichier."}, files=sent).says("essai.pdf")
        address = page.link(r"/fichiers/", text="essai.pdf").removesuffix("lecture/")
        wait_until(lambda: self.mandataire.browser.get(address).content == PDF, "file that comes back the same")

    def infected(self) -> None:
        if self.parts.light:
            return
        page = self.mandataire.goes(f"/candidatures/{self.nru}/messages/")
        form = page.form(control="text")
        field = next(control.name for control in form.controls if control.kind == "file")
        sent = {field: ("infecte.pdf", INFECTED)}
        page = self.mandataire.sends(page, form, {"text": "Voici un autre fichier."}, files=sent).says("infecte.pdf")
        address = page.link(r"/fichiers/", text="infecte.pdf").removesuffix("lecture/")

        def refused() -> bool:
            answer = self.mandataire.browser.get(address)
            return answer.status_code != 200 and "Portail.Essai" in answer.text

        wait_until(refused, "infected file that stays shut")

    def health(self) -> None:
        def fine() -> bool:
            return self.visitor.browser.get("/sante/").text.startswith("ok")

        wait_until(fine, "healthy portal")

    def message(self, to: str) -> EmailMessage:
        """Wait for a message to somebody; return the latest."""

        def latest() -> EmailMessage | None:
            held = mailbox.Maildir(self.parts.mails).values() if self.parts.mails.exists() else []
            messages = [BytesParser(policy=policy.default).parsebytes(raw.as_bytes()) for raw in held]
            return next((message for message in reversed(messages) if to in str(message["To"])), None)

        wait_until(latest, f"message to {to}")
        message = latest()
        assert message is not None, "It was just found."
        return message

    def _choose(self, person: Person, page: Page) -> None:
        form = page.form(button="Enregistrer le mot de passe")
        typed: Typed = {control.name: PASSWORD for control in form.controls if control.kind == "password"}
        person.sends(page, form, typed)

    def _signs_in(self, person: Person, email: str) -> Page:
        page = person.goes("/connexion/")
        return person.sends(page, page.form(control="username"), {"username": email, "password": PASSWORD})

    def _codes(self) -> TOTP:
        return TOTP(base64.b32decode(self.secret + "=" * (-len(self.secret) % 8)))

    def _code(self) -> str:
        codes = self._codes()
        self.used = codes.t()
        return f"{codes.token():06d}"


def link_in(message: EmailMessage, path: str) -> str:
    body = message.get_body(("plain",))
    assert body is not None, "Every message has a text."
    match = re.search(rf"https://\S*{path}\S+", body.get_content())
    if match is None:
        raise Failed(f"no link to {path} in « {message['Subject']} »")
    return match[0]


def walk(parts: Parts) -> int:
    """Play the story; return 0, or 1 after printing the step that failed and its page."""
    for title, step in Morning(parts).steps():
        start = time.monotonic()
        try:
            step()
        except (Failed, httpx.HTTPError) as failed:
            print(f"  FAILED  {title}: {failed}", flush=True)
            return 1
        print(f"  ok      {title} ({time.monotonic() - start:.1f} s)", flush=True)
    return 0
