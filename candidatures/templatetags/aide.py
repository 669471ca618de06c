"""The fiches of the help centre, in templates: their addresses, and their texts as HTML."""

from collections.abc import Mapping
from datetime import time
from urllib.parse import urlsplit

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from candidatures.enums import FicheKind
from candidatures.models import VersionDeFiche
from candidatures.rules import balisage
from candidatures.rules.aide import PORTAL
from comptes.dates import NBSP

register = template.Library()
_LISTS: Mapping[str, str] = {
    FicheKind.CONTACT: "candidatures:aide_contacts",
    FicheKind.SESSION: "candidatures:aide_sessions",
    FicheKind.RESSOURCE: "candidatures:aide_documents",
}


def address_of(kind: str, code: str) -> str:
    """Return the address where the public reads a fiche."""
    if kind == FicheKind.PAGE:
        return reverse("candidatures:aide_page", args=[code])
    return f"{reverse(_LISTS[kind])}#{code}"


@register.filter
def adresse(version: VersionDeFiche) -> str:
    return address_of(version.fiche.kind, version.fiche.code)


@register.simple_tag
def texte(version: VersionDeFiche, codes: Mapping[str, str], deeper: int = 0) -> SafeString:
    """Write the text of a page.

    :param codes: the kind of each public fiche, by its code: a link to any other is left out
    """

    written = balisage.render(version.corps, _resolve(codes), deeper=deeper)
    return mark_safe(written)  # noqa: S308 -- the renderer escapes all that is not of its own short list


@register.simple_tag
def ou_trouver(version: VersionDeFiche, codes: Mapping[str, str]) -> SafeString:
    """Write where the source says that what is missing is found."""
    written = balisage.render_line(version.ou_trouver, _resolve(codes))
    return mark_safe(written)  # noqa: S308 -- the renderer escapes all that is not of its own short list


def _resolve(codes: Mapping[str, str]) -> balisage.Resolve:
    def resolve(href: str) -> str | None:
        scheme, _, name = href.partition(":")
        if scheme == "portail":
            return reverse(PORTAL[name]) if name in PORTAL else None
        return address_of(codes[name], name) if name in codes else None

    return resolve


@register.filter
def site(link: str) -> str:
    """Name the site where a link leads: « sicnda.ameli.fr »."""
    return urlsplit(link).hostname or link


@register.filter
def heures(hour: time) -> str:
    """Say an hour: « 15 h », « 16 h 30 »."""
    minutes = f"{NBSP}{hour:%M}" if hour.minute else ""
    return f"{hour.hour}{NBSP}h{minutes}"
