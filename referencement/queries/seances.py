"""The séances of the collège: their agenda, and what the rules need to know of each dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet

from candidatures.enums import CandidatureState, VoletState
from candidatures.models import Candidature
from comptes.dates import PARIS
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import AvisDuCollege, ConventionState, ExamenState, Seuil
from referencement.models import AvisDeMembre, Convention, Convocation, Examen, MembreDeSeance, SeanceDuCollege
from referencement.rules import seances as rules
from referencement.rules.blocages import blocages
from referencement.rules.seances import AgendaExamen, SeanceFacts

from .blocages import DossierComplet
from .decidable import Complet
from .fins import refusals

Missing = Mapping[int, tuple[str, ...]]
ON_THE_AGENDA = (ExamenState.LISTED, ExamenState.DECIDED)
BUSY = (*ON_THE_AGENDA, ExamenState.ATTRIBUTED)
EXPRESSED = (AvisDuCollege.FAVOURABLE, AvisDuCollege.UNFAVOURABLE)


def every_seance() -> QuerySet[SeanceDuCollege]:
    """Every séance, the latest first, with how many dossiers it has."""
    return SeanceDuCollege.objects.annotate(dossiers=Count("examens")).order_by("-held_at", "-pk")


def agenda_of(seance: SeanceDuCollege) -> list[Examen]:
    """The dossiers of a séance, in their order, with their candidature and its names."""
    joined = ("candidature__produit__editeur", "candidature__dispositif", "convention", "rapporteur")
    examens = list(seance.examens.select_related(*joined).order_by("rank", "pk"))
    for examen in examens:
        examen.seance = seance
    return examens


def membres_of(seance: SeanceDuCollege) -> list[MembreDeSeance]:
    return list(_membres(seance).select_related("compte"))


def _membres(seance: SeanceDuCollege) -> QuerySet[MembreDeSeance]:
    return seance.membres.order_by("compte__last_name", "compte__first_name", "pk")


def possible_membres() -> QuerySet[Compte]:
    """Who may be called to a séance."""
    comptes = Compte.objects.filter(is_active=True, roles_ans__contains=[RoleANS.MEMBRE_COLLEGE])
    return comptes.order_by("last_name", "first_name")


def possible_secretaires() -> QuerySet[Compte]:
    """Who may hold the secrétaire's place: a secrétaire of the collège, or an administrateur."""
    comptes = Compte.objects.filter(
        is_active=True, roles_ans__overlap=[RoleANS.SECRETAIRE_COLLEGE, RoleANS.ADMINISTRATEUR]
    )
    return comptes.order_by("last_name", "first_name", "pk")


def possible_rapporteurs(seance: SeanceDuCollege) -> QuerySet[Compte]:
    """Who may rapport a dossier: a member of that séance, or who instructs."""
    instructs = Q(roles_ans__overlap=[RoleANS.INSTRUCTEUR, RoleANS.RESPONSABLE_INSTRUCTION])
    called = Q(pk__in=seance.membres.values("compte"))
    return Compte.objects.filter(instructs | called, is_active=True).order_by("last_name", "first_name", "pk")


def agenda_to_send(examens: Iterable[Examen]) -> list[dict[str, Any]]:
    """What a convocation says of the agenda, as it stands."""
    return [
        {
            "rang": examen.rank,
            "nru": examen.candidature.nru,
            "solution": examen.candidature.produit.nom,
            "editeur": examen.candidature.produit.editeur.raison_sociale,
            "rapporteur": examen.rapporteur.full_name if examen.rapporteur else "",
        }
        for examen in examens
    ]


def last_convocation(seance: SeanceDuCollege) -> Convocation | None:
    return seance.convocations.select_related("sent_by").order_by("-number").first()


def seance_facts(seance: SeanceDuCollege, *, present: int | None = None) -> SeanceFacts:
    """Gather a séance for the rules.

    :param present: how many members are there, when that is known
    """
    there = seance.membres.filter(is_present=True).count() if present is None else present
    return SeanceFacts(
        seance.state, seance.quorum, there, held_at=seance.held_at, day=seance.held_at.astimezone(PARIS).date()
    )


def examens_facts(examens: Sequence[Examen], present: int, missing: Missing) -> list[AgendaExamen]:
    """Gather the dossiers of one séance for the rules, in one query.

    :param present: how many of its members came
    :param missing: by examen, what its blocages say now
    """
    avis_by_examen: dict[int, list[AvisDeMembre]] = {examen.pk: [] for examen in examens}
    recorded = AvisDeMembre.objects.filter(examen__in=examens, membre__is_present=True)
    for avis in recorded.select_related("membre__compte").order_by("pk"):
        avis_by_examen[avis.examen_id].append(avis)
    return [_examen_facts(examen, avis_by_examen[examen.pk], present, missing.get(examen.pk, ())) for examen in examens]


def _examen_facts(
    examen: Examen, avis: Sequence[AvisDeMembre], present: int, blocages: tuple[str, ...]
) -> AgendaExamen:
    in_conflict = {
        each_avis.membre.compte_id: each_avis.membre.compte.full_name for each_avis in avis if each_avis.is_in_conflict
    }
    advised = [each_avis.avis for each_avis in avis if not each_avis.is_in_conflict]
    return AgendaExamen(
        label=str(examen.candidature.produit.nom),
        state=examen.state,
        decision=examen.decision,
        counting=present - len(in_conflict),
        advised=len(advised),
        expressed=tuple(opinion for opinion in advised if opinion in EXPRESSED),
        against=examen.against,
        lost_rapporteur=in_conflict.get(examen.rapporteur_id or 0, ""),
        blocages=blocages,
    )


def membres_with_avis(examen: Examen) -> list[tuple[MembreDeSeance, AvisDeMembre | None]]:
    """The members of its séance, each with what is noted of them on that dossier, in one query."""
    membres = _membres(examen.seance).annotate(given=FilteredRelation("avis", condition=Q(avis__examen=examen.pk)))
    joined: tuple[str, ...] = ("compte", "given__recorded_by")
    rows: Iterable[Any] = membres.select_related(*joined)
    pairs = [(membre, getattr(membre, "given", None)) for membre in rows]
    for membre, noted in pairs:
        if noted is not None:
            noted.membre = membre
    return pairs


def avis_of(examen_id: int) -> dict[int, AvisDeMembre]:
    """By member, what is noted of a dossier, with the names of who said it and who noted it."""
    recorded = AvisDeMembre.objects.filter(examen=examen_id).select_related("membre__compte", "recorded_by")
    return {avis.membre_id: avis for avis in recorded.order_by("pk")}


def unanimous(recorded: Iterable[AvisDeMembre]) -> str:
    """What all the advice expressed says, in French, when it says one thing: `favorables`; empty otherwise."""
    expressed = {avis.avis for avis in recorded if avis.avis in EXPRESSED and avis.membre.is_present}
    return f"{AvisDuCollege(expressed.pop()).label.lower()}s" if len(expressed) == 1 else ""


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
    nrus = list(examen.seance.examens.order_by("rank", "pk").values_list("candidature__nru", flat=True))
    place = nrus.index(examen.candidature.nru)
    return (nrus[place - 1] if place else "", nrus[place + 1] if place + 1 < len(nrus) else "")


def missing_before_the_college(complet: DossierComplet | Complet, *, at: datetime) -> tuple[str, ...]:
    return tuple(blocage.sentence for blocage in blocages(complet.facts, seuil=Seuil.COLLEGE, at=at))


def is_busy(candidature: Candidature) -> bool:
    """Whether a séance examines it now, or the référencement is attributed."""
    return Examen.objects.filter(candidature=candidature, state__in=BUSY).exists()


def on_the_agenda(candidature: Candidature) -> Examen | None:
    """Its examen that a séance still has to decide or to publish."""
    examens = Examen.objects.filter(candidature=candidature, state__in=ON_THE_AGENDA).select_related("seance")
    return examens.order_by("pk").first()


def listable(text: str = "") -> QuerySet[Candidature]:
    """The open candidatures that no séance examines, attributed or refused, those with a signed convention first.

    :param text: words of the solution, of the éditeur or of the NRU, whatever their accents and case
    """
    signed = Convention.objects.filter(candidature=OuterRef("pk"), state=ConventionState.SIGNED_BY_EDITEUR)
    busy = Examen.objects.filter(state__in=BUSY).values("candidature")
    candidatures = Candidature.objects.with_names().filter(state=CandidatureState.OPEN).exclude(pk__in=busy)
    candidatures = candidatures.exclude(pk__in=refusals().order_by().values("candidature"))
    for word in text.split():
        candidatures = candidatures.filter(
            Q(nru__icontains=word)
            | Q(produit__nom__unaccent__icontains=word)
            | Q(produit__editeur__raison_sociale__unaccent__icontains=word)
        )
    return candidatures.annotate(is_signed=Exists(signed)).order_by("-is_signed", "nru")


def volets_open_again(candidature: Candidature) -> list[str]:
    """Say of each volet that the éditeur is asked to complete why the dossier cannot be frozen yet."""
    volets = candidature.volets.filter(state=VoletState.COMPLEMENT_REQUESTED).order_by("kind")
    return [
        f"Le volet «\u00a0{volet.get_kind_display()}\u00a0» est rouvert à l’éditeur\u00a0: attendez sa réponse, ou "
        "annulez la demande. Inscrit, le dossier se fige."
        for volet in volets
    ]
