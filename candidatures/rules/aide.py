"""The fiches of the help centre: what each kind says, what is wrong in one, and what the public still misses."""

import datetime as dt
import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Protocol

from candidatures.enums import FicheKind
from candidatures.rules.balisage import typeset
from comptes.rules import emails

OF_ALL = ("titre", "resume", "source", "ou_trouver", "ordre", "ici", "mots", "review_date", "dispositif")
FIELDS: Mapping[str, tuple[str, ...]] = {
    FicheKind.PAGE: (*OF_ALL, "parcours", "corps"),
    FicheKind.CONTACT: (*OF_ALL, "question", "email", "telephone", "horaires", "lien"),
    FicheKind.SESSION: (*OF_ALL, "guichet", "date", "weekday", "begins", "ends", "lien", "replay", "support"),
    FicheKind.RESSOURCE: (*OF_ALL, "nature", "lien"),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    FicheKind.PAGE: ("titre", "resume", "parcours", "corps"),
    FicheKind.CONTACT: ("titre", "question"),
    FicheKind.SESSION: ("titre",),
    FicheKind.RESSOURCE: ("titre", "resume", "nature"),
}
LINKS = ("lien", "replay", "support")
FRENCH = ("titre", "resume", "corps", "question", "horaires", "ou_trouver", "source", "guichet")
# A fiche is read again so long before its review date: it is then listed as « bientôt ».
SOON = timedelta(days=30)
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Addresses of pages that are no fiche.
TAKEN = frozenset({"sessions", "contacts", "documents", "ici", "rubrique"})


class Facts(Protocol):
    """What the rules read of a version of a fiche."""

    @property
    def titre(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def telephone(self) -> str: ...
    @property
    def lien(self) -> str: ...
    @property
    def replay(self) -> str: ...
    @property
    def ou_trouver(self) -> str: ...
    @property
    def date(self) -> dt.date | None: ...
    @property
    def weekday(self) -> int | None: ...
    @property
    def review_date(self) -> dt.date | None: ...


def why_no_code(code: str) -> str:
    """Return the reason why a text cannot be the address of a fiche; empty when it can."""
    if not _CODE.fullmatch(code) or len(code) > 60:
        return "L’adresse s’écrit en minuscules sans accent, en chiffres et avec des traits d’union."
    if code in TAKEN:
        return "Cette adresse est celle d’une page du centre d’aide."
    return ""


def normalised(values: Mapping[str, object]) -> dict[str, object]:
    """Return what was typed or read, with the apostrophes and the spaces of French."""
    return {
        name: typeset(value) if name in FRENCH and isinstance(value, str) else value for name, value in values.items()
    }


def faults_of(kind: str, values: Mapping[str, object]) -> dict[str, str]:
    """Return, by field, what is wrong in what a fiche would say."""
    faults = {name: "Ce champ est à remplir." for name in REQUIRED[kind] if not values.get(name)}
    for name in LINKS:
        link = values.get(name)
        if isinstance(link, str) and link and not re.fullmatch(r"https://[^\s<>\"]+", link):
            faults[name] = "Le lien commence par https:// et ne contient pas d’espace."
    email = values.get("email")
    if isinstance(email, str) and email and (reason := emails.why_refused(email)):
        faults["email"] = reason
    if kind == FicheKind.SESSION:
        faults |= _faults_of_session(values)
    if kind != FicheKind.PAGE and not values.get("ou_trouver") and not _gives_an_address(kind, values):
        faults["ou_trouver"] = "Sans lien ni adresse, indiquez où les trouver, selon la source."
    return faults


def _faults_of_session(values: Mapping[str, object]) -> dict[str, str]:
    day, weekday = values.get("date"), values.get("weekday")
    faults = {}
    if (day is None) == (weekday is None):
        faults["date"] = "Indiquez une date, ou un jour de la semaine."
    begins, ends = values.get("begins"), values.get("ends")
    if isinstance(ends, time) and (not isinstance(begins, time) or ends <= begins):
        faults["ends"] = "La fin suit le début."
    return faults


def _gives_an_address(kind: str, values: Mapping[str, object]) -> bool:
    names = ("email", "telephone", "lien") if kind == FicheKind.CONTACT else ("lien", "replay", "support")
    return any(values.get(name) for name in names)


def missing_of(kind: str, facts: Facts, *, today: dt.date, dead: tuple[str, ...] = ()) -> list[str]:
    """List what the public cannot find in a published fiche, in words for the administrateur.

    :param dead: what its text names of the help or of the portal, and which leads nowhere public
    """
    faults = [f"Lien interne sans page publique\u00a0: {link}" for link in dead]
    if kind == FicheKind.CONTACT and not (facts.email or facts.telephone or facts.lien):
        faults.append("Ni adresse, ni téléphone, ni lien")
    if kind == FicheKind.RESSOURCE and not facts.lien:
        faults.append("Lien")
    if kind == FicheKind.SESSION:
        faults += _missing_of_session(facts, today)
    return faults


def _missing_of_session(facts: Facts, today: dt.date) -> list[str]:
    if is_over(facts, today=today):
        return [] if facts.replay else ["Lien du replay"]
    return [] if facts.lien else ["Lien d’inscription ou de connexion"]


def is_over(facts: Facts, *, today: dt.date) -> bool:
    """Say whether a session is past; what comes back every week never is."""
    return facts.weekday is None and facts.date is not None and facts.date < today


def is_to_review(review_date: dt.date | None, *, today: dt.date) -> bool:
    return review_date is not None and review_date <= today


def is_soon_to_review(review_date: dt.date | None, *, today: dt.date) -> bool:
    return review_date is not None and today < review_date <= today + SOON


# The pages of the portal that a text may link to, by the word after « portail: », and the name of each address.
PORTAL: Mapping[str, str] = {
    "accueil": "home",
    "aide": "help",
    "connexion": "comptes:sign_in",
    "contact": "contact",
    "contacts": "candidatures:aide_contacts",
    "documents": "candidatures:aide_documents",
    "glossaire": "glossary",
    "sessions": "candidatures:aide_sessions",
    "questions": "guichets:questions",
    "solutions": "referencement:solutions",
    "verifier": "referencement:verifier",
}
