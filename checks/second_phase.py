"""The story of the second phase, without JavaScript: a file is deposited, read back, and refused to others."""

from __future__ import annotations

from collections.abc import Callable

from checks.person import Failed, Page, Person, wait_until

MANDATAIRE, INSTRUCTRICE, STRANGER = "Élodie Vasseur", "Camille Roussel", "Karim Benali"
SCANNING = 409  # the status of a file until the antivirus has read it
PDF = b"%PDF-1.7\n" + b"% essai de la demonstration\n" * 40 + b"%%EOF\n"


class SecondPhase:
    """The story of one candidature whose éligibilité was submitted.

    :param nru: gives its NRU when a step needs it, since an earlier step may open the candidature
    """

    def __init__(self, base: str, *, by: Person, nru: Callable[[], str], title: str) -> None:
        self.editeur, self.nru, self.title = by, nru, title
        self.ans, self.stranger = Person(base), Person(base)

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("the dossier de preuves, and a preuve that asks for a file", self.find),
            ("the file is deposited, and its chapitre says so", self.deposit),
            ("it is read back, whole and in part", self.read_back),
            ("an HTML page called .pdf is refused", self.refuse),
            ("neither the ANS, before the submission, nor another éditeur reads it", self.keep),
        ]

    def find(self) -> None:
        dossier = self.editeur.goes(f"/candidatures/{self.nru()}/preuves/").says(self.title, "Chapitres")
        chapitres = [href for href, _ in dossier.links if "/chapitres/" in href and href.endswith("/")]
        for chapitre in dict.fromkeys(chapitres):
            page = self.editeur.goes(chapitre)
            for href in dict.fromkeys(href for href, _ in page.links if "/preuve/" in href):
                self.preuve = self.editeur.goes(href)
                if self._asks_for_a_pdf(self.preuve):
                    return
        raise Failed("no preuve asks for a PDF", dossier)

    def _asks_for_a_pdf(self, page: Page) -> bool:
        asked = any(control.name == "fichiers" for form in page.forms for control in form.controls)
        return asked and "PDF" in page.text and "Déposer de nouveau" not in page.text

    def deposit(self) -> None:
        form = self.preuve.form(control="fichiers")
        typed = {"evidence_date": "2026-09-01", "version_technique": "1.0", "comment": "Essai."}
        file = {"fichiers": ("essai « complet ».pdf", PDF)}
        page = self.editeur.sends(self.preuve, form, typed, files=file, button="Déposer la preuve")
        page.says("est reçue", "en cours de vérification", "Déposée le")
        self.preuve = self.editeur.goes(self.preuve.url).says("Déposer de nouveau")
        self.file = self.preuve.link(r"/fichiers/\d+/$")

    def read_back(self) -> None:
        wait_until(lambda: self.editeur.browser.get(self.file).status_code != SCANNING, f"{self.file} to be analysed")
        whole = self.editeur.browser.get(self.file)
        part = self.editeur.browser.get(self.file, headers={"Range": "bytes=3-9"})
        headers = part.headers
        if (whole.status_code, whole.content) != (200, PDF):
            raise Failed(f"the file does not come back as it was sent: {whole.status_code}")
        if (part.status_code, part.content) != (206, PDF[3:10]):
            raise Failed(f"the part that was asked for does not come: {part.status_code}")
        if headers["X-Content-Type-Options"] != "nosniff" or not headers["Content-Disposition"].startswith(
            "attachment"
        ):
            raise Failed(f"a browser could take the file for a page: {dict(headers)}")

    def refuse(self) -> None:
        form = self.preuve.form(control="fichiers")
        typed = {"evidence_date": "2026-09-01", "version_technique": "1.0"}
        file = {"fichiers": ("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>")}
        page = self.editeur.sends(self.preuve, form, typed, files=file, button="Déposer la preuve", status=422)
        page.says("page.pdf")
        if "Dépôt n° 2" in page.text:
            raise Failed("an HTML page was taken for a PDF", page)

    def keep(self) -> None:
        self.ans.becomes(INSTRUCTRICE)
        self.ans.goes(self.file, status=404)
        self.stranger.becomes(STRANGER)
        self.stranger.goes(self.file, status=404)


class AtTheDesks(SecondPhase):
    """The same story, for a candidature whose demandes at the other desks were declared."""

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [*super().steps(), ("the desks were asked, and what they say is shown with its age", self.ask)]

    def ask(self) -> None:
        see_a_releve(self.editeur, self.nru())


class AtTheCaptures(AtTheDesks):
    """The same story, with a capture to confirm of a desk that has no interface."""

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            *super().steps(),
            ("an instructrice confirms the capture of a desk without interface, and it counts", self.confirm),
        ]

    def confirm(self) -> None:
        confirm_a_capture(self.ans)
        self.editeur.goes(f"/candidatures/{self.nru()}/guichets/").says("vérifié sur une capture, confirmée par l’ANS")


def confirm_a_capture(person: Person) -> None:
    """Read the oldest capture of the queue beside its declaration, and confirm it."""
    queue = person.goes("/instruction/captures/").says("Captures à confirmer", "À confirmer 1")
    page = person.goes(queue.link(r"/instruction/captures/\d+/$")).says("Déclaration", "Accordée")
    done = person.sends(page, page.form(action="/confirmer/"), button="Confirmer la capture")
    done.says("capture confirmée", "Aucune capture à confirmer")


def see_a_releve(person: Person, nru: str) -> None:
    """Wait until the page shows the relevé of a simulated desk, which the worker has asked."""
    address = f"/candidatures/{nru}/guichets/"
    wait_until(lambda: "à cette étape depuis le" in person.goes(address).text, f"relevé on {address}")
    person.goes(address).says("Vérifié")


def mistral(base: str, walk: type[SecondPhase] = AtTheDesks) -> SecondPhase:
    """Return the story of Mistral Parcours, whose two volets are recevables."""
    elodie, nru = of_mistral(base)
    return walk(base, by=elodie, nru=lambda: nru, title="Mistral Parcours")


def mistral_with_a_capture(base: str) -> SecondPhase:
    return mistral(base, AtTheCaptures)


def of_mistral(base: str) -> tuple[Person, str]:
    """Sign in as the mandataire of Mistral Parcours, its only candidature; return her, and its NRU."""
    elodie = Person(base)
    page = elodie.becomes(MANDATAIRE)
    return elodie, page.link(r"^/candidatures/[^/]+/$").rstrip("/").rpartition("/")[2]
