"""The séances of the collège: their agenda, and what the rules need to know of each dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from candidatures.enums import CandidatureState, VoletState
from candidatures.models import Candidature
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import ConventionState, ExamenState, Seuil
from referencement.models import AvisDeMembre, Convention, Examen, MembreDeSeance, SeanceDuCollege
from referencement.rules import blocages
from referencement.rules import seances as rules
from referencement.rules.seances import ExamenFacts, SeanceFacts

from .blocages import DossierComplet
from .fins import refusals

Missing = Mapping[int, tuple[str, ...]]
ON_THE_AGENDA = (ExamenState.LISTED, ExamenState.DECIDED)
BUSY = (*ON_THE_AGENDA, ExamenState.ATTRIBUTED)


def every_seance() -> QuerySet[SeanceDuCollege]:
    """Every séance, the latest first, with how many dossiers it has."""
    return SeanceDuCollege.objects.annotate(dossiers=Count("examens")).order_by("-held_at", "-pk")


def agenda_of(seance: SeanceDuCollege) -> list[Examen]:
    """The dossiers of a séance, in their order, with their candidature and its names."""
    joined = ("candidature__produit__editeur", "candidature__dispositif", "convention")
    examens = list(seance.examens.select_related(*joined).order_by("rank", "pk"))
    for one in examens:
        one.seance = seance
    return examens


def membres_of(seance: SeanceDuCollege) -> list[MembreDeSeance]:
    found = seance.membres.select_related("compte").order_by("compte__last_name", "compte__first_name", "pk")
    return list(found)


def possible_membres() -> QuerySet[Compte]:
    """Who may be called to a séance."""
    found = Compte.objects.filter(is_active=True, roles_ans__contains=[RoleANS.MEMBRE_COLLEGE])
    return found.order_by("last_name", "first_name")


def seance_facts(seance: SeanceDuCollege) -> SeanceFacts:
    return SeanceFacts(seance.state, seance.quorum, seance.membres.filter(is_present=True).count())


def examens_facts(examens: Sequence[Examen], present: int, missing: Missing) -> list[ExamenFacts]:
    """Gather the dossiers of one séance for the rules, in one query.

    :param present: how many of its members came
    :param missing: by examen, what its blocages say now
    """
    counted = {
        row["examen"]: row
        for row in AvisDeMembre.objects.filter(examen__in=examens, membre__is_present=True)
        .values("examen")
        .annotate(in_conflict=Count("pk", filter=Q(is_in_conflict=True)), given=Count("pk", filter=~Q(avis="")))
    }
    none = {"in_conflict": 0, "given": 0}
    return [
        ExamenFacts(
            label=str(one.candidature.produit.nom),
            state=one.state,
            decision=one.decision,
            counting=present - counted.get(one.pk, none)["in_conflict"],
            advised=counted.get(one.pk, none)["given"],
            blocages=missing.get(one.pk, ()),
        )
        for one in examens
    ]


def obstacles_to_close(seance: SeanceDuCollege, examens: Sequence[Examen]) -> tuple[str, ...]:
    """What keeps it from being closed, but for what each dossier may still miss: the act alone looks that up."""
    facts = seance_facts(seance)
    return rules.obstacles_to_close(facts, examens_facts(examens, facts.present, {}))


def last_decision(candidature: Candidature) -> Examen | None:
    """What the collège last published of a candidature, with its reasons."""
    published = Examen.objects.filter(candidature=candidature, published_at__isnull=False).select_related("seance")
    return published.order_by("-published_at", "-pk").first()


def neighbours_of(examen: Examen) -> tuple[str, str]:
    """The NRU of the dossiers before and after it on the agenda; empty at the ends."""
    every = list(examen.seance.examens.order_by("rank", "pk").values_list("candidature__nru", flat=True))
    place = every.index(examen.candidature.nru)
    return (every[place - 1] if place else "", every[place + 1] if place + 1 < len(every) else "")


def missing_before_the_college(complet: DossierComplet, *, at: datetime) -> tuple[str, ...]:
    return tuple(one.sentence for one in blocages(complet.facts, seuil=Seuil.COLLEGE, at=at))


def is_busy(candidature: Candidature) -> bool:
    """Whether a séance examines it now, or the référencement is attributed."""
    return Examen.objects.filter(candidature=candidature, state__in=BUSY).exists()


def on_the_agenda(candidature: Candidature) -> Examen | None:
    """Its examen that a séance still has to decide or to publish."""
    found = Examen.objects.filter(candidature=candidature, state__in=ON_THE_AGENDA).select_related("seance")
    return found.order_by("pk").first()


def listable(text: str = "") -> QuerySet[Candidature]:
    """The open candidatures that no séance examines, attributed or refused, those with a signed convention first.

    :param text: words of the solution, of the éditeur or of the NRU, whatever their accents and case
    """
    signed = Convention.objects.filter(candidature=OuterRef("pk"), state=ConventionState.SIGNED_BY_EDITEUR)
    busy = Examen.objects.filter(state__in=BUSY).values("candidature")
    found = Candidature.objects.with_names().filter(state=CandidatureState.OPEN).exclude(pk__in=busy)
    found = found.exclude(pk__in=refusals().order_by().values("candidature"))
    for word in text.split():
        found = found.filter(
            Q(nru__icontains=word)
            | Q(produit__nom__unaccent__icontains=word)
            | Q(produit__editeur__raison_sociale__unaccent__icontains=word)
        )
    return found.annotate(is_signed=Exists(signed)).order_by("-is_signed", "nru")


def volets_open_again(candidature: Candidature) -> list[str]:
    """Say of each volet that the éditeur is asked to complete why the dossier cannot be frozen yet."""
    found = candidature.volets.filter(state=VoletState.COMPLEMENT_REQUESTED).order_by("kind")
    return [
        f"Le volet «\u00a0{one.get_kind_display()}\u00a0» est rouvert à l’éditeur\u00a0: attendez sa réponse, ou "
        "annulez la demande. Inscrit, le dossier se fige."
        for one in found
    ]
