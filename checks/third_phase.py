"""The story of the third phase, without JavaScript: the collège decides, and the public page shows it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import httpx

from checks.person import Failed, Page, Person, wait_for_message, wait_until
from checks.second_phase import INSTRUCTRICE, confirm_a_capture, of_mistral

SECRETAIRE = "Julien Caron"
SIGNATORY, SIGNATORY_ADDRESS = "Karim Benali", "karim.benali@alize.example"
READY, REFUSED = "Mistral Parcours", "Sirocco Résidence"
MOTIF = "Des preuves exigées ne sont pas validées."


class Published:
    """The story after the séance: what everybody reads, and what the éditeur downloads."""

    def __init__(self, base: str) -> None:
        self.visitor, self.base = Person(base), base

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("sign in as the mandataire of what is référencé", self.sign_in),
            ("the attestation, the rapport and the convention are there, printed", self.read_documents),
            ("the attestation is verified, by its number and by its bytes", self.verify),
            ("the public list and the public page say it is référencée, and nothing of the other", self.publish),
        ]

    def sign_in(self) -> None:
        self.editeur, self.nru = of_mistral(self.base)

    def read_documents(self) -> None:
        page = self.editeur.goes(f"/candidatures/{self.nru}/").says("Le référencement est attribué")
        for title in ("Convention de référencement", "Rapport de conformité", "Attestation de référencement"):
            self.attestation = printed(self.editeur, page.link("/documents/", text=title))

    def verify(self) -> None:
        numero, sha256 = f"ATT-{self.nru}", hashlib.sha256(self.attestation).hexdigest()
        self.visitor.goes(f"/verifier/?numero={numero}").says("Ce document existe", numero)
        self.visitor.goes(f"/verifier/?empreinte={sha256}").says("Ce fichier est authentique")
        changed = hashlib.sha256(self.attestation + b" ").hexdigest()
        self.visitor.goes(f"/verifier/?empreinte={changed}").says("Aucun document émis par le portail")

    def publish(self) -> None:
        self.visitor.goes(f"/solutions/{self.nru}/").says(READY, "Référencée")
        page = self.visitor.goes("/solutions/?etat=referencee").says(READY)
        if REFUSED in page.text:
            raise Failed(f"{REFUSED} is shown as référencée", page)


class AtTheCollege(Published):
    """The story from the opening of the séance."""

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("the secrétaire opens the séance with who came", self.open),
            ("the advice is noted, and the attribution", self.attribute),
            ("what misses something is not attributed: a motif, then a non-attribution", self.refuse),
            ("all that will leave is read, the attestation too", self.preview),
            ("the séance is closed", self.close),
            ("each éditeur receives what concerns it", self.tell),
            *super().steps(),
        ]

    def open(self) -> None:
        self.secretaire = Person(self.base)
        self.secretaire.becomes(SECRETAIRE)
        listed = self.secretaire.goes("/college/")
        self.seance = listed.link(r"/college/\d+/$")
        page = self.secretaire.goes(self.seance).says(READY, REFUSED)
        form = page.form(action="presences")
        there: dict[str, str | list[str]] = {
            "membre": [control.value for control in form.controls if control.name == "membre"]
        }
        self.secretaire.sends(page, form, there, button="Ouvrir la séance").says("La séance est ouverte.")

    def attribute(self) -> None:
        page = self._advise(READY, "favourable").says("Ce dossier est complet")
        page = self._decide(page, decision="attributed")
        page.says("La décision est enregistrée.")

    def refuse(self) -> None:
        page = self._advise(REFUSED, "unfavourable").says("Ce qui manque à ce dossier")
        page = self._decide(page, status=422, decision="attributed").says(
            "ne peut pas être attribué à un dossier incomplet"
        )
        page = self._decide(page, status=422, decision="not_attributed").says(
            "Indiquez pourquoi le référencement n’est pas attribué"
        )
        self._decide(page, decision="not_attributed", motifs=MOTIF).says("La décision est enregistrée.")

    def preview(self) -> None:
        closing = self.secretaire.goes(f"{self.seance}cloture/").says("Attribution", "Non-attribution")
        page = self.secretaire.goes(closing.link(r"/cloture/[^/]+/$", text=READY)).says("le référencement est attribué")
        content = self.secretaire.browser.get(page.link("/apercu/", text="Attestation")).content
        if not content.startswith(b"%PDF-"):
            raise Failed("the attestation cannot be read before the closing", page)

    def close(self) -> None:
        page = self.secretaire.goes(f"{self.seance}cloture/")
        done = self.secretaire.sends(page, page.form(button="Clore la séance"), button="Clore la séance")
        done.says("La séance est close.", "Procès-verbal")
        printed(self.secretaire, done.link("/documents/PV-"))

    def tell(self) -> None:
        wait_for_message(self.visitor, "elodie.vasseur@mistral.example", "le référencement est attribué")
        wait_for_message(self.visitor, "nadia.ferrand@sirocco.example", "n’est pas attribué").says(MOTIF)

    def _advise(self, title: str, avis: str) -> Page:
        page = self.secretaire.goes(self.secretaire.goes(self.seance).link(r"/college/\d+/[^/]+/$", text=title))
        form = page.form(action="/avis/")
        typed: dict[str, str | list[str]] = {
            control.name: avis for control in form.controls if control.name.startswith("avis_")
        }
        return self.secretaire.sends(page, form, typed, button="Noter les avis").says("enregistré")

    def _decide(self, page: Page, *, status: int = 200, **typed: str) -> Page:
        form = page.form(action="/decision/")
        return self.secretaire.sends(page, form, {**typed}, button="Noter la décision", status=status)


class OnTheMorning(AtTheCollege):
    """The same story, from the morning of the séance: first, what is left to do before it."""

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("the mandataire of another solution signs its convention, with the code received", self.sign),
            ("an instructrice confirms the capture of a desk without interface", self.confirm),
            *super().steps(),
        ]

    def sign(self) -> None:
        signatory = Person(self.base)
        nru = signatory.becomes(SIGNATORY).link(r"^/candidatures/[^/]+/$")
        page = signatory.goes(f"{nru}convention/").says("Signer pour")
        signatory.sends(page, page.form(button="Recevoir un code"), button="Recevoir un code")
        message = wait_for_message(self.visitor, SIGNATORY_ADDRESS, "code")
        code = re.search(r"\b\d{6}\b", message.text)
        if code is None:
            raise Failed("the message bears no code", message)
        page = signatory.goes(f"{nru}convention/")
        form = page.form(button="Signer la convention")
        typed: dict[str, str | list[str]] = {
            control.name: code[0] for control in form.controls if control.kind not in ("hidden", "submit")
        }
        signatory.sends(page, form, typed, button="Signer la convention").says("signée")

    def confirm(self) -> None:
        instructrice = Person(self.base)
        instructrice.becomes(INSTRUCTRICE)
        confirm_a_capture(instructrice)


def printed(person: Person, address: str) -> bytes:
    """Wait until a worker has printed a document; return its bytes."""
    answers: list[httpx.Response] = []

    def there() -> bool:
        answers.append(person.browser.get(address))
        return answers[-1].status_code == 200

    wait_until(there, f"document {address}")
    content = answers[-1].content
    if not content.startswith(b"%PDF-"):
        raise Failed(f"{address} is not a PDF")
    return content
