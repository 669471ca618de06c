"""The pages that surround the portal: legal notice, personal data, contacts, and the list of all public pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.enums import FicheKind, Parcours
from candidatures.models import VersionDeFiche
from candidatures.queries.aide import Aide, public_aide
from comptes.catalogue.conservation import Category, Fate, categories
from comptes.catalogue.terms import in_glossary, sorted_as
from comptes.requests import PortalRequest
from comptes.views.listes import COOKIE as LAST_LIST
from comptes.views.proofs import AGE, COOKIE
from segur_portal.desks import asked_desks
from segur_portal.navigation import links_of
from segur_portal.publisher import Reached, reached, words_of
from segur_portal.rgaa import AUDIT, LACKING, SCHEME

FATES = {
    Fate.ANONYMISE: "Rendu anonyme",
    Fate.EMPTY: "Texte effacé\u00a0: il ne reste que la date",
    Fate.ERASE: "Effacé",
    Fate.ARCHIVE: "Archive publique\u00a0: son élimination demande le visa des archives",
}
# Every public page, by its place in the list of pages. A test compares it with the addresses.
PUBLIC_PAGES = {
    "Comprendre et commencer": (
        ("Accueil", "home"),
        ("Aide", "help"),
        ("Est-ce pour vous\u00a0?", "guichets:questions"),
        ("Le parcours type", "referencement:parcours_type"),
        ("À qui écrire, selon votre question", "candidatures:aide_contacts"),
        ("Sessions et replays", "candidatures:aide_sessions"),
        ("Les sessions, pour un agenda", "candidatures:aide_sessions_feed"),
        ("Documents et outils", "candidatures:aide_documents"),
        ("Glossaire", "glossary"),
        ("Contact", "contact"),
    ),
    "Ce qui est public": (
        ("Solutions référencées, ou en cours", "referencement:solutions"),
        ("Vérifier un document", "referencement:verifier"),
        ("Les solutions en CSV, pour un tableur", "referencement:solutions_csv"),
        ("Les solutions en JSON, pour un programme", "referencement:solutions_json"),
        ("Les dernières décisions, en flux Atom", "referencement:solutions_atom"),
        ("Statistiques", "referencement:statistiques"),
        ("Les statistiques en CSV, pour un tableur", "referencement:statistiques_csv"),
        ("Les statistiques en JSON, pour un programme", "referencement:statistiques_json"),
    ),
    "Votre compte": (
        ("Se connecter", "comptes:sign_in"),
        ("Mot de passe oublié", "comptes:password_forgotten"),
    ),
    "À propos du portail": (
        ("Déclaration d’accessibilité", "accessibility"),
        ("Mentions légales", "legal_notice"),
        ("Données personnelles et cookies", "privacy"),
        ("Plan du site", "site_map"),
    ),
}


PRIVACY = (
    ("essentiel", "L’essentiel"),
    ("responsable", "Qui en est responsable"),
    ("durees", "Ce qui est conservé, et combien de temps"),
    ("droits", "Vos droits"),
    ("cookies", "Cookies"),
)


@dataclass(frozen=True)
class Entry:
    """A word of the glossary, and the page of help that says more."""

    code: str
    word: str
    long: str
    definition: str
    page: VersionDeFiche | None


@require_safe
@login_not_required
def legal_notice(request: PortalRequest) -> HttpResponse:
    publisher = settings.PUBLISHER
    context = {
        "publisher": [
            ("Éditeur du portail", publisher["PUBLISHER_NAME"]),
            ("Adresse", publisher["PUBLISHER_ADDRESS"]),
            ("Téléphone", publisher["PUBLISHER_PHONE"]),
            ("Direction de la publication", publisher["PUBLISHER_DIRECTOR"]),
        ],
        "host": [
            ("Hébergeur", publisher["HOST_NAME"]),
            ("Adresse", publisher["HOST_ADDRESS"]),
            ("Téléphone", publisher["HOST_PHONE"]),
        ],
        "reports_faults": Reached(words_of(settings.SECURITY_CONTACT), settings.SECURITY_CONTACT),
        "version": settings.VERSION,
    }
    return render(request, "frame/legal_notice.html", context)


@require_safe
@login_not_required
def privacy(request: PortalRequest) -> HttpResponse:
    """Say what is kept of people, from the rules that the retention itself follows, and the cookies."""
    context = {
        "publisher": settings.PUBLISHER["PUBLISHER_NAME"],
        "dpo": reached(settings.PUBLISHER["DPO_CONTACT"]),
        "categories": [_as_row(category) for category in categories().values()],
        "cookies": list(_cookies()),
        "sections": PRIVACY,
        "provider": settings.OIDC["name"] if settings.OIDC["issuer"] else "",
    }
    return render(request, "frame/privacy.html", context)


def _as_row(category: Category) -> dict[str, Any]:
    return {
        "label": category.label,
        "content": category.content,
        "purpose": category.purpose,
        "readers": category.readers,
        "lasts": _duration(category.months),
        "after": category.after,
        "fate": FATES[category.fate],
    }


def _duration(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest:
        return f"{months}\u00a0mois"
    return f"{years}\u00a0an{'s' if years > 1 else ''}"


def _cookies() -> Iterator[dict[str, str]]:
    hours = settings.SESSION_COOKIE_AGE // 3600
    yield {
        "name": settings.SESSION_COOKIE_NAME,
        "purpose": "garder votre session ouverte d’une page à l’autre",
        "lasts": f"{hours}\u00a0heures",
    }
    yield {
        "name": settings.CSRF_COOKIE_NAME,
        "purpose": "vérifier qu’un formulaire envoyé vient bien d’une page du portail",
        "lasts": "1\u00a0an",
    }
    yield {
        "name": LAST_LIST,
        "purpose": "vous ramener à la liste que vous lisiez, avec ses filtres",
        "lasts": "jusqu’à la fermeture du navigateur",
    }
    yield {
        "name": COOKIE,
        "purpose": "reconnaître ce navigateur, pour que les essais d’un inconnu ne vous fassent pas attendre",
        "lasts": f"{AGE // 86400}\u00a0jours",
    }
    yield {
        "name": "messages",
        "purpose": "vous montrer une fois ce qui vient d’être fait",
        "lasts": "jusqu’à la page suivante",
    }


@require_safe
@login_not_required
def accessibility(request: PortalRequest) -> HttpResponse:
    context = {
        "audit": AUDIT,
        "lacking": LACKING,
        "scheme": SCHEME,
        "publisher": settings.PUBLISHER["PUBLISHER_NAME"],
        "publisher_address": settings.PUBLISHER["PUBLISHER_ADDRESS"],
    }
    return render(request, "frame/accessibility.html", context)


@require_safe
@login_not_required
def contact(request: PortalRequest) -> HttpResponse:
    aide = public_aide()
    context = {
        "dpo": reached(settings.PUBLISHER["DPO_CONTACT"]),
        "reports_faults": Reached(words_of(settings.SECURITY_CONTACT), settings.SECURITY_CONTACT),
        "publisher": settings.PUBLISHER,
        "desks": asked_desks(),
        "contacts": aide.of_kind(FicheKind.CONTACT),
        "codes": aide.codes,
    }
    return render(request, "frame/contact.html", context)


@require_safe
@login_not_required
def site_map(request: PortalRequest) -> HttpResponse:
    """List every public page and, for somebody who is signed in, the heads of their own."""
    sections = [(title, [(label, reverse(name)) for label, name in pages]) for title, pages in PUBLIC_PAGES.items()]
    if request.user.is_authenticated:
        own = [(link.label, link.href) for link in links_of(request)]
        sections.insert(0, ("Vos pages", [*own, ("Mon compte", reverse("comptes:account"))]))
    return render(request, "frame/site_map.html", {"sections": sections})


@require_safe
@login_not_required
def glossary(request: PortalRequest) -> HttpResponse:
    """Explain the words of the référencement: those that pages explain where they first say them, and the help's."""
    return render(request, "frame/glossary.html", {"entries": _entries(public_aide())})


def _entries(aide: Aide) -> list[Entry]:
    """Return every word once, in order; a definition of the help that a term names is read through the term."""
    pages = {version.fiche.code: version for version in aide.of_kind(FicheKind.PAGE)}
    terms = in_glossary()
    named = {term.fiche for term in terms}
    entries = [Entry(term.code, term.word, term.long, term.definition, pages.get(term.fiche)) for term in terms]
    entries += [
        Entry(f"definition-{version.fiche.code}", version.titre, "", version.resume, version)
        for version in aide.pages_of(Parcours.DEFINITION)
        if version.fiche.code not in named
    ]
    return sorted(entries, key=lambda entry: sorted_as(entry.word))
