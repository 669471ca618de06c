"""The page `/style/` of the demonstration: the tokens of the style sheets, each drawn with itself, and the icons."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.requests import PortalRequest
from segur_portal.demo.views import demo_only

TOKEN = re.compile(r"^  --ps-([\w-]+):\s*([^;]+);", re.MULTILINE)
SYMBOL = re.compile(r'<symbol id="([\w-]+)"')
STATE = re.compile(r'\[data-state="(\w+)"\]')
COLOURS = (
    "ink|title|paper|ground|line|mark|night|on-|action|danger|focus|segur|cnda|edc|neutral|info|desk|attention|success"
)
# The families of tokens, in the order in which they are shown, and what each is drawn with.
FAMILIES = (
    ("Textes", re.compile(r"text-(xs|s|m|l|xl|2xl|3xl)$"), "font-size"),
    ("Espaces", re.compile(r"\d$"), "width"),
    ("Arrondis", re.compile(r"radius"), "border-radius"),
    (
        "Couleurs",
        re.compile(r"ink|title|paper|ground|line|mark|night|action|danger|focus|segur|cnda|edc"),
        "background",
    ),
)
# What each icon says, everywhere: one meaning for one drawing. A test compares it with icons.svg.
ICONS = {
    "check": "C’est fait, ou accepté",
    "cross": "Refuser, retirer, fermer",
    "alert": "Attention\u00a0: lisez ceci avant d’agir",
    "info": "À savoir",
    "clock": "Un délai, une durée",
    "calendar": "Une date",
    "pen": "Modifier",
    "send": "Envoyer, soumettre",
    "eye": "Lire, examiner",
    "lock": "Fermé, réservé",
    "arrow-right": "Continuer, aller à la suite",
    "arrow-left": "Revenir",
    "chevron-right": "Le niveau suivant",
    "chevron-down": "Déplier",
    "menu": "Ouvrir le menu",
    "user": "Vous, votre compte",
    "users": "Une équipe",
    "building": "Un éditeur",
    "mail": "Une notification, un e-mail",
    "file": "Un document à lire",
    "folder": "Un dossier",
    "box": "Un produit",
    "upload": "Déposer un fichier",
    "download": "Télécharger",
    "external": "Un autre site",
    "plus": "Ajouter, créer",
    "minus": "Enlever une ligne",
    "trash": "Supprimer",
    "search": "Chercher, filtrer",
    "help": "De l’aide",
    "logout": "Se déconnecter",
    "flag": "Une décision",
    "shield": "La sécurité du compte",
    "undo": "Revenir sur un acte",
    "circle": "Pas commencé",
    "target": "Le constat à une échéance",
    "pause": "Suspendre",
    "play": "Lire une vidéo, reprendre",
    "message": "Un message d’une candidature",
    "link": "Une adresse",
    "list": "Une liste, un journal",
    "clip": "Un fichier joint",
}


@require_safe
@demo_only
@login_not_required
def page(request: PortalRequest) -> HttpResponse:
    context = {
        "families": [(title, list(_of(family))) for title, family, _ in FAMILIES],
        "icons": list(ICONS.items()),
        "states": sorted(set(STATE.findall(_read("styles/tokens.css")))),
        "now": request.at,
    }
    return render(request, "demo/style.html", context)


@require_safe
@demo_only
@login_not_required
def samples(request: PortalRequest) -> HttpResponse:
    """Draw each token with itself: the policy of the pages allows no style inside them."""
    rules = [
        f'.ps-sample[data-token="{name}"] {{ {prop}: var(--ps-{name}); }}'
        for _, family, prop in FAMILIES
        for name, _ in _of(family)
    ]
    return HttpResponse("\n".join([*rules, ""]), content_type="text/css; charset=utf-8")


def _of(family: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    light = _read("styles/tokens.css").partition("\n}\n")[0]
    for name, value in TOKEN.findall(light):
        if family.match(name):
            yield name, " ".join(value.split())


def symbols() -> list[str]:
    """Return the icons that are drawn, without those of the states."""
    return [name for name in SYMBOL.findall(_read("icons.svg")) if not name.startswith("state-")]


def _read(name: str) -> str:
    return (Path(settings.BASE_DIR) / "static" / name).read_text(encoding="utf-8")
