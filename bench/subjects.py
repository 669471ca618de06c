"""The pages that are measured, on which objects, and read by whom."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import Abs
from django.urls import NoReverseMatch, reverse

from bench.moment import AT
from bench.populate.agency import ANS
from candidatures.enums import VoletKind, VoletState
from candidatures.models import Candidature, Volet
from candidatures.queries.search import holding
from comptes.enums import Role
from comptes.models import Compte, Editeur, JournalEntry
from preuves.enums import ChapitreState
from preuves.models import Chapitre
from referencement.queries.publication import published

LIST, DETAIL, STEERING = 2.0, 3.0, 4.0
WEIGHT = 35  # kB, of a list
MANY = "Galerne"  # in about a tenth of the names
PREUVES = 25


@dataclass(frozen=True)
class Page:
    """One page, as one person reads it.

    :param limit: how many times the limit view it may take; None to leave it unjudged
    :param heaviest: how many kB it may weigh
    :param queries: how many queries it may make
    :param champ: a champ to save by a POST at that address, instead of reading the page
    """

    title: str
    path: str
    reader: Compte | None
    limit: float | None = None
    heaviest: int | None = None
    queries: int | None = None
    champ: str = ""


def pages() -> Iterator[Page]:
    """Yield the pages to measure; one whose URL does not exist is left out."""
    instructeur = Compte.objects.get(email=ANS[1])
    yield Page("limite", "/limite/", instructeur)
    for title, limit, find in (
        ("solutions en cours (public)", LIST, lambda: (reverse("referencement:solutions"), None)),
        ("candidatures à instruire", LIST, lambda: (reverse("referencement:instruction"), instructeur)),
        ("chapitres à examiner", LIST, lambda: (reverse("preuves:a_examiner"), instructeur)),
        ("produits d’un éditeur (25)", LIST, _produits),
        *_searches(instructeur),
        ("accueil d’un éditeur", DETAIL, _accueil),
        ("pilotage", STEERING, lambda: (reverse("referencement:pilotage"), Compte.objects.get(email=ANS[0]))),
        ("candidature", DETAIL, _candidature),
        ("journal d’une candidature", LIST, _journal),
        ("volet à remplir", DETAIL, _volet),
        ("dossier de preuves", DETAIL, _dossier),
        ("chapitre (25 preuves)", DETAIL, _chapitre),
        ("examen d’un chapitre (25 preuves)", DETAIL, lambda: _examen(instructeur)),
    ):
        try:
            path, reader = find()
        except NoReverseMatch:
            continue
        yield Page(title, path, reader, limit, heaviest=WEIGHT if limit == LIST else None)
    path, reader = _volet()
    yield Page("enregistrement d’un champ", path, reader, queries=10, champ="proxy_nom")


def _searches(instructeur: Compte) -> Iterator[tuple[str, float, "Finder"]]:
    for text, title in ((_alone(), "nom entier"), (MANY, "mot fréquent")):
        query = urlencode({"q": text})
        desk, public = (f"{reverse(f'referencement:{name}')}?{query}" for name in ("instruction", "solutions"))
        yield f"recherche de l’ANS, {title}", DETAIL, lambda path=desk: (path, instructeur)
        yield f"recherche publique, {title}", DETAIL, lambda path=public: (path, None)


def _alone() -> str:
    """Return the name of a solution that its search alone finds, so that as many lines are drawn at each size."""
    names = published(at=AT).values_list("produit__nom", flat=True)
    return next(name for name in names.iterator() if Candidature.objects.filter(holding(name)).count() == 1)


Address = tuple[str, Compte]
Finder = Callable[[], tuple[str, Compte | None]]


def _manager_of(editeur: Editeur) -> Compte:
    return editeur.rattachements.current().filter(role=Role.MANDATAIRE).order_by("pk")[0].compte


def _for_its_manager(name: str, candidature: Candidature, *more: str) -> Address:
    return reverse(name, args=[candidature.nru, *more]), _manager_of(candidature.produit.editeur)


def _produits() -> Address:
    largest = Editeur.objects.annotate(count=Count("produits")).order_by("-count", "pk")[0]
    return reverse("candidatures:produits"), _manager_of(largest)


def _with_dossier() -> Candidature:
    """Return the candidature whose journal is the longest."""
    fullest = JournalEntry.objects.filter(chain__name__startswith="candidature:").order_by("-number", "pk")[0]
    return Candidature.objects.with_names().get(nru=fullest.chain_id.removeprefix("candidature:"))


def _accueil() -> Address:
    return reverse("referencement:accueil"), _manager_of(_with_dossier().produit.editeur)


def _candidature() -> Address:
    return _for_its_manager("referencement:candidature", _with_dossier())


def _journal() -> Address:
    return _for_its_manager("candidatures:journal", _with_dossier())


def _dossier() -> Address:
    return _for_its_manager("preuves:dossier", _with_dossier())


def _volet() -> Address:
    drafts = Volet.objects.filter(kind=VoletKind.ELIGIBILITE, state=VoletState.DRAFT, version__gt=0)
    volet = drafts.select_related("candidature__produit__editeur").order_by("pk")[0]
    return _for_its_manager("candidatures:volet", volet.candidature, volet.kind)


def _fullest(*states: ChapitreState) -> Chapitre:
    """Return the chapitre in one of these states whose number of preuves is the nearest to `PREUVES`."""
    chapitres = Chapitre.objects.filter(state__in=states).annotate(distance=Abs(Count("preuves") - PREUVES))
    return chapitres.select_related("dossier__candidature__produit__editeur").order_by("distance", "pk")[0]


def _chapitre() -> Address:
    chapitre = _fullest(ChapitreState.RETURNED, ChapitreState.OPEN)
    return _for_its_manager("preuves:chapitre", chapitre.dossier.candidature, chapitre.code)


def _examen(instructeur: Compte) -> Address:
    chapitre = _fullest(ChapitreState.UNDER_REVIEW)
    return reverse("preuves:examen", args=[chapitre.dossier.candidature.nru, chapitre.code]), chapitre.claimed_by
