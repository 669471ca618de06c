"""Who runs the portal, as the pages that the law asks for name it. Read from the environment, for `settings.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

import environ

# What each variable gives, and the page that lacks it when it is empty.
VARIABLES: Mapping[str, tuple[str, str]] = {
    "PUBLISHER_NAME": ("qui édite et exploite le portail", "/mentions-legales/"),
    "PUBLISHER_ADDRESS": ("l’adresse postale de l’éditeur du portail", "/mentions-legales/"),
    "PUBLISHER_PHONE": ("le téléphone de l’éditeur du portail", "/mentions-legales/"),
    "PUBLISHER_DIRECTOR": ("le directeur ou la directrice de la publication", "/mentions-legales/"),
    "HOST_NAME": ("l’hébergeur", "/mentions-legales/"),
    "HOST_ADDRESS": ("l’adresse postale de l’hébergeur", "/mentions-legales/"),
    "HOST_PHONE": ("le téléphone de l’hébergeur", "/mentions-legales/"),
    "SUPPORT_CONTACT": ("à qui écrire, par e-mail ou sur une page", "/contact/"),
    "DPO_CONTACT": ("à qui s’adresser au sujet des données personnelles", "/donnees-personnelles/"),
}


def publisher(env: environ.Env) -> dict[str, str]:
    """Return the variables by name; an empty one is told by a system check, and the page says so plainly."""
    return {name: env.str(name, default="").strip() for name in VARIABLES}


def link_of(contact: str) -> str:
    """Return the address behind a contact: a page, or a mailbox given with or without `mailto:`."""
    if contact.startswith(("https://", "mailto:")) or not contact:
        return contact
    return f"mailto:{contact}"


def words_of(contact: str) -> str:
    """Return a contact as people read it: without `mailto:` nor `https://`."""
    return contact.removeprefix("mailto:").removeprefix("https://").rstrip("/")


@dataclass(frozen=True)
class Reached:
    """A contact that the settings give: empty when they do not."""

    label: str
    href: str


def reached(contact: str) -> Reached:
    return Reached(words_of(contact), link_of(contact))
