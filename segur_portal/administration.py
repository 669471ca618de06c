"""The administration of the portal: one page that leads to all that is changed on screen, without a developer."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from comptes.permissions import administers, reads_textes
from comptes.requests import PortalRequest

# Each section: its title, then the name of an address, what is asked of it, its label, and what is done there.
SECTIONS: tuple[tuple[str, tuple[tuple[str, dict[str, str], str, str], ...]], ...] = (
    (
        "Personnes et entreprises",
        (
            ("comptes:agents", {}, "Comptes de l’ANS", "Inviter, changer les rôles, suspendre, fermer."),
            (
                "comptes:editeurs",
                {},
                "Éditeurs",
                "Inscrire une entreprise, corriger ses informations, changer son représentant légal.",
            ),
            (
                "candidatures:transferts",
                {},
                "Transferts de solutions",
                "Une solution passe à une autre entreprise\u00a0: à deux personnes.",
            ),
            ("comptes:inscriptions", {}, "Demandes d’inscription", "Accepter ou refuser une entreprise inconnue."),
        ),
    ),
    (
        "Textes et aide",
        (
            ("comptes:textes", {}, "Textes du portail", "Notifications, chartes, conventions, voies de recours."),
            ("candidatures:aide_agence", {"nature": "contact"}, "Contacts", "À qui écrire, pour quelle question."),
            ("candidatures:aide_agence", {"nature": "session"}, "Sessions du calendrier", "Dates, liens et replays."),
            ("candidatures:aide_agence", {}, "Centre d’aide", "Pages, documents, fiches à revoir."),
            ("candidatures:modeles", {}, "Modèles de demande", "Compléments demandés souvent, prêts à envoyer."),
            ("preuves:motifs", {}, "Motifs prêts", "Ce qui est souvent à corriger, par chapitre et nature de preuve."),
        ),
    ),
    (
        "Règles",
        (
            (
                "preuves:rem",
                {},
                "Référentiel d’exigences et de preuves (REM)",
                "Importer un classeur, le publier à deux, retirer une version.",
            ),
            ("preuves:equivalences", {}, "Équivalences", "Preuves qui valent dans une autre démarche."),
            (
                "referencement:echeances",
                {},
                "Échéances",
                "Déplacer une ouverture ou une date limite, à deux personnes.",
            ),
        ),
    ),
    (
        "Fonctionnement",
        (
            ("comptes:travaux", {}, "Envois en échec", "Messages et travaux à relancer."),
            ("comptes:exports", {}, "Exports", "Les listes, pour un tableur."),
            ("comptes:journal_of_portail", {}, "Journal du portail", "Qui a changé quoi, et quand."),
        ),
    ),
)

# What a responsable d'instruction, who reads this page too, may not open.
FOR_ADMINISTRATEURS = ("comptes:agents", "comptes:inscriptions", "candidatures:aide_agence", "comptes:travaux")


def pages_of_the_administration() -> list[str]:
    """Return the address of each page that the administration leads to."""
    return [reverse(name) for _, pages in SECTIONS for name, _, _, _ in pages]


@require_safe
def administration(request: PortalRequest) -> HttpResponse:
    """List what is changed on screen."""
    if not request.user.is_ans:
        raise Http404
    if not reads_textes(request.user):
        raise PermissionDenied
    closed = () if administers(request.user) else FOR_ADMINISTRATEURS
    sections = [
        (
            title,
            [
                {"href": reverse(name) + (f"?{urlencode(query)}" if query else ""), "label": label, "text": text}
                for name, query, label, text in pages
                if name not in closed
            ],
        )
        for title, pages in SECTIONS
    ]
    return render(request, "frame/administration.html", {"sections": [each for each in sections if each[1]]})
