"""The links of the navigation bar, according to the reader's roles."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse

from comptes import permissions
from comptes.models import Compte
from comptes.requests import PortalRequest
from comptes.views.listes import Here, list_of_page
from preuves.queries.secondes_lectures import ONLY_EXPERT
from referencement.permissions import reads_seances, steers
from referencement.queries.journee import waiting
from segur_portal.administration import pages_of_the_administration
from segur_portal.publisher import reached
from segur_portal.rgaa import AUDIT

OF_THE_PUBLIC = [
    ("Est-ce pour vous\u00a0?", "guichets:questions"),
    ("Solutions référencées", "referencement:solutions"),
    ("Aide", "help"),
    ("Contact", "contact"),
]


@dataclass(frozen=True)
class Link:
    drawn_once: ClassVar[bool] = True

    label: str
    href: str
    current: bool
    count: int = 0


def navigation(request: PortalRequest) -> dict[str, Any]:
    """Give the templates `nav` and what every page says: who runs the portal and answers, its version, how
    accessible it is.

    `liste` is the work list that somebody of the ANS read last, on the pages of its items. In demonstration mode,
    `demo_clock` too.
    """
    return {
        "nav": list(links_of(request)),
        "liste": _list_read_last(request),
        "demo_clock": _demo_clock(request),
        "accessible": AUDIT.state,
        "run_by": settings.PUBLISHER["PUBLISHER_NAME"],
        "portal_version": settings.VERSION,
        "support": reached(settings.PUBLISHER["SUPPORT_CONTACT"]),
    }


def _list_read_last(request: PortalRequest) -> Here | None:
    """Return the work list from which somebody of the ANS came to one of its items."""
    user = getattr(request, "user", None)
    return list_of_page(request) if user is not None and user.is_authenticated and user.is_ans else None


def links_of(request: PortalRequest) -> list[Link]:
    user = getattr(request, "user", None)
    if user is None:
        return []
    wanted = [*_of_a_person(user), ("Solutions", "referencement:solutions")] if user.is_authenticated else OF_THE_PUBLIC
    hrefs = [reverse(name) for _, name in wanted]
    here = max((href for href in hrefs if request.path.startswith(href)), key=len, default="")
    if not here and any(request.path.startswith(href) for href in pages_of_the_administration()):
        here = reverse("administration")
    counts = {"referencement:journee": waiting(user)}
    return [
        Link(label, href, href == here, counts.get(name, 0)) for (label, name), href in zip(wanted, hrefs, strict=True)
    ]


def _of_a_person(user: Compte) -> list[tuple[str, str]]:
    """Return the links of somebody; whoever has the page *Administration* goes through it to what it leads to."""
    if not user.is_ans:
        if getattr(user, ONLY_EXPERT, False):
            return [("Secondes lectures", "preuves:secondes_lectures"), ("Aide", "help")]
        return [
            ("Accueil", "referencement:accueil"),
            ("Mes produits", "candidatures:produits"),
            ("Mon équipe", "comptes:editeurs"),
            ("Aide", "help"),
        ]
    administration = [("Administration", "administration")] if permissions.reads_textes(user) else []
    security = [("Sécurité", "comptes:security_log")] if permissions.reads_security(user) else []
    college = [("Collège", "referencement:seances")] if reads_seances(user) else []
    pilotage = [("Pilotage", "referencement:pilotage")] if steers(user) else []
    return [
        ("Ma journée", "referencement:journee"),
        ("Instruction", "referencement:instruction"),
        ("Chapitres", "preuves:a_examiner"),
        ("Guichets", "guichets:board"),
        ("Captures", "guichets:captures"),
        ("Échéances", "referencement:echeances"),
        *pilotage,
        *college,
        *administration,
        *security,
    ]


def _demo_clock(request: PortalRequest) -> Any:
    if not settings.DEMO:
        return None
    from segur_portal.demo.clock_bar import clock_bar

    return clock_bar(request.at)
