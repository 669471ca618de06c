"""The story of the first phase, without JavaScript: from the invitation to the public list."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import urljoin

from checks.person import Failed, Page, Person, Typed, fill, wait_for_message
from checks.second_phase import SecondPhase, of_mistral, see_a_releve

MANDATAIRE, INSTRUCTRICE = "Nadia Ferrand", "Camille Roussel"


class FirstPhase:
    """The story; its attributes are what each step leaves to the next. It includes the steps of `SecondPhase`."""

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
            ("she comes in by the identity provider, and goes out of both", self.by_the_provider),
            ("the desks were asked, and what they say is shown with its age", self.desks),
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
            *SecondPhase(self.base, by=self.salarie, nru=lambda: self.nru, title=f"Sirocco Essai {self.tag}").steps(),
            ("the candidature is withdrawn, and leaves the public list", self.withdraw),
        ]

    def home(self) -> None:
        page = self.visitor.goes("/").says("Portail Ségur")
        for style in page.styles:
            if self.visitor.browser.get(urljoin(page.url, style)).status_code != 200:
                raise Failed(f"the style sheet {style} does not come", page)

    def cast(self) -> None:
        self.visitor.goes("/demo/personnages/").says(MANDATAIRE, INSTRUCTRICE)

    def by_the_provider(self) -> None:
        person = Person(self.base)
        page = person.goes("/connexion/")
        there = person.sends(page, page.form(action=r"/connexion/fournisseur/$")).says("Fournisseur d’identité local")
        page = person.sends(there, there.form(button=MANDATAIRE), button=MANDATAIRE).says(MANDATAIRE)
        if not page.url.startswith(self.base):
            raise Failed("the provider does not lead back to the portal", page)
        person.sends(page, page.form(action=r"/deconnexion/$")).says("Votre session est fermée.")
        page = person.goes("/connexion/")
        # Signed out there too: it asks again who comes.
        person.sends(page, page.form(action=r"/connexion/fournisseur/$")).says("Fournisseur d’identité local")

    def desks(self) -> None:
        see_a_releve(*of_mistral(self.base))

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
        secret: Typed = {control.name: password for control in form.controls if control.kind == "password"}
        names: Typed = {"first_name": "Léa", "last_name": f"Essai{self.tag}"}
        self.salarie.sends(page, form, names | secret).says("Bienvenue dans l’équipe de Sirocco Logiciels")
        self.salarie.goes("/produits/").says("Aucun produit")

    def create_produit(self) -> None:
        self.produit = self._new_produit(f"Sirocco Essai {self.tag}")
        form = self.produit.form(action=r"/acces/$")
        seat = next(control for control in form.controls if control.kind == "select")
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
        page = self.mandataire.sends(page, form, fill(form) | {"dispositif": "ms-dui-va2"})
        if not (match := re.fullmatch(r"/candidatures/([^/]+)/", page.path)):
            raise Failed("no candidature was opened", page)
        page.says(match[1])
        return match[1]

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
        warnings = [control.value for control in form.controls if control.name == "lu"]
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
        asked = {control.name.partition("-")[0] for control in form.controls} - {
            "csrfmiddlewaretoken",
            "seen_version",
            "action",
        }
        if asked != {"nie", "distributeurs"}:
            raise Failed(f"other champs are open: {asked}", page)
        page = self.salarie.sends(page, form, {"nil": "NIL-FORGE"}, button="Enregistrer", status=422)
        page.says("L’ANS n’a pas rouvert")

    def answer_complement(self) -> None:
        page = self.salarie.goes(f"/candidatures/{self.nru}/eligibilite/")
        form = page.form(control="seen_version")
        page = self.salarie.sends(page, form, {"nie": "NIE-CORRIGE"}, button="avant de soumettre")
        form = page.form(button="Soumettre")
        warnings = [control.value for control in form.controls if control.name == "lu"]
        self.salarie.sends(page, form, {"lu": warnings}).says("à l’ANS le")
        page = self.ans.goes(f"/instruction/{self.nru}/eligibilite/").says("NIE-CORRIGE", "Avant :")
        self.ans.sends(page, page.form(button="Déclarer recevable")).says("recevable")

    def acknowledgements(self) -> None:
        mandataire = "nadia.ferrand@sirocco.example"
        wait_for_message(self.visitor, mandataire, f"({self.nru}) : soumission reçue (candidature administrative)")
        wait_for_message(self.visitor, mandataire, f"({self.nru}) : volet recevable (candidature administrative)").says(
            self.nru
        )
        wait_for_message(self.visitor, mandataire, f"({self.nru}) : l’ANS attend une réponse").says(
            "NIE", "Distributeurs"
        )

    def journal(self) -> None:
        self.mandataire.goes(f"/candidatures/{self.nru}/journal/").says(
            "est rattaché à la démarche",
            "La charte de référencement est acceptée (version",
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
        page.says("La date limite (Date 1) est passée : c’était le 1er octobre 2026 à 12 h")

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
            "distributeurs-0-immatriculation-numero": "019283746",
        }
        page = self.salarie.sends(page, page.form(control="seen_version"), line, button="avant de soumettre")
        form = page.form(button="Soumettre")
        warnings = [control.value for control in form.controls if control.name == "lu"]
        self.salarie.sends(page, form, {"lu": warnings}).says("à l’ANS le")

    def withdraw(self) -> None:
        page = self.mandataire.goes(f"/candidatures/{self.nru}/retirer/")
        self.mandataire.sends(page, page.form(button="Retirer la candidature")).says("est retirée")
        page = self.visitor.goes(f"/solutions/?q={self.tag}")
        if f"Sirocco Essai {self.tag}" in page.text:
            raise Failed("a candidature withdrawn is still on the public list", page)
