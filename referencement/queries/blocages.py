"""All that the blocages of a candidature follow from, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Subquery

from candidatures.enums import CandidatureState, VoletState
from candidatures.models import AcceptationDeCharte, Candidature, Charte
from candidatures.queries import PresentedVolet, deadlines_of, presented_volets, volets_with_facts
from candidatures.rules.submission import progress
from guichets import queries as guichets
from preuves.queries import ChapitreDuDossier, Dossier, dossier_of
from referencement.models import Convention, Examen
from referencement.rules import ChapitreFacts, DossierFacts, ExamenFacts, Fin, VoletFacts

from .conventions import QUOTED, convention_facts, living_convention, quotes_of
from .fins import fin_from, with_fin

CHAMPS = tuple(dict.fromkeys((*guichets.WITH_PREUVES, *QUOTED)))


@dataclass(frozen=True)
class DossierComplet:
    """A candidature with all that is known of it: what a decision looks at.

    :param dossier: None while the dispositif has no REM
    :param convention: the living one
    :param quotes: what a convention would quote today
    :param presented: its volets, with the answers to `CHAMPS` as last handed to the ANS
    :param drafts: by kind, how many answers its drafts have, and how many are asked
    :param charte_accepted_at: None while the charte in force is not accepted
    :param examen: the latest
    """

    candidature: Candidature
    facts: DossierFacts
    dossier: Dossier | None
    guichets: guichets.Situation
    convention: Convention | None
    quotes: dict[str, Any]
    presented: Sequence[PresentedVolet]
    drafts: dict[str, tuple[int, int]]
    charte_accepted_at: datetime | None
    examen: ExamenFacts | None


def dossier_complet(candidature: Candidature, *, at: datetime, with_history: bool = True) -> DossierComplet:
    """Gather everything about a candidature, with its product, éditeur and dispositif joined.

    :param with_history: else nothing of what the desks said before today
    """
    presented = presented_volets(candidature, champs=CHAMPS)
    dossier = dossier_of(candidature, presented)
    situation = guichets.situation_of(
        candidature, dossier=dossier, at=at, presented=presented, with_history=with_history
    )
    drafts = _drafts(candidature, presented)
    convention, quotes = living_convention(candidature), quotes_of(candidature, presented)
    accepted_at, examen, fin = _charte_and_end(candidature)
    facts = DossierFacts(
        is_open=candidature.state == CandidatureState.OPEN and not (fin and fin.is_over),
        charte_accepted=accepted_at is not None,
        volets=facts_of_volets(presented, drafts),
        chapitres=facts_of_chapitres(dossier),
        gates={gate.code: gate for gate in situation.gates},
        convention=convention_facts(convention, quotes),
        echeances=deadlines_of(candidature),
        fin=fin,
    )
    return DossierComplet(
        candidature,
        facts,
        dossier,
        situation,
        convention,
        quotes,
        presented,
        drafts,
        accepted_at,
        examen,
    )


def _charte_and_end(candidature: Candidature) -> tuple[datetime | None, ExamenFacts | None, Fin | None]:
    """When the charte in force was accepted, the latest examen, and how it ended, in one query."""
    charte = Charte.objects.filter(dispositif=candidature.dispositif_id).order_by("-published_at", "-pk").values("pk")
    accepted = AcceptationDeCharte.objects.filter(candidature=candidature.pk, charte=Subquery(charte[:1]))
    examens = Examen.objects.filter(candidature=candidature.pk).order_by("-pk")
    row: Any = (
        with_fin(Candidature.objects.filter(pk=candidature.pk))
        .annotate(
            accepted_at=Subquery(accepted.values("accepted_at")[:1]),
            examen=Subquery(examens.values("state")[:1]),
            held_at=Subquery(examens.values("seance__held_at")[:1]),
            published_at=Subquery(examens.values("published_at")[:1]),
        )
        .get()
    )
    examen = ExamenFacts(row.examen, row.held_at, row.published_at) if row.examen else None
    return row.accepted_at, examen, fin_from(row)


def _drafts(candidature: Candidature, presented: Sequence[PresentedVolet]) -> dict[str, tuple[int, int]]:
    """How far each draft is, in one query; in none when there is no draft."""
    drafts = [one.volet for one in presented if one.volet.state == VoletState.DRAFT]
    found = volets_with_facts(candidature, drafts, charte_accepted=True) if drafts else []
    return {volet.kind: progress(facts) for volet, facts in found}


def facts_of_volets(presented: Sequence[PresentedVolet], drafts: dict[str, tuple[int, int]]) -> tuple[VoletFacts, ...]:
    return tuple(
        VoletFacts(
            one.kind,
            one.get_kind_display(),
            one.state,
            one.admitted_at or one.submitted_at,
            is_complete=one.kind in drafts and drafts[one.kind][0] == drafts[one.kind][1],
        )
        for one in (presented.volet for presented in presented)
    )


def facts_of_chapitres(dossier: Dossier | None) -> tuple[ChapitreFacts, ...] | None:
    if dossier is None:
        return None
    concerned = [one for one in dossier.chapitres if one.facts.standing != "sans_objet"]
    return tuple(_chapitre(one, is_deposit_open=dossier.eligibilite_submitted) for one in concerned)


def _chapitre(one: ChapitreDuDossier, *, is_deposit_open: bool) -> ChapitreFacts:
    row = one.row
    return ChapitreFacts(
        code=one.spec.code,
        label=one.spec.label,
        standing=one.facts.standing,
        was_submitted=one.facts.first_submitted_at is not None,
        moved_at=(row.concluded_at or row.claimed_at or row.submitted_at) if row else None,
        is_complete=one.facts.is_complete_not_submitted and is_deposit_open,
    )
