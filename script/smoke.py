#!/usr/bin/env python3
"""Walk a first candidature through a running demonstration, over HTTP, as people without JavaScript would.

Usage: script/smoke.py http://127.0.0.1:8000. Exits 0, or 1 with the step that failed, its page and what it said.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

PATIENCE = 30  # seconds given to the worker to deliver a message
EXCERPT = 600

MANDATAIRE, INSTRUCTRICE = "Nadia Ferrand", "Camille Roussel"


Typed = dict[str, str | list[str]]


class Failed(Exception):
    """What was expected and not found; the page says the rest."""

    def __init__(self, expected: str, page: Page | None = None) -> None:
        super().__init__(expected)
        self.page = page


@dataclass
class Control:
    """An input, a button, a select or a textarea; `options` are a select's values."""

    kind: str
    name: str
    value: str = ""
    checked: bool = False
    label: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def as_shown(self) -> dict[str, list[str]]:
        """Return what a browser would send if nobody touched anything, buttons aside."""
        sent: dict[str, list[str]] = {}
        for one in self.controls:
            ticked = one.kind not in ("checkbox", "radio") or one.checked
            if one.name and one.kind not in ("submit", "file") and ticked:
                sent.setdefault(one.name, []).append(one.value)
        return sent

    def buttons(self) -> Iterator[Control]:
        return (one for one in self.controls if one.kind == "submit")


class Reader(HTMLParser):
    """Read a page as a person sees it: its words, its links, its forms."""

    SILENT = ("script", "style", "head")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.styles: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._silent = 0
        self._named: Control | None = None  # the button, option or textarea whose words are being read
        self._select: Control | None = None
        self._href: str | None = None
        self._link_words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag in self.SILENT:
            self._silent += 1
        elif tag == "form":
            self._form = Form(got.get("action", ""), got.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in got:
            self._href, self._link_words = got["href"], []
        elif tag == "link" and got.get("rel") == "stylesheet":
            self.styles.append(got["href"])
        elif tag in ("input", "button", "select", "textarea", "option"):
            self._control(tag, got)

    def _control(self, tag: str, got: dict[str, str]) -> None:
        if tag == "option" and self._select:
            self._select.options.append(got.get("value", ""))
            if "selected" in got or len(self._select.options) == 1:
                self._select.value = got.get("value", "")
            return
        kind = got.get("type", "text") if tag == "input" else "submit" if tag == "button" else tag
        control = Control(kind, got.get("name", ""), got.get("value", "on" if kind == "checkbox" else ""))
        control.checked = "checked" in got
        if "disabled" in got or self._form is None:
            return
        self._form.controls.append(control)
        if tag == "select":
            self._select = control
        elif tag in ("button", "textarea"):
            self._named = control

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "a" and self._href is not None:
            self.links.append((self._href, tidy("".join(self._link_words))))
            self._href = None
        elif tag == "select":
            self._select = None
        elif tag in ("button", "textarea"):
            self._named = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.words.append(data)
        if self._href is not None:
            self._link_words.append(data)
        if self._named is not None:
            if self._named.kind == "textarea":
                self._named.value += data
            else:
                self._named.label += data


class Page:
    """A page that was answered."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.url = str(response.url)
        reader = Reader()
        reader.feed(response.text)
        self.text = tidy(" ".join(reader.words))
        self.links, self.styles, self.forms = reader.links, reader.styles, reader.forms

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def says(self, *sentences: str) -> Page:
        """Check that the page says each of these, spaces of every kind alike."""
        for sentence in sentences:
            if tidy(sentence) not in self.text:
                raise Failed(f"the page does not say « {sentence} »", self)
        return self

    def link(self, pattern: str, *, words: str = "") -> str:
        """Return the address of the first link whose address matches, and whose words hold `words`."""
        for href, said in self.links:
            if re.search(pattern, href) and words in said:
                return urljoin(self.url, href)
        raise Failed(f"no link to {pattern} {words}", self)

    def form(self, *, action: str = "", button: str = "", control: str = "") -> Form:
        """Return the first form that goes there, and has that button and that field."""
        for form in self.forms:
            goes_there = re.search(action, form.action or self.path)
            has_button = any(button in tidy(one.label) for one in form.buttons()) if button else True
            if goes_there and has_button and (not control or any(one.name == control for one in form.controls)):
                return form
        raise Failed(f"no form {action} {button} {control}", self)


class Person:
    """Someone with a browser of their own, without JavaScript."""

    def __init__(self, base: str) -> None:
        self.browser = httpx.Client(base_url=base, follow_redirects=True, timeout=30)

    def goes(self, address: str, *, status: int = 200) -> Page:
        return self._read(self.browser.get(address), status)

    def sends(
        self,
        page: Page,
        form: Form,
        typed: Typed | None = None,
        *,
        button: str = "",
        status: int = 200,
    ) -> Page:
        """Send a form as it was shown, with what was typed in it and the button that was pressed."""
        sent: Typed = {**form.as_shown(), **(typed or {})}
        pressed = next((one for one in form.buttons() if button in tidy(one.label)), None)
        if button and pressed is None:
            raise Failed(f"no button « {button} »", page)
        if pressed and pressed.name:
            sent[pressed.name] = [pressed.value]
        address = urljoin(page.url, form.action or page.url)
        return self._read(self.browser.request(form.method.upper(), address, data=sent), status)

    def _read(self, response: httpx.Response, status: int) -> Page:
        page = Page(response)
        if response.status_code != status:
            raise Failed(f"status {response.status_code} instead of {status}", page)
        return page

    def becomes(self, name: str) -> Page:
        """Sign in as someone of the demonstration's cast."""
        page = self.goes("/demo/personnages/")
        return self.sends(page, page.form(button=f"comme {name}"), button=f"comme {name}")


def tidy(text: str) -> str:
    return " ".join(text.split())


def wait_for_message(person: Person, to: str, subject: str) -> Page:
    """Look in the mailbox until the worker has delivered the message, or for so long that it never will."""
    deadline = time.monotonic() + PATIENCE
    while True:
        page = person.goes(f"/demo/messages/?a={to}")
        found = next((href for href, words in page.links if "/messages/" in href and tidy(subject) in words), None)
        if found and to in page.text:
            return person.goes(found).says(to)
        if time.monotonic() > deadline:
            raise Failed(f"no message « {subject} » to {to} after {PATIENCE} s", page)
        time.sleep(0.2)


def fill(form: Form) -> Typed:
    """Answer every field of a form that is still empty, according to its kind; what is prefilled stays.

    A list is declared empty when that is possible.
    """
    typed: Typed = {}
    declared_empty = {one.name.removesuffix("-stance") for one in form.controls if one.name.endswith("-stance")}
    for one in form.controls:
        in_an_empty_list = any(re.match(rf"{re.escape(name)}-\d+-", one.name) for name in declared_empty)
        if one.name in typed or in_an_empty_list or one.kind in ("hidden", "submit", "file"):
            continue
        if one.kind in ("radio", "checkbox") or not one.value:
            typed[one.name] = _answer(one)
    return typed


def _answer(one: Control) -> str | list[str]:
    match one.kind:
        case "email":
            return "contact@sirocco.example"
        case "tel":
            return "02 61 91 46 30"
        case "checkbox":
            return [one.value]
        case "radio":
            return one.value  # of a group, the first
        case "select":
            return next((value for value in one.options if value), "")
    return "019283746" if "siren" in one.name else "Essai 42"


class Journey:
    """The walk, and what each step leaves to the next."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.tag = secrets.token_hex(3)
        self.visitor, self.mandataire, self.salarie, self.ans = (Person(base) for _ in range(4))
        self.email = f"lea.{self.tag}@sirocco.example"
        self.nru = ""

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("the public home page and its style sheets", self.home),
            ("the cast of the demonstration", self.cast),
            ("sign in as the mandataire", self.sign_in),
            ("invite a salarié", self.invite),
            ("read the message and join through its link", self.join),
            ("create a product and give access to it", self.create_produit),
            ("attach it to the démarche", self.attach),
            ("accept the charte", self.accept_charte),
            ("the salarié fills and submits the candidature administrative", self.fill_and_submit),
            ("and the éligibilité, its warnings read one by one", self.submit_eligibilite),
            ("the instructrice admits the first", self.admit),
            ("she asks a complément on two champs of the second", self.ask_complement),
            ("these alone open, the others are refused in words", self.only_two_open),
            ("the answer is submitted and admitted", self.answer_complement),
            ("the mandataire received both acknowledgements", self.acknowledgements),
            ("the journal says it in French", self.journal),
            ("a second candidature, half submitted before the échéance", self.prepare_second),
            ("the clock moves past the échéance", self.move_clock),
            ("its late volet is refused, with the date", self.refused),
            ("anybody sees the first on the public list, and not the second", self.public_list),
            ("the admitted volet is reopened to name a distributeur", self.reopen),
            ("the candidature is withdrawn, and leaves the public list", self.withdraw),
        ]

    def home(self) -> None:
        page = self.visitor.goes("/").says("Portail Ségur")
        for style in page.styles:
            if self.visitor.browser.get(urljoin(page.url, style)).status_code != 200:
                raise Failed(f"the style sheet {style} does not come", page)

    def cast(self) -> None:
        self.visitor.goes("/demo/personnages/").says(MANDATAIRE, INSTRUCTRICE)

    def sign_in(self) -> None:
        self.mandataire.becomes(MANDATAIRE).says(MANDATAIRE)

    def invite(self) -> None:
        page = self.mandataire.goes("/editeurs/")  # who has one éditeur only comes straight to its team
        page = self.mandataire.goes(page.link(r"/inviter/$"))
        form = page.form(control="email")
        self.mandataire.sends(page, form, {"email": self.email, "role": "salarie"}).says(self.email)

    def join(self) -> None:
        page = wait_for_message(self.visitor, self.email, "vous invite à rejoindre Sirocco Logiciels")
        page = self.salarie.goes(page.link(r"/invitation/"))
        password = f"Essai-{secrets.token_hex(8)}"
        form = page.form(control="first_name")
        secret: Typed = {one.name: password for one in form.controls if one.kind == "password"}
        names: Typed = {"first_name": "Léa", "last_name": f"Essai{self.tag}"}
        self.salarie.sends(page, form, names | secret).says("Bienvenue dans l’équipe de Sirocco Logiciels")
        self.salarie.goes("/produits/").says("Aucun produit pour l’instant")

    def create_produit(self) -> None:
        self.produit = self._new_produit(f"Sirocco Essai {self.tag}")
        form = self.produit.form(action=r"/acces/$")
        seat = next(one for one in form.controls if one.kind == "select")
        # The last who joined: whoever has the highest number.
        typed: Typed = {seat.name: max(seat.options, key=lambda value: int(value or 0))}
        self.mandataire.sends(self.produit, form, typed).says(f"Essai{self.tag}", "maintenant accès")

    def _new_produit(self, nom: str) -> Page:
        page = self.mandataire.goes(self.mandataire.goes("/produits/").link("/produits/nouveau/"))
        return self.mandataire.sends(page, page.form(control="nom"), {"nom": nom}).says(nom)

    def attach(self) -> None:
        self.nru = self._attach(self.produit)

    def _attach(self, produit: Page) -> str:
        page = self.mandataire.goes(produit.link(r"/rattacher/$"))
        form = page.form(control="dispositif")
        page = self.mandataire.sends(page, form, fill(form))
        if not (found := re.fullmatch(r"/candidatures/([^/]+)/", page.path)):
            raise Failed("no candidature was opened", page)
        page.says(found[1])
        return found[1]

    def accept_charte(self) -> None:
        self._accept_charte(self.nru)

    def _accept_charte(self, nru: str) -> None:
        page = self.mandataire.goes(f"/candidatures/{nru}/charte/")
        self.mandataire.sends(page, page.form(control="charte")).says("La charte est acceptée")

    def fill_and_submit(self) -> None:
        page = self._fill(self.salarie, self.nru)
        self.salarie.sends(page, page.form(button="Soumettre")).says("à l’ANS le")

    def submit_eligibilite(self) -> None:
        self._submit_eligibilite(self.salarie, self.nru)

    def _submit_eligibilite(self, person: Person, nru: str) -> None:
        page = self._fill(person, nru, "eligibilite", without=("nru_edc_utilisateur", "nru_edc_proxy"))
        page = person.sends(page, page.form(button="Soumettre"), status=422).says("Avertissement à lire")
        form = page.form(button="Soumettre")
        warnings = [one.value for one in form.controls if one.name == "lu"]
        person.sends(page, form, {"lu": warnings}).says("à l’ANS le")

    def _fill(self, person: Person, nru: str, volet: str = "administratif", *, without: tuple[str, ...] = ()) -> Page:
        page = person.goes(f"/candidatures/{nru}/{volet}/")
        form = page.form(control="seen_version")
        typed = {name: value for name, value in fill(form).items() if name not in without}
        page = person.sends(page, form, typed, button="avant de soumettre")
        if not page.path.endswith("/soumettre/"):
            raise Failed("the volet cannot be read again before its submission", page)
        page.form(button="Soumettre")
        return page

    def admit(self) -> None:
        self.ans.becomes(INSTRUCTRICE)
        page = self.ans.goes(f"/instruction/?q={self.nru}").says(self.nru)
        page = self.ans.goes(page.link(rf"/instruction/{self.nru}/administratif/$")).says(f"Essai{self.tag}")
        self.ans.sends(page, page.form(button="Déclarer recevable")).says("recevable")

    def ask_complement(self) -> None:
        page = self.ans.goes(f"/instruction/{self.nru}/eligibilite/")
        page = self.ans.goes(page.link(r"/demande/$"))
        typed: Typed = {"champs": ["nie", "distributeurs"], "text": "Merci de vérifier ces deux réponses."}
        self.ans.sends(page, page.form(control="version"), typed).says("La demande est envoyée")

    def only_two_open(self) -> None:
        page = self.salarie.goes(f"/candidatures/{self.nru}/eligibilite/").says("Merci de vérifier")
        form = page.form(control="seen_version")
        asked = {one.name.partition("-")[0] for one in form.controls} - {
            "csrfmiddlewaretoken",
            "seen_version",
            "action",
        }
        if asked != {"nie", "distributeurs"}:
            raise Failed(f"other champs are open: {asked}", page)
        page = self.salarie.sends(page, form, {"nil": "NIL-FORGE"}, button="Enregistrer", status=422)
        page.says("n’est pas rouvert par l’ANS")

    def answer_complement(self) -> None:
        page = self.salarie.goes(f"/candidatures/{self.nru}/eligibilite/")
        form = page.form(control="seen_version")
        page = self.salarie.sends(page, form, {"nie": "NIE-CORRIGE"}, button="avant de soumettre")
        form = page.form(button="Soumettre")
        warnings = [one.value for one in form.controls if one.name == "lu"]
        self.salarie.sends(page, form, {"lu": warnings}).says("à l’ANS le")
        page = self.ans.goes(f"/instruction/{self.nru}/eligibilite/").says("NIE-CORRIGE", "Avant :")
        self.ans.sends(page, page.form(button="Déclarer recevable")).says("recevable")

    def acknowledgements(self) -> None:
        mandataire = "nadia.ferrand@sirocco.example"
        wait_for_message(self.visitor, mandataire, f"{self.nru} : soumission reçue (candidature administrative)")
        wait_for_message(self.visitor, mandataire, f"{self.nru} : volet recevable (candidature administrative)").says(
            self.nru
        )
        wait_for_message(self.visitor, mandataire, f"{self.nru} : l’ANS attend une réponse").says(
            "NIE", "Distributeurs"
        )

    def journal(self) -> None:
        self.mandataire.goes(f"/candidatures/{self.nru}/journal/").says(
            "est rattaché à la démarche",
            "La charte de référencement (version",
            "soumission n° 1 à l’ANS",
            "déclaré recevable par l’ANS",
            MANDATAIRE,
            INSTRUCTRICE,
            f"Léa Essai{self.tag}",
        )

    def prepare_second(self) -> None:
        nru = self._attach(self._new_produit(f"Sirocco Tardif {self.tag}"))
        self._accept_charte(nru)
        self._submit_eligibilite(self.mandataire, nru)
        self.waiting = self._fill(self.mandataire, nru)

    def move_clock(self) -> None:
        page = self.mandataire.goes("/")
        form = page.form(action="/horloge/")
        page = self.mandataire.sends(page, form, button="Prochaine échéance").says("1er octobre 2026 à Paris")
        self.mandataire.sends(page, page.form(action="/horloge/"), button="1 min").says("12 h 01")

    def refused(self) -> None:
        form = self.waiting.form(button="Soumettre")
        page = self.mandataire.sends(self.waiting, form, status=422)
        page.says("La date limite (Date 1) est passée", "01/10/2026 à 12 h 00")

    def public_list(self) -> None:
        page = self.visitor.goes(f"/solutions/?q={self.tag}").says(f"Sirocco Essai {self.tag}")
        if f"Sirocco Tardif {self.tag}" in page.text:
            raise Failed("a solution half submitted is on the public list", page)

    def reopen(self) -> None:
        page = self.ans.goes(f"/instruction/{self.nru}/eligibilite/demande/")
        typed: Typed = {"champs": ["distributeurs"], "text": "Rouvert à votre demande."}
        self.ans.sends(page, page.form(control="version"), typed).says("La demande est envoyée")
        page = self.salarie.goes(f"/candidatures/{self.nru}/eligibilite/")
        line: Typed = {
            "distributeurs-stance": "lignes",
            "distributeurs-0-raison_sociale": "Ouest Diffusion",
            "distributeurs-0-siren": "019283746",
        }
        page = self.salarie.sends(page, page.form(control="seen_version"), line, button="avant de soumettre")
        form = page.form(button="Soumettre")
        warnings = [one.value for one in form.controls if one.name == "lu"]
        self.salarie.sends(page, form, {"lu": warnings}).says("à l’ANS le")

    def withdraw(self) -> None:
        page = self.mandataire.goes(f"/candidatures/{self.nru}/retirer/")
        self.mandataire.sends(page, page.form(button="Retirer la candidature")).says("est retirée")
        page = self.visitor.goes(f"/solutions/?q={self.tag}")
        if f"Sirocco Essai {self.tag}" in page.text:
            raise Failed("a candidature withdrawn is still on the public list", page)


@contextmanager
def timed(title: str) -> Iterator[None]:
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"  FAILED  {title} ({time.monotonic() - start:.2f} s)", flush=True)
        raise
    print(f"  ok      {title} ({time.monotonic() - start:.2f} s)", flush=True)


def main(base: str) -> int:
    try:
        for title, step in Journey(base.rstrip("/")).steps():
            with timed(title):
                step()
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        if failed.page:
            print(f"{failed.page.url}\n{failed.page.text[:EXCERPT]}", file=sys.stderr)
        return 1
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        print(f"\nThe portal does not answer: {error!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
