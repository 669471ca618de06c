"""The séances of the collège: their agenda, and what the rules need to know of each dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from candidatures.enums import CandidatureState, VoletState
from candidatures.models import Candidature
from comptes.dates import PARIS
from comptes.enums import INSTRUCTING, RoleANS
from comptes.models import Compte
from comptes.models.editeur import numbered
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


def seances_to_come() -> QuerySet[SeanceDuCollege]:
    """Return the séances that are planned or under way, the next one first."""
    return SeanceDuCollege.objects.exclude(state__in=rules.OVER).order_by("held_at", "pk")


def agenda_of(seance: SeanceDuCollege) -> list[Examen]:
    """Return the dossiers of a séance in the order of its agenda, with their candidature and its names joined."""
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
    """Return the people who may be called to a séance."""
    comptes = Compte.objects.filter(is_active=True, roles_ans__contains=[RoleANS.MEMBRE_COLLEGE])
    return comptes.order_by("last_name", "first_name")


def possible_secretaires() -> QuerySet[Compte]:
    """Return the people who may be secrétaire of a séance: the secrétaires of the collège and the administrateurs."""
    comptes = Compte.objects.filter(
        is_active=True, roles_ans__overlap=[RoleANS.SECRETAIRE_COLLEGE, RoleANS.ADMINISTRATEUR]
    )
    return comptes.order_by("last_name", "first_name", "pk")


def possible_rapporteurs(seance: SeanceDuCollege) -> QuerySet[Compte]:
    """Return the people who may be rapporteur of a dossier: the members of that séance, and whoever instructs."""
    instructs = Q(roles_ans__overlap=INSTRUCTING)
    called = Q(pk__in=seance.membres.values("compte"))
    return Compte.objects.filter(instructs | called, is_active=True).order_by("last_name", "first_name", "pk")


def agenda_to_send(examens: Iterable[Examen]) -> list[dict[str, Any]]:
    """Return what a convocation says of the agenda, as it stands now."""
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

    :param present: how many members are present, when the caller knows it; one query otherwise
    """
    there = seance.membres.filter(is_present=True).count() if present is None else present
    return SeanceFacts(
        seance.state, seance.quorum, there, held_at=seance.held_at, day=seance.held_at.astimezone(PARIS).date()
    )


def examens_facts(examens: Sequence[Examen], present: int, missing: Missing) -> list[AgendaExamen]:
    """Gather the dossiers of one séance for the rules, in one query.

    :param present: how many members are present
    :param missing: by examen (pk), the sentences of its blocages now
    """
    avis_by_examen: dict[int, list[AvisDeMembre]] = {examen.pk: [] for examen in examens}
    recorded = AvisDeMembre.objects.filter(examen__in=examens, membre__is_present=True)
    for avis in recorded.select_related("membre__compte").order_by("pk"):
        avis_by_examen[avis.examen_id].append(avis)
    return [_examen_facts(examen, avis_by_examen[examen.pk], present, missing.get(examen.pk, ())) for examen in examens]


def _examen_facts(
    examen: Examen, recorded: Sequence[AvisDeMembre], present: int, blocages: tuple[str, ...]
) -> AgendaExamen:
    in_conflict = {avis.membre.compte_id: avis.membre.compte.full_name for avis in recorded if avis.is_in_conflict}
    advised = [avis.avis for avis in recorded if not avis.is_in_conflict]
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
    """Return the members of the séance, each with their advice on that dossier, in one query."""
    membres = _membres(examen.seance).annotate(given=FilteredRelation("avis", condition=Q(avis__examen=examen.pk)))
    joined: tuple[str, ...] = ("compte", "given__recorded_by")
    rows: Iterable[Any] = membres.select_related(*joined)
    pairs = [(membre, getattr(membre, "given", None)) for membre in rows]
    for membre, noted in pairs:
        if noted is not None:
            noted.membre = membre
    return pairs


def avis_of(examen_id: int) -> dict[int, AvisDeMembre]:
    """Return the advice on a dossier, by member (pk), with the accounts of the member and of whoever noted it."""
    recorded = AvisDeMembre.objects.filter(examen=examen_id).select_related("membre__compte", "recorded_by")
    return {avis.membre_id: avis for avis in recorded.order_by("pk")}


def unanimous(recorded: Iterable[AvisDeMembre]) -> str:
    """Return `favorables` or `défavorables` when all the advice expressed is the same; empty otherwise."""
    expressed = {avis.avis for avis in recorded if avis.avis in EXPRESSED and avis.membre.is_present}
    return f"{AvisDuCollege(expressed.pop()).label.lower()}s" if len(expressed) == 1 else ""


def obstacles_to_close(seance: SeanceDuCollege, examens: Sequence[Examen]) -> tuple[str, ...]:
    """Say what keeps a séance from being closed, without the blocages of its dossiers: only the act reads those."""
    facts = seance_facts(seance)
    return rules.obstacles_to_close(facts, examens_facts(examens, facts.present, {}))


def last_decision(candidature: Candidature) -> Examen | None:
    """Return the examen of a candidature that the collège published last, with its séance."""
    published = Examen.objects.filter(candidature=candidature, published_at__isnull=False).select_related("seance")
    return published.order_by("-published_at", "-pk").first()


@dataclass(frozen=True)
class Place:
    """The place of a dossier on its agenda, from 1.

    :param before: the NRU of the dossier before it, empty for the first; `after`, of the one that follows
    """

    number: int
    total: int
    before: str
    after: str


def place_of(examen: Examen) -> Place:
    nrus = list(examen.seance.examens.order_by("rank", "pk").values_list("candidature__nru", flat=True))
    here = nrus.index(examen.candidature.nru)
    return Place(here + 1, len(nrus), nrus[here - 1] if here else "", nrus[here + 1] if here + 1 < len(nrus) else "")


def missing_before_the_college(complet: DossierComplet | Complet, *, at: datetime) -> tuple[str, ...]:
    return tuple(blocage.sentence for blocage in blocages(complet.facts, seuil=Seuil.COLLEGE, at=at))


def is_busy(candidature: Candidature) -> bool:
    """Say whether a candidature is on an agenda now, or attributed."""
    return Examen.objects.filter(candidature=candidature, state__in=BUSY).exists()


def on_the_agenda(candidature: Candidature) -> Examen | None:
    """Return the examen of a candidature that a séance still has to decide or to publish; None without one."""
    examens = Examen.objects.filter(candidature=candidature, state__in=ON_THE_AGENDA).select_related("seance")
    return examens.order_by("pk").first()


def listable(text: str = "") -> QuerySet[Candidature]:
    """Return the open candidatures that may be put on an agenda, those with a signed convention first.

    Left out: those that are on an agenda, attributed, or refused without a new examen granted.

    :param text: words of the solution, of the éditeur or of the NRU, whatever their accents and case
    """
    signed = Convention.objects.filter(candidature=OuterRef("pk"), state=ConventionState.SIGNED_BY_EDITEUR)
    busy = Examen.objects.filter(state__in=BUSY).values("candidature")
    candidatures = Candidature.objects.with_names().filter(state=CandidatureState.OPEN).exclude(pk__in=busy)
    candidatures = candidatures.exclude(pk__in=refusals().order_by().values("candidature"))
    of = "produit__editeur__"
    conditions = [
        Q(nru__icontains=word)
        | Q(produit__nom__unaccent__icontains=word)
        | Q(produit__editeur__raison_sociale__unaccent__icontains=word)
        | numbered(word, of=of)
        for word in text.split()
    ]
    if conditions:
        candidatures = candidatures.filter(Q(*conditions) | numbered(text, of=of))
    return candidatures.annotate(is_signed=Exists(signed)).order_by("-is_signed", "nru")


def volets_open_again(candidature: Candidature) -> list[str]:
    """Say, one sentence in French for each volet that the éditeur must complete, why the dossier cannot be listed."""
    volets = candidature.volets.filter(state=VoletState.COMPLEMENT_REQUESTED).order_by("kind")
    return [
        f"Le volet «\u00a0{volet.get_kind_display()}\u00a0» est rouvert à l’éditeur\u00a0: attendez sa réponse, ou "
        "annulez la demande. Inscrit, le dossier se fige."
        for volet in volets
    ]
