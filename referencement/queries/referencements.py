"""A référencement, its history and its mesures, as the pages, the rules and the documents read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from candidatures.models import Candidature, Derogation
from candidatures.queries.candidatures import deadlines_of
from candidatures.queries.textes import recours_in_force
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.enums import (
    DocumentKind,
    EvenementKind,
    MesureKind,
    MesureState,
    ReexamenState,
    ReferencementState,
)
from referencement.models import Document, EvenementDeReferencement, Examen, Mesure, Reexamen, Referencement
from referencement.rules.referencement import ANNOUNCED, MesureFacts, ReferencementMove, state_at


def referencement_of(candidature: Candidature) -> Referencement | None:
    return Referencement.objects.filter(candidature=candidature).select_related("examen").first()


def evenements_of(referencement: Referencement) -> list[EvenementDeReferencement]:
    """Return the whole history of a référencement, in the order of the decisions."""
    joined = ("mesure__proposed_by", "by", "successor__candidature")
    return list(referencement.evenements.select_related(*joined).order_by("number"))


def mesures_of(referencement: Referencement) -> list[Mesure]:
    """Return the mesures that were proposed on a référencement, the latest first."""
    people = ("proposed_by", "answered_by", "decided_by")
    return list(referencement.mesures.select_related(*people).order_by("-proposed_at", "-pk"))


def state_of(evenements: Sequence[EvenementDeReferencement], *, at: datetime) -> ReferencementState:
    """Say what a référencement is at an instant, from its whole history, in the order of the decisions."""
    moves = [
        ReferencementMove(EvenementKind(evenement.kind), ReferencementState(evenement.to_state), evenement.effect_at)
        for evenement in evenements
    ]
    return state_at(moves, at=at)


def reexamens_of(candidature: Candidature) -> list[Reexamen]:
    """Return the new examens that were proposed for a candidature, the latest first."""
    reexamens = Reexamen.objects.filter(examen__candidature=candidature).select_related("asked_by", "decided_by")
    return list(reexamens.order_by("-asked_at", "-pk"))


def mesure_facts(mesure: Mesure) -> MesureFacts:
    return MesureFacts(mesure.kind, mesure.state, mesure.proposed_by_id, mesure.answer_until_at, mesure.answered_at)


def responsables() -> QuerySet[Compte]:
    """Return the responsables d'instruction of the ANS."""
    comptes = Compte.objects.filter(is_active=True, roles_ans__contains=[RoleANS.RESPONSABLE_INSTRUCTION.value])
    return comptes.order_by("pk")


def announced_mesure(candidature: Candidature) -> Mesure | None:
    """Return the suspension or retrait that was announced to the éditeur and is not decided; None without one."""
    waiting = Mesure.objects.filter(referencement__candidature=candidature, state=MesureState.PROPOSED)
    return waiting.filter(kind__in=ANNOUNCED).order_by("pk").first()


def mesures_to_decide(*, dispositif: str = "") -> QuerySet[Mesure]:
    """Return the mesures that await a decision, the oldest first, with their candidature and its names joined.

    :param dispositif: only those of this dispositif; empty for all
    """
    joined = ("referencement__candidature__produit__editeur", "proposed_by")
    waiting = Mesure.objects.filter(state=MesureState.PROPOSED).select_related(*joined)
    if dispositif:
        waiting = waiting.filter(referencement__candidature__dispositif=dispositif)
    return waiting.order_by("proposed_at", "pk")


def reexamens_to_decide(*, dispositif: str = "") -> QuerySet[Reexamen]:
    """Return the new examens that await a decision, the oldest first, with their candidature and its names joined.

    :param dispositif: only those of this dispositif; empty for all
    """
    waiting = Reexamen.objects.filter(state=ReexamenState.REQUESTED)
    if dispositif:
        waiting = waiting.filter(examen__candidature__dispositif=dispositif)
    return waiting.select_related("examen__candidature__produit__editeur", "asked_by").order_by("asked_at", "pk")


# -- the décisions that are issued -------------------------------------------------------------------------------------


def numero_of_decision(candidature: Candidature) -> str:
    """Return the next number of a décision about a candidature, which the caller has locked."""
    return numeros_of_decisions([candidature])[candidature.pk]


def numeros_of_decisions(candidatures: Collection[Candidature]) -> dict[int, str]:
    """Return the next number of a décision about each of these candidatures, by their pk, in one query."""
    issued = Document.objects.filter(candidature__in=candidatures, kind=DocumentKind.DECISION).order_by()
    counts = dict(issued.values_list("candidature").annotate(Count("pk")))
    return {
        candidature.pk: f"DEC-{candidature.nru}-{counts.get(candidature.pk, 0) + 1}" for candidature in candidatures
    }


def decision_on_mesure(mesure: Mesure, referencement: Referencement, *, effect_at: datetime) -> dict[str, Any]:
    """Return what the décision prints for a suspension or a retrait."""
    kind, candidature = MesureKind(mesure.kind), referencement.candidature
    titles = {MesureKind.SUSPENSION: "Suspension du référencement", MesureKind.RETRAIT: "Retrait du référencement"}
    facts = [
        _fact("Prend effet le", at=effect_at),
        _fact("Annoncée à l’éditeur le", at=mesure.proposed_at),
        _fact("Réponse de l’éditeur", "Aucune dans le délai", at=mesure.answered_at),
    ]
    return decision_data(
        candidature,
        titre=titles[kind],
        par="l’agence",
        prononcee_le=mesure.decided_at,
        faits=facts,
        motifs=[mesure.reasons, mesure.decision],
    )


def decision_on_examen(examen: Examen, *, at: datetime) -> dict[str, Any]:
    """Return what the décision prints for a non-attribution that is published at that instant."""
    return decision_data(
        examen.candidature,
        titre="Non-attribution du référencement",
        par="le collège technique",
        prononcee_le=at,
        faits=[_fact("Séance du", at=examen.seance.sat_at)],
        motifs=[*examen.reasons, *([examen.comment] if examen.comment else [])],
    )


def decision_on_foreclosure(candidature: Candidature, *, echeance: str, limite: datetime) -> dict[str, Any]:
    """Return what the décision prints for a forclusion.

    :param echeance: the name of the échéance that was missed, and `limite` its instant
    """
    return decision_data(
        candidature,
        titre="Clôture pour dépôt hors délai (forclusion)",
        par="l’agence",
        prononcee_le=candidature.foreclosed_at,
        faits=[_fact("Échéance dépassée", echeance), _fact("Elle tombait le", at=limite)],
        motifs=[candidature.foreclosure_reason],
    )


def decision_on_derogation(derogation: Derogation) -> dict[str, Any]:
    """Return what the décision prints when a dérogation that the éditeur asked for is refused."""
    candidature = derogation.candidature
    wished = derogation.wished_at
    data = decision_data(
        candidature,
        titre="Refus de dérogation",
        par="l’agence",
        prononcee_le=derogation.decided_at,
        faits=[
            _fact("Échéance", deadlines_of(candidature)[derogation.echeance].nom),
            _fact("Demandée par l’éditeur le", at=derogation.asked_at),
            *([_fact("Délai souhaité jusqu’au", at=wished)] if wished else []),
        ],
        motifs=[derogation.refusal],
    )
    return data | {"derogation": derogation.pk}


def decisions_on_derogations(candidature: Candidature) -> dict[int, str]:
    """Return the number of the décision that refused each dérogation, by the pk of the dérogation."""
    rows = Document.objects.filter(candidature=candidature, kind=DocumentKind.DECISION, data__derogation__isnull=False)
    return dict(rows.values_list("data__derogation", "numero"))


def decision_data(
    candidature: Candidature,
    *,
    titre: str,
    par: str,
    prononcee_le: datetime | None,
    faits: Sequence[dict[str, str]],
    motifs: Sequence[str],
) -> dict[str, Any]:
    """Return all that a décision prints, to be frozen with its number."""
    assert prononcee_le is not None, "A décision is issued once it is taken."
    produit = candidature.produit
    return {
        "numero": numero_of_decision(candidature),
        "titre": titre,
        "par": par,
        "prononcee_le": prononcee_le.isoformat(),
        "nru": candidature.nru,
        "solution": produit.nom,
        "editeur": produit.editeur.raison_sociale,
        "dispositif": {"nom": str(candidature.dispositif)},
        "faits": list(faits),
        "motifs": list(motifs),
        "recours": list(recours_in_force(candidature.dispositif_id).paragraphs),
    }


def _fact(label: str, text: str = "", *, at: datetime | None = None) -> dict[str, str]:
    """Return one line of a décision: an instant when there is one, a text otherwise."""
    return {"label": label, "dit": "" if at else text, "dit_le": at.isoformat() if at else ""}
